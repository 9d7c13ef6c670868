//! JWT expiry: whether a token ends by itself. Worksheet 13.
//!
//! The decision is whether `exp` is checked. A token has no record on the server that could end, so
//! without an expiry time it never ends. Read `jwt_not_before.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether `exp` is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtExpiry {
    /// The token contains it, and the API does not check it.
    Unchecked,
    /// It must be present and in the future.
    Checked,
}

impl JwtExpiry {
    /// Checks `exp` at `now`, both in seconds since the epoch.
    ///
    /// # Errors
    ///
    /// The strong arm refuses a token that has expired, and one without an expiry time.
    pub fn check(self, exp: Option<f64>, now: f64) -> Result<(), &'static str> {
        match self {
            // WEAK: a token that was copied once is accepted forever. The attacker takes it from a
            // log, from a laptop that was sold, or from a backup of last year.
            JwtExpiry::Unchecked => Ok(()),

            // STRONG: a token expires 15 minutes after it was issued. There is no leeway, because
            // the lab has one clock. Servers whose clocks differ allow a minute at most.
            //
            // Refused alternative: checking exp only where it is present. A token without one would
            // then never expire.
            //
            // Not stopped: the use of a copy within the 15 minutes. `jwt-revocation` stops that.
            JwtExpiry::Checked => match exp {
                Some(exp) if now < exp => Ok(()),
                Some(_) => Err("The token has expired."),
                // The comparison above is also false for NaN, so no odd number passes.
                None => Err("The token does not say when it expires."),
            },
        }
    }

    /// Until when the denylist must hold a revoked token with this `exp`; `None` is forever.
    pub fn denylist_until(self, exp: Option<f64>) -> Option<f64> {
        match self {
            // Nothing else will ever refuse this token, so it must stay on the list forever, and
            // the list only grows.
            JwtExpiry::Unchecked => None,
            // From this moment on the check above refuses the token, so the list may forget it.
            JwtExpiry::Checked => exp,
        }
    }
}

impl Defence for JwtExpiry {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "unchecked",
            description: "A token is accepted for as long as its key, whatever its exp says.",
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
        protects: "A token is checked without a record on the server, so nothing ends it except \
                   its own expiry time. With a lifetime of 15 minutes that is enforced, most \
                   copies have expired before anyone finds them.",
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
            spring: "JwtTimestampValidator is on by default, with 60 s of leeway; \
                     setAllowEmptyExpiryClaim(false) (since 7.0) refuses a token without exp",
            rocket: "jsonwebtoken: Validation::new checks and requires exp; its leeway is 60 s",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_accepts_a_token_of_any_age() {
        for exp in [None, Some(0.0), Some(99.0)] {
            assert_eq!(JwtExpiry::WEAK.check(exp, 100.0), Ok(()));
            assert_eq!(JwtExpiry::WEAK.denylist_until(exp), None);
        }
    }

    #[test]
    fn the_strong_arm_refuses_a_token_from_the_second_that_it_names() {
        assert_eq!(JwtExpiry::STRONG.check(Some(100.5), 100.0), Ok(()));
        for exp in [None, Some(100.0), Some(99.0), Some(-1.0), Some(f64::NAN)] {
            assert!(JwtExpiry::STRONG.check(exp, 100.0).is_err(), "{exp:?}");
        }
        assert_eq!(JwtExpiry::STRONG.denylist_until(Some(100.0)), Some(100.0));
    }
}
