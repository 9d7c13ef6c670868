//! The code on the projector by which students join a class, and the PINs of their slips.
//!
//! Both are read from a wall or from paper and typed, so they are made of letters that nobody takes
//! for others.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::classroom::protocol::CODE_LENGTH;

/// A–Z without I and O, and 2–9: 32 letters, so each is worth 5 bits.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// The code of a class: six letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JoinCode(String);

impl JoinCode {
    /// A new one.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; CODE_LENGTH];
        getrandom::fill(&mut bytes)?;
        Ok(Self(letters(&bytes)))
    }

    /// The code that somebody typed; small letters count as capitals, and space around it is no part
    /// of it.
    pub fn parse(typed: &str) -> Option<Self> {
        let code = typed.trim().to_ascii_uppercase();
        let fits = code.len() == CODE_LENGTH && code.bytes().all(|b| LETTERS.contains(&b));
        fits.then_some(Self(code))
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<JoinCode> for String {
    fn from(code: JoinCode) -> Self {
        code.0
    }
}

impl TryFrom<String> for JoinCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a join code has six letters")
    }
}

/// Letters made of random bytes, one each. 32 divides 256, so each is as likely as any other.
pub fn letters(bytes: &[u8]) -> String {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
    bytes.iter().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_letters_that_nobody_confuses() {
        for _ in 0..200 {
            let code = JoinCode::draw().unwrap();
            assert_eq!(code.as_str().len(), 6);
            assert!(!code.as_str().contains(['0', '1', 'O', 'I']), "{code}");
            let typed = format!(" {} ", code.as_str().to_lowercase());
            assert_eq!(JoinCode::parse(&typed), Some(code));
        }
        for bad in ["", "K7Q2M", "K7Q2MAA", "K7Q2M0", "K7Q2MI", "K7Q2M-", "ÄÄÄ"] {
            assert_eq!(JoinCode::parse(bad), None, "{bad}");
        }
    }
}
