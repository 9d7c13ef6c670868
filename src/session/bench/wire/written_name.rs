//! The name of a header as it was written. Its letters are known; only their case is anybody's own
//! (RFC 9110 §5.1), so a name costs no text.

use std::fmt;

/// A name out of a list, with its capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenName {
    /// In lower case, at most 32 letters and signs.
    name: &'static str,
    /// Bit n is set where letter n is a capital.
    capitals: u32,
}

impl WrittenName {
    /// `name`, in lower case, as somebody wrote it.
    pub fn new(name: &'static str, written: &str) -> Self {
        let capitals = bits(written, |letter, _| letter.is_ascii_uppercase());
        Self { name, capitals }
    }

    /// `name`, in lower case, as this server writes it in answers: each word with a capital.
    pub fn in_answers(name: &'static str) -> Self {
        let capitals = bits(name, |_, before| before.is_none_or(|sign| sign == b'-'));
        Self { name, capitals }
    }

    pub(super) fn with_capitals(name: &'static str, capitals: u32) -> Self {
        Self { name, capitals }
    }

    pub(super) fn capitals(self) -> u32 {
        self.capitals
    }

    /// In lower case.
    pub fn lower_case(self) -> &'static str {
        self.name
    }
}

/// A bit for each letter, by the letter and the one before it.
fn bits(text: &str, is_set: impl Fn(u8, Option<u8>) -> bool) -> u32 {
    let before = std::iter::once(None).chain(text.bytes().map(Some));
    let letters = (0..u32::BITS).zip(text.bytes().zip(before));
    letters
        .filter(|(_, (letter, before))| is_set(*letter, *before))
        .fold(0, |bits, (at, _)| bits | 1 << at)
}

impl fmt::Display for WrittenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in (0u32..).zip(self.name.chars()) {
            let is_capital = at < u32::BITS && self.capitals & (1 << at) != 0;
            let letter = if is_capital {
                letter.to_ascii_uppercase()
            } else {
                letter
            };
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_capitals() {
        for written in ["host", "Host", "hOSt", "HOST"] {
            assert_eq!(WrittenName::new("host", written).to_string(), written);
        }
        for (name, written) in [
            ("set-cookie", "Set-Cookie"),
            ("www-authenticate", "Www-Authenticate"),
            (
                "access-control-allow-credentials",
                "Access-Control-Allow-Credentials",
            ),
        ] {
            assert_eq!(WrittenName::in_answers(name).to_string(), written);
            assert_eq!(
                WrittenName::new(name, written),
                WrittenName::in_answers(name)
            );
        }
    }
}
