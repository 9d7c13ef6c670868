//! JWT not before: whether a token may be used before its time.
//!
//! The decision is what `nbf` and `iat` are worth when they lie ahead. Read `jwt_issuer.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether `nbf` and `iat` are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtNotBefore {
    /// Nobody looks.
    Unchecked,
    /// Where they are present, they must not lie ahead.
    Checked,
}

/// A time in a token holds whole seconds, and one that is issued right after a new password is dated
/// a second ahead (`src/jwt/issue.rs`). Nothing is gained by five seconds.
const ROUNDING: f64 = 5.0;

impl JwtNotBefore {
    /// Checks both times at `now`, in seconds since the epoch.
    ///
    /// # Errors
    ///
    /// The strong arm refuses a token that is not valid yet, and one from the future.
    pub fn check(self, nbf: Option<f64>, iat: Option<f64>, now: f64) -> Result<(), &'static str> {
        match self {
            // WEAK: a ticket for the exam of next week opens the exam today.
            JwtNotBefore::Unchecked => Ok(()),

            // STRONG: before its moment a token is nothing.
            //
            // Refused alternative: a generous leeway for wrong clocks. RFC 7519 allows "no more
            // than a few minutes", and each of them is given to the attacker as well.
            JwtNotBefore::Checked => {
                let ahead = |time: Option<f64>| time.is_some_and(|time| time > now + ROUNDING);
                if ahead(nbf) {
                    return Err("The token is not valid yet.");
                }
                if ahead(iat) {
                    return Err("The token was issued in the future.");
                }
                Ok(())
            }
        }
    }
}

impl Defence for JwtNotBefore {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "unchecked",
            description: "A token is good before its time.",
            value: JwtNotBefore::Unchecked,
        },
        Arm {
            slug: "checked",
            description: "A token is refused before its nbf, and when its iat lies ahead.",
            value: JwtNotBefore::Checked,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Not before its time",
        protects: "An issuer can date a token ahead: for a booking that begins tomorrow, or for \
                   an account that is opened next week. Whoever has that token has the right \
                   already unless the verifier looks at nbf.",
        does_not_stop: "Use after its moment has come. And an issuer that sets no nbf has nothing \
                        to check.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["ASVS 9.2.1", "CWE-345", "RFC 7519 §4.1.5"],
        elsewhere: Elsewhere {
            flask: "Checked by default; JWT_DECODE_LEEWAY = 0",
            express: "jwt.verify checks nbf by default; never pass ignoreNotBefore: true",
            django: "Simple JWT checks nbf where it is present, with PyJWT; LEEWAY = 0",
            spring: "JwtTimestampValidator checks nbf, with 60 s of leeway",
            rocket: "jsonwebtoken: validation.validate_nbf = true; it is off by default",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_never_looks() {
        let (tomorrow, today) = (Some(186_400.0), 100_000.0);
        assert_eq!(JwtNotBefore::WEAK.check(tomorrow, tomorrow, today), Ok(()));
    }

    #[test]
    fn the_strong_arm_waits_for_the_moment() {
        let check = |nbf, iat| JwtNotBefore::STRONG.check(nbf, iat, 100.0);
        for (nbf, iat) in [
            (None, None),
            (Some(100.0), Some(100.0)),
            (Some(-5.0), None),
            (None, Some(105.0)),
        ] {
            assert_eq!(check(nbf, iat), Ok(()), "{nbf:?} {iat:?}");
        }
        assert!(check(Some(106.0), None).is_err());
        assert!(check(None, Some(106.0)).is_err());
    }
}
