//! The key of a class, and what is drawn from it: the PINs of slips and the values of exercises.
//!
//! The key never leaves the desk. A student gets values that are drawn for them, so that the answers
//! of one do not help another, and the desk can draw them again at any time.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::join_code::letters;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::values::rule::ValueRule;

/// Values by sheet, then by name.
pub type DrawnBySheet = BTreeMap<String, BTreeMap<String, String>>;

/// How many letters a PIN has: 40 bits, which nobody guesses at a desk that counts wrong ones.
pub const PIN_LENGTH: usize = 8;

/// 32 random bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClassKey([u8; 32]);

impl ClassKey {
    /// A new key.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self(key))
    }

    /// The PIN of a student's slip; `round` counts the slips that were made for them.
    pub fn pin(&self, student: u32, round: u32) -> String {
        let (student, round) = (student.to_string(), round.to_string());
        letters(&self.mac(&["pin", &student, &round])[..PIN_LENGTH])
    }

    /// The value that a rule of a sheet draws for a student.
    pub fn value(&self, student: u32, sheet: &str, rule: &ValueRule) -> String {
        rule.draw(&self.mac(&["value", &student.to_string(), sheet, rule.name()]))
    }

    /// Every value that a student's exercises use, by sheet and name.
    pub fn values(&self, student: u32, library: &SheetLibrary) -> DrawnBySheet {
        let mut drawn = DrawnBySheet::new();
        for sheet in library.sheets() {
            for (rule, _) in sheet.values.iter() {
                let value = self.value(student, &sheet.slug, rule);
                let of_sheet = drawn.entry(sheet.slug.clone()).or_default();
                of_sheet.insert(rule.name().to_owned(), value);
            }
        }
        drawn
    }

    /// Each part with its length in front, so that no two lists of parts are one text.
    fn mac(&self, parts: &[&str]) -> [u8; 32] {
        // HMAC takes keys of any length (RFC 2104, section 2), so this cannot fail.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes any key");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for ClassKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClassKey")
    }
}

impl From<ClassKey> for String {
    fn from(key: ClassKey) -> Self {
        URL_SAFE_NO_PAD.encode(key.0)
    }
}

impl TryFrom<String> for ClassKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        let key = bytes.and_then(|bytes| bytes.try_into().ok());
        key.map(Self)
            .ok_or("the key of a class is 32 bytes in base64url")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worksheets::values::rule::declared;

    #[test]
    fn what_is_drawn_differs_by_student_sheet_name_and_class() {
        let key = ClassKey::draw().unwrap();
        assert_eq!(key.pin(1001, 0), key.pin(1001, 0));
        assert_eq!(key.pin(1001, 0).len(), PIN_LENGTH);
        let rule = |name: &str| {
            let front =
                format!("[[value]]\nname = \"{name}\"\nbetween = [1, 9999999999]\npaper = 1");
            declared(&front).expect("a rule").remove(0)
        };
        let drawn = [
            key.pin(1001, 0),
            key.pin(1001, 1),
            key.pin(1002, 0),
            key.value(1001, "01-a", &rule("word")),
            key.value(1002, "01-a", &rule("word")),
            key.value(1001, "01", &rule("-aword")),
            ClassKey::draw().unwrap().value(1001, "01-a", &rule("word")),
        ];
        let different: std::collections::BTreeSet<_> = drawn.iter().collect();
        assert_eq!(different.len(), drawn.len(), "{drawn:?}");
    }

    #[test]
    fn the_key_is_written_down_and_never_shown() {
        let key = ClassKey::draw().unwrap();
        assert_eq!(format!("{key:?}"), "ClassKey");
        assert_eq!(ClassKey::try_from(String::from(key.clone())), Ok(key));
    }
}
