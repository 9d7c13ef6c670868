//! JWT not before: whether a token may be used before its time.
//!
//! The decision is whether `nbf` and `iat` may be in the future. Read `jwt_issuer.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether `nbf` and `iat` are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtNotBefore {
    /// The API ignores them.
    Unchecked,
    /// Where they are present, they must not be in the future.
    Checked,
}

/// How far ahead a time may be. Times in tokens are whole seconds, and a token that is issued right
/// after a new password is dated a second ahead (`src/jwt/issue.rs`). An attacker gains nothing
/// from five seconds.
const ROUNDING: f64 = 5.0;

impl JwtNotBefore {
    /// Checks both times at `now`, in seconds since the epoch.
    ///
    /// # Errors
    ///
    /// The strong arm refuses a token that is not valid yet, and one from the future.
    pub fn check(self, nbf: Option<f64>, iat: Option<f64>, now: f64) -> Result<(), &'static str> {
        match self {
            // WEAK: a right that begins next week can be used today. A student who holds the token
            // for next week's exam reads the exam now.
            JwtNotBefore::Unchecked => Ok(()),

            // STRONG: a token is refused before the moment that its issuer wrote into it. An `iat`
            // in the future shows a wrong clock or a forged token, so it is also refused.
            //
            // Refused alternative: a generous leeway for wrong clocks. RFC 7519 allows "no more
            // than a few minutes", and the attacker gets each of those minutes as well.
            //
            // Not stopped: use after that moment. And a token without `nbf` is valid at once.
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
            description: "A token is accepted before its nbf.",
            value: JwtNotBefore::Unchecked,
        },
        Arm {
            slug: "checked",
            description: "A token is refused before its nbf, and when its iat is in the future.",
            value: JwtNotBefore::Checked,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Not before its time",
        protects: "An issuer can date a token ahead: for a booking that begins tomorrow, or for \
                   an account that is opened next week. Anyone who has that token has the right \
                   already, unless the verifier checks nbf.",
        does_not_stop: "Use after its moment has come. And an issuer that sets no nbf has nothing \
                        to check.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["ASVS 9.2.1", "CWE-358", "RFC 7519 §4.1.5"],
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
    fn the_weak_arm_accepts_a_token_from_the_future() {
        let (tomorrow, today) = (Some(186_400.0), 100_000.0);
        assert_eq!(JwtNotBefore::WEAK.check(tomorrow, tomorrow, today), Ok(()));
    }

    #[test]
    fn the_strong_arm_refuses_a_token_before_its_time() {
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
