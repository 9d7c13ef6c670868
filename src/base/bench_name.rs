//! The name of a bench, as in `/b/<name>/…` and in the data folder.
//!
//! On a student's own computer anybody may type one. In a class the lab draws it, so that nobody guesses the
//! name of a neighbour's bench.

use std::fmt;
use std::str::FromStr;

/// 1 to 32 lower-case letters, digits and hyphens.
///
/// ```
/// use session_lab::base::bench_name::BenchName;
///
/// assert!("team-7".parse::<BenchName>().is_ok());
/// assert!("../etc".parse::<BenchName>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BenchName(String);

/// What the names begin with under which the teacher's desk stores its classes, and a lab the list of
/// its members. No address opens such a bench.
const DESK: &str = "teacher-desk";

/// The length of a drawn name: 65 random bits.
pub const DRAWN_LENGTH: usize = 13;

/// The letters and digits of a drawn name. Two that look alike are not both there.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl BenchName {
    /// The bench without a prefix in its addresses.
    pub fn local() -> Self {
        Self("local".into())
    }

    /// A name that nobody can guess: [`DRAWN_LENGTH`] letters and digits with five random bits each. It
    /// is also no name that means something else, because those have a hyphen or are `local`.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; DRAWN_LENGTH];
        getrandom::fill(&mut bytes)?;
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte) % LETTERS.len()]);
        Ok(Self(bytes.into_iter().map(letter).collect()))
    }

    /// Where the desk keeps the list of its classes.
    pub fn of_desk() -> Self {
        Self(DESK.into())
    }

    /// Where the desk keeps everything of one class.
    pub fn of_class(number: u32) -> Self {
        Self(format!("{DESK}-{number}"))
    }

    /// Where a lab keeps the list of its benches that are in a class.
    pub fn of_members() -> Self {
        Self(format!("{DESK}-members"))
    }

    /// Whether it is the desk's: then it is nobody's bench.
    pub fn is_of_desk(&self) -> bool {
        let rest = self.0.strip_prefix(DESK);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// Whether this is the bench without a prefix.
    pub fn is_local(&self) -> bool {
        self.0 == "local"
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The beginning of every path of this bench: nothing, or `/b/<name>`.
    pub fn prefix(&self) -> String {
        if self.is_local() {
            String::new()
        } else {
            format!("/b/{}", self.0)
        }
    }
}

impl fmt::Display for BenchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no name for a bench.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a bench's name is 1 to 32 lower-case letters, digits and hyphens")]
pub struct BadBenchName;

impl FromStr for BenchName {
    type Err = BadBenchName;

    fn from_str(text: &str) -> Result<Self, BadBenchName> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=32).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(BadBenchName)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_name_is_a_good_name_with_65_bits_and_no_two_are_the_same() {
        let all: std::collections::BTreeSet<_> =
            (0..1_000).map(|_| BenchName::draw().unwrap()).collect();
        assert_eq!(all.len(), 1_000);
        let mut letters = std::collections::BTreeSet::new();
        for name in &all {
            assert_eq!(name.as_str().parse::<BenchName>().as_ref(), Ok(name));
            assert_eq!(name.as_str().len(), DRAWN_LENGTH);
            assert!(!name.is_local() && !name.is_of_desk());
            letters.extend(name.as_str().bytes());
        }
        // Each of 32 equally likely letters is five bits, and 13 of them are 65.
        assert_eq!(letters.len(), LETTERS.len());
        assert!(LETTERS.len().ilog2() as usize * DRAWN_LENGTH >= 64);
    }
}
