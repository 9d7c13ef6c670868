//! A password as it is stored and compared: in one encoding.
//!
//! "é" is one character or two, an "e" and an accent above it. Keyboards of Linux and Windows send
//! the one, file names and some input methods of a Mac the other, and nobody sees the difference. So
//! each password is brought into the composed form first (NFC, as NIST SP 800-63B-4 §3.1.1.2 asks),
//! on every route that takes one, and its length counts after that.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// The longest password that is looked at, in bytes: hashing a longer one costs work for nothing.
pub const PASSWORD_LIMIT: usize = 128;

/// A composed form has at most three times fewer bytes than the text was sent with, so a longer text
/// is too long in any form, and is not worth the work.
const LONGEST_TEXT: usize = 4 * PASSWORD_LIMIT;

/// The password in NFC; `None` where it is longer than any password.
pub(super) fn normalized(password: &str) -> Option<Cow<'_, str>> {
    if password.len() > LONGEST_TEXT {
        return None;
    }
    let composed = if is_nfc(password) {
        Cow::Borrowed(password)
    } else {
        Cow::Owned(password.nfc().collect())
    };
    Some(composed).filter(|text| text.len() <= PASSWORD_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_encodings_of_one_letter_are_one_password() {
        for (composed, other) in [
            ("caf\u{e9} 123", "cafe\u{301} 123"),
            (
                "\u{1ec7}\u{1ec7}\u{1ec7}",
                "e\u{323}\u{302}e\u{302}\u{323}\u{1eb9}\u{302}",
            ),
            (
                "\u{d55c}\u{ae00}",
                "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}",
            ),
            ("\u{c5}", "\u{212b}"),
        ] {
            assert_eq!(normalized(composed).as_deref(), Some(composed));
            assert_eq!(normalized(other).as_deref(), Some(composed), "{composed}");
        }
        // Letters that only look alike stay apart.
        assert_ne!(normalized("\u{ff21}"), normalized("A"));
        assert!(matches!(normalized("password123"), Some(Cow::Borrowed(_))));
    }

    #[test]
    fn the_length_counts_after_the_change() {
        let composed = "\u{e9}".repeat(PASSWORD_LIMIT / 2);
        let other = "e\u{301}".repeat(PASSWORD_LIMIT / 2);
        assert!(other.len() > PASSWORD_LIMIT);
        assert_eq!(normalized(&other), Some(composed.into()));
        assert_eq!(normalized(&"e\u{301}".repeat(PASSWORD_LIMIT / 2 + 1)), None);
        assert_eq!(normalized(&"a".repeat(PASSWORD_LIMIT + 1)), None);
    }
}
