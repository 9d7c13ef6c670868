//! JWT expiry: whether a token ends by itself. Worksheet 13.
//!
//! The decision is what `exp` is worth. A token needs no record on the server, so without an end of
//! its own it has none. Read `jwt_not_before.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether `exp` is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtExpiry {
    /// It stands in the token, and nobody looks.
    Unchecked,
    /// It must be there and lie ahead.
    Checked,
}

impl JwtExpiry {
    /// Checks `exp` at `now`, both in seconds since the epoch.
    ///
    /// # Errors
    ///
    /// The strong arm refuses a token whose end has come, and one that has none.
    pub fn check(self, exp: Option<f64>, now: f64) -> Result<(), &'static str> {
        match self {
            // WEAK: a token that was copied once is good for ever: from a log, from a laptop that
            // was sold, from a backup of last year.
            JwtExpiry::Unchecked => Ok(()),

            // STRONG: 15 minutes after it was issued a token is over. No leeway is given: the lab
            // has one clock. Servers with clocks of their own allow a minute at most.
            //
            // Refused alternative: checking exp where it is present. A token without one would
            // then be the best of all.
            JwtExpiry::Checked => match exp {
                Some(exp) if now < exp => Ok(()),
                Some(_) => Err("The token has expired."),
                None => Err("The token says not when it ends."),
            },
        }
    }

    /// From when on nobody need remember that a token with this `exp` was revoked; `None` is never.
    pub fn forgotten_at(self, exp: Option<f64>) -> Option<f64> {
        match self {
            // A token that does not end must stay on the list for ever.
            JwtExpiry::Unchecked => None,
            JwtExpiry::Checked => exp,
        }
    }
}

impl Defence for JwtExpiry {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "unchecked",
            description: "A token is good for ever, whatever its exp says.",
            value: JwtExpiry::Unchecked,
        },
        Arm {
            slug: "checked",
            description: "A token must have an exp, and is refused from that moment on.",
            value: JwtExpiry::Checked,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A token that ends by itself",
        protects: "A token is checked without asking a record, so nothing ends it unless it ends \
                   itself. With a lifetime of 15 minutes that is enforced, a copy is worthless by \
                   the time most copies are found.",
        does_not_stop: "Its use within the 15 minutes, also after a sign-out: that is what \
                        jwt-revocation is for.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "ASVS 9.2.1",
            "CWE-613",
            "RFC 7519 §4.1.4",
            "RFC 6750 §5.3",
            "WSTG-SESS-10",
        ],
        elsewhere: Elsewhere {
            flask: "JWT_ACCESS_TOKEN_EXPIRES = timedelta(minutes=15), the default; never False",
            express: "jwt.sign(claims, key, { expiresIn: \"15m\" }); verify checks exp where it \
                      is there, so ask for maxAge too",
            django: "SIMPLE_JWT = {\"ACCESS_TOKEN_LIFETIME\": timedelta(minutes=5)}, the default",
            spring: "JwtTimestampValidator is on by default, with 60 s of leeway",
            rocket: "jsonwebtoken: Validation::new checks and requires exp; its leeway is 60 s",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_never_looks() {
        for exp in [None, Some(0.0), Some(99.0)] {
            assert_eq!(JwtExpiry::WEAK.check(exp, 100.0), Ok(()));
            assert_eq!(JwtExpiry::WEAK.forgotten_at(exp), None);
        }
    }

    #[test]
    fn the_strong_arm_ends_a_token_in_the_second_that_it_names() {
        assert_eq!(JwtExpiry::STRONG.check(Some(100.5), 100.0), Ok(()));
        for exp in [None, Some(100.0), Some(99.0), Some(-1.0), Some(f64::NAN)] {
            assert!(JwtExpiry::STRONG.check(exp, 100.0).is_err(), "{exp:?}");
        }
        assert_eq!(JwtExpiry::STRONG.forgotten_at(Some(100.0)), Some(100.0));
    }
}
