//! JWT kid: how the name of a key becomes the key. Worksheet 12.
//!
//! The decision is what a verifier does with a `kid` that a stranger wrote: open a file of that
//! name, or look it up in a fixed map. Read `key_rotation.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// How a key is found by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtKid {
    /// As a file below the folder of keys.
    Path,
    /// In a fixed map.
    FixedMap,
}

/// What was found under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyLookup<K> {
    /// A key.
    Key(K),
    /// An empty or missing file, which the verifier uses as a key of no bytes.
    EmptyKey,
    /// No key has that name: the token is refused.
    Unknown,
}

/// The folder of the keys for the weak arm. It exists in this constant only: the arm computes which
/// file a path names, and opens none, so a demonstration cannot read a file of the student's
/// computer.
const FOLDER: &str = "/srv/portal/keys";

impl JwtKid {
    /// Looks a key up; `map` holds the API's own keys by their names.
    pub fn look_up<K>(self, kid: &str, map: impl Fn(&str) -> Option<K>) -> KeyLookup<K> {
        match self {
            // WEAK: the name is joined to a path, so `../../../dev/null` leaves the folder and
            // names a file that always exists and is always empty. A file that is missing is also
            // read as empty. The attacker signs with a key of no bytes, and the verifier uses the
            // same key. Nothing had to be stolen or guessed.
            JwtKid::Path => {
                let path = join(FOLDER, kid);
                let name = path.strip_prefix(FOLDER).and_then(|p| p.strip_prefix('/'));
                name.and_then(map)
                    .map_or(KeyLookup::EmptyKey, KeyLookup::Key)
            }

            // STRONG: the map is the list of all keys. A name that is not in it names no key, and
            // the token is refused. There is no default, so no text leads to a key that the API did
            // not choose.
            //
            // Refused alternative: removing dots and slashes from the name. Somebody forgets one
            // spelling of them. The map needs no cleaning: it contains a name or does not.
            //
            // Not stopped: a token that brings its own key in `jwk`. `jwt-key-source` stops it.
            JwtKid::FixedMap => map(kid).map_or(KeyLookup::Unknown, KeyLookup::Key),
        }
    }
}

/// Joins a path to a folder as an operating system resolves it: an absolute path replaces the
/// folder, and `..` goes up one level, at the root as well, where it changes nothing.
fn join(folder: &str, path: &str) -> String {
    let whole = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    format!("/{}", parts.join("/"))
}

impl Defence for JwtKid {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "path",
            description: "The key's name is a path, and a file that is not there is an empty key.",
            value: JwtKid::Path,
        },
        Arm {
            slug: "fixed-map",
            description: "The key's name is looked up in a fixed map, and an unknown one is refused.",
            value: JwtKid::FixedMap,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Key names are looked up, not opened",
        protects: "The kid of a token is text that a stranger wrote. Used as a path, or pasted \
                   into a query, it leads to a key of the attacker's choice: an empty file is \
                   enough. A map of the keys that exist leads to those keys and nowhere else.",
        does_not_stop: "A token that brings its own key in another header: read jwt-key-source.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "ASVS 9.1.3",
            "CWE-22",
            "CWE-347",
            "RFC 8725 §3.10",
            "WSTG-SESS-10",
        ],
        elsewhere: Elsewhere {
            flask: "@jwt.decode_key_loader: return KEYS[header[\"kid\"]], and let a KeyError be \
                    a 401",
            express: "jwt.verify(token, (header, done) => done(null, keys.get(header.kid))), with \
                      a Map",
            django: "Simple JWT knows one key; with PyJWT: KEYS[jwt.get_unverified_header(t)\
                     [\"kid\"]]",
            spring: "new ImmutableJWKSet<>(jwkSet) as the JWKSource of a DefaultJWTProcessor",
            rocket: "jsonwebtoken: jwk_set.find(kid) on your own JwkSet, and 401 on None",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(kid: &str) -> Option<&'static str> {
        (kid == "hs-1").then_some("the key")
    }

    #[test]
    fn the_weak_arm_leaves_the_folder_and_reads_a_missing_file_as_empty() {
        for kid in ["hs-1", "./hs-1", "x/../hs-1", "/srv/portal/keys/hs-1"] {
            assert_eq!(
                JwtKid::WEAK.look_up(kid, map),
                KeyLookup::Key("the key"),
                "{kid}"
            );
        }
        for kid in ["../../../dev/null", "/dev/null", "nothing", "", "../keys"] {
            assert_eq!(JwtKid::WEAK.look_up(kid, map), KeyLookup::EmptyKey, "{kid}");
        }
    }

    #[test]
    fn the_strong_arm_knows_the_exact_names_only() {
        assert_eq!(
            JwtKid::STRONG.look_up("hs-1", map),
            KeyLookup::Key("the key")
        );
        for kid in ["./hs-1", "../../../dev/null", "nothing", "", "HS-1"] {
            assert_eq!(
                JwtKid::STRONG.look_up(kid, map),
                KeyLookup::Unknown,
                "{kid}"
            );
        }
    }
}
