//! The session id as its own type, so that it cannot end up in a log or a page by accident.
//!
//! Anyone who reads an id can sign in with it. More people read a log than a password file, and it
//! is copied to more machines and kept for longer. Where an id must be named, the lab writes a
//! fingerprint: see [`World::fingerprint`](super::world::World::fingerprint).
//!
//! Refused alternative: a `String` and the rule never to print it. The first `{:?}` of a structure
//! that holds the id breaks the rule, and nobody sees it in review. Next: [`super::recognise`].

use std::fmt;

/// What a client presents to be recognised: 1 to 128 letters, digits, `_` and `-`.
///
/// `Debug` prints the type's name only, and there is no `Display` (ASVS 16.2.5, CWE-532). There is
/// no `Serialize` either, so no record and no JSON answer can contain an id by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId(String);

impl SessionId {
    /// Takes text as an id. The text comes from a cookie or an address, so a stranger wrote it.
    /// Whether it was ever issued is another question, which the store answers.
    ///
    /// `None` when it is empty, too long or holds another character, as in
    /// `../../etc/passwd` (CWE-22).
    pub fn parse(text: &str) -> Option<Self> {
        // A list of what is allowed. A list of what is forbidden forgets something: a second
        // encoding of `/`, a NUL, a line break that begins a new header (CWE-113).
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        // Issued ids have at most 43 characters, and a name in the store has at most 128. A longer
        // text is of no use to an honest visitor and costs memory and time.
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(allowed);
        fits.then(|| Self(text.to_owned()))
    }

    /// The id itself, for `Set-Cookie`, the store's key and the CSRF token. The name is a warning:
    /// a search for it finds every place where an id leaves its type.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

// Written by hand: `#[derive(Debug)]` would print the text, and every structure that holds an id
// derives its `Debug` from this one.
impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_path_characters_is_no_id() {
        for bad in [
            "",
            ".",
            "../x",
            "a/b",
            "a b",
            "a;b",
            "ä",
            "a\0",
            &"x".repeat(129),
        ] {
            assert_eq!(SessionId::parse(bad), None, "{bad:?}");
        }
        assert!(SessionId::parse(&"x".repeat(128)).is_some());
    }

    #[test]
    fn debug_does_not_print_the_id() {
        assert_eq!(format!("{:?}", SessionId::parse("1001")), "Some(SessionId)");
    }
}
