//! One line of `session-lab doctor`.

use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingMark {
    /// It is as it should be.
    Good,
    /// The lab runs, but something that is used with it may not work.
    Careful,
    /// The lab cannot run like this.
    Bad,
}

impl FindingMark {
    /// The word at the beginning of the line.
    const fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Careful => "careful",
            Self::Bad => "BAD",
        }
    }
}

/// What was found, and what to do about it. Neither may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub mark: FindingMark,
    topic: String,
    found: String,
    next: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn good(topic: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            mark: FindingMark::Good,
            topic: topic.into(),
            found: found.into(),
            next: None,
        }
    }

    /// Something may not work, and what to do.
    pub fn careful(
        topic: impl Into<String>,
        found: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            mark: FindingMark::Careful,
            next: Some(next.into()),
            ..Self::good(topic, found)
        }
    }

    /// The same with another mark.
    pub fn marked(self, mark: FindingMark) -> Self {
        Self { mark, ..self }
    }

    /// The lab cannot run, and what to do.
    pub fn bad(
        topic: impl Into<String>,
        found: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self::careful(topic, found, next).marked(FindingMark::Bad)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.mark.word();
        write!(f, "{word:<9}{:<24}{}", self.topic, one_line(&self.found))?;
        match &self.next {
            Some(next) => write!(f, ". To do: {}", one_line(next)),
            None => Ok(()),
        }
    }
}

/// The text without what would break the line or steer the terminal: some of it comes from other
/// programs.
fn one_line(text: &str) -> String {
    let text = text.trim_end_matches('.').trim();
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_mark_what_was_found_and_what_to_do() {
        let good = Finding::good("clock", "2026-11-30");
        assert_eq!(
            good.to_string(),
            "ok       clock                   2026-11-30"
        );
        let bad = Finding::bad("port 80", "it is\ntaken\u{1b}[1m.", "stop it");
        let line = bad.to_string();
        assert!(line.starts_with("BAD      port 80 "), "{line}");
        assert!(line.ends_with("it is taken [1m. To do: stop it"), "{line}");
    }
}
