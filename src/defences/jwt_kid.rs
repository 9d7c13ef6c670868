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
pub enum Found<K> {
    /// A key.
    Key(K),
    /// Nothing, which the verifier takes for a key of no bytes.
    EmptyKey,
    /// Nothing: the token is refused.
    Nothing,
}

/// The folder of the keys in the weak arm's tree of files, which exists in memory only.
const FOLDER: &str = "/srv/portal/keys";

impl JwtKid {
    /// Looks a key up; `map` holds the API's own keys by their names.
    pub fn look_up<K>(self, kid: &str, map: impl Fn(&str) -> Option<K>) -> Found<K> {
        match self {
            // WEAK: the name is joined to a path, so `../../../dev/null` leaves the folder and
            // names a file that is always there and always empty. And a file that is missing is
            // read as empty, too. A key of no bytes is a key that everybody has.
            JwtKid::Path => {
                let path = join(FOLDER, kid);
                let name = path.strip_prefix(FOLDER).and_then(|p| p.strip_prefix('/'));
                name.and_then(map).map_or(Found::EmptyKey, Found::Key)
            }

            // STRONG: a name that is not in the map names nothing, and the token is refused.
            //
            // Refused alternative: cleaning the name of dots and slashes. The map needs no
            // cleaning: a name is in it or not.
            JwtKid::FixedMap => map(kid).map_or(Found::Nothing, Found::Key),
        }
    }
}

/// Joins a path to a folder as an operating system resolves it.
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
                   into a query, it leads to a key of his choice: an empty file is enough. A map \
                   of the keys that exist leads to those keys and nowhere else.",
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
            rocket: "jsonwebtoken: jwk_set.find(kid) on a JwkSet of your own, and 401 on None",
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
    fn the_weak_arm_walks_out_of_the_folder_and_reads_what_is_not_there_as_empty() {
        for kid in ["hs-1", "./hs-1", "x/../hs-1", "/srv/portal/keys/hs-1"] {
            assert_eq!(
                JwtKid::WEAK.look_up(kid, map),
                Found::Key("the key"),
                "{kid}"
            );
        }
        for kid in ["../../../dev/null", "/dev/null", "nothing", "", "../keys"] {
            assert_eq!(JwtKid::WEAK.look_up(kid, map), Found::EmptyKey, "{kid}");
        }
    }

    #[test]
    fn the_strong_arm_knows_the_exact_names_only() {
        assert_eq!(JwtKid::STRONG.look_up("hs-1", map), Found::Key("the key"));
        for kid in ["./hs-1", "../../../dev/null", "nothing", "", "HS-1"] {
            assert_eq!(JwtKid::STRONG.look_up(kid, map), Found::Nothing, "{kid}");
        }
    }
}
