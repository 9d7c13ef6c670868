//! The name of a bench, as in `/b/<name>/…` and in the data folder.

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

impl BenchName {
    /// The bench without a prefix in its addresses.
    pub fn local() -> Self {
        Self("local".into())
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
