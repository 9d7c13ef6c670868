//! Id source: where a new session id comes from. Worksheet 07, guessing ids.
//!
//! The decision is whether a person who has seen some ids can work out the next one. Read
//! `at_rest.rs` next: what the store keeps of the id.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Where a session id comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdSource {
    /// A number that goes up by one with each session.
    Counter,
    /// 256 random bits from the operating system.
    Random,
}

/// The first id of the weak arm.
pub const FIRST_NUMBER: u64 = 1001;

impl IdSource {
    /// Whether the world's counter is needed to issue an id.
    pub fn needs_count(self) -> bool {
        self == IdSource::Counter
    }

    /// A new session id. `count` is the number of ids that this world has issued before; only the
    /// weak arm looks at it.
    ///
    /// # Errors
    ///
    /// The operating system gave no random bytes. No session may be opened then: an id made from
    /// anything else could be guessed.
    pub fn issue(self, count: u64) -> Result<String, getrandom::Error> {
        match self {
            // WEAK: an attacker opens a session, reads 1007 in its cookie, and tries 1006 and 1008.
            // Those are the sessions of the visitors before and after. Nothing is stolen, so no
            // attribute of the cookie helps.
            IdSource::Counter => Ok(FIRST_NUMBER.saturating_add(count).to_string()),

            // STRONG: 32 bytes from the operating system's generator, written as 43 characters.
            // Earlier ids do not predict the next one, and nobody can try 2^256 values.
            //
            // Refused alternatives: a hash of the time or of the user's name, which an attacker
            // can also compute; and a random UUID, which has 122 random bits where ASVS requires
            // at least 128.
            //
            // Not stopped: an id that is stolen or planted. Nobody has to guess it.
            IdSource::Random => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes)?;
                Ok(URL_SAFE_NO_PAD.encode(bytes))
            }
        }
    }
}

impl Defence for IdSource {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "counter",
            description: "Session ids are numbers that go up by one.",
            value: IdSource::Counter,
        },
        Arm {
            slug: "random",
            description: "A session id is 256 random bits from the operating system.",
            value: IdSource::Random,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A session id that nobody can guess",
        protects: "Anyone who presents a session id is treated as its user, so an id must be as \
                   hard to guess as a key. With 256 random bits from the operating system, earlier \
                   ids do not predict the next one, and nobody can try all values. A counter gives \
                   every session to anyone who can count.",
        does_not_stop: "An id that is stolen or planted: it need not be guessed. Random ids also \
                        do not help where the id can be read, in a log, in an address or on the \
                        wire.",
        stage: RequestStage::Action,
        needs: &[],
        standards: &[
            "ASVS 7.2.3",
            "ASVS 11.5.1",
            "CWE-340",
            "CWE-342",
            "WSTG-SESS-01",
            "NIST SP 800-63B-4 §5.1",
        ],
        elsewhere: Elsewhere {
            flask: "With Flask-Session 0.6 or later: secrets.token_urlsafe(32), the default. \
                    Flask's own session is a signed cookie and has no id.",
            express: "express-session makes 24 random bytes by default; keep the genid option \
                      unset",
            django: "32 random letters and digits, about 165 bits; nothing to set",
            spring: "Tomcat makes 16 random bytes, 128 bits; a SessionIdGenerator element with \
                     sessionIdLength=\"32\" in its configuration makes 256 bits. Spring Session \
                     makes a random UUID, 122 bits; a SessionIdGenerator bean can make more.",
            rocket: "No built-in session: fill 32 bytes with getrandom::fill and encode them.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_counts_up_from_1001() {
        assert!(IdSource::WEAK.needs_count());
        assert_eq!(IdSource::WEAK.issue(0).unwrap(), "1001");
        assert_eq!(IdSource::WEAK.issue(6).unwrap(), "1007");
    }

    #[test]
    fn the_strong_arm_issues_43_characters_that_do_not_repeat() {
        assert!(!IdSource::STRONG.needs_count());
        let first = IdSource::STRONG.issue(0).unwrap();
        let second = IdSource::STRONG.issue(0).unwrap();
        assert_eq!(first.len(), 43);
        assert_ne!(first, second);
        assert!(
            first
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        );
    }
}
