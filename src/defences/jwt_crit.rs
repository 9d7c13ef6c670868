//! JWT crit: what a verifier does with a condition that it does not know.
//!
//! The decision is whether the verifier obeys `crit` in the header. The issuer lists there what a
//! verifier must understand before it may accept the token. Read `jwt_transport.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What becomes of a token with `crit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtCrit {
    /// The list is ignored.
    Ignored,
    /// The token is refused, because this verifier knows no extension.
    Obeyed,
}

impl JwtCrit {
    /// Whether a token may be accepted; `has_crit` says whether its header has a `crit`.
    ///
    /// # Errors
    ///
    /// The strong arm refuses every such token.
    pub fn check(self, has_crit: bool) -> Result<(), &'static str> {
        match self {
            // WEAK: an issuer writes "only together with this certificate", and the verifier does
            // not know what that means. It accepts the token without the certificate. A thief of
            // the token has exactly that: the token without the certificate.
            JwtCrit::Ignored => Ok(()),

            // STRONG: the verifier refuses what it does not understand (RFC 7515 §4.1.11). This one
            // knows no extension, so every list names one that it does not know. An empty or
            // malformed list is forbidden in any case.
            //
            // Refused alternative: logging a warning. The token is still accepted.
            //
            // Not stopped: anything about tokens without `crit`. Only an issuer can set a
            // condition.
            JwtCrit::Obeyed if has_crit => {
                Err("The token sets a condition that this API does not know.")
            }
            JwtCrit::Obeyed => Ok(()),
        }
    }
}

impl Defence for JwtCrit {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "ignored",
            description: "Conditions in crit are ignored.",
            value: JwtCrit::Ignored,
        },
        Arm {
            slug: "obeyed",
            description: "A token with a condition that the API does not know is refused.",
            value: JwtCrit::Obeyed,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Conditions that are not understood",
        protects: "With crit an issuer says: accept this token only if you understand the \
                   following. It can bind a token to a device or to one use. A verifier that does \
                   not know the condition must refuse, or the token is worth more than its issuer \
                   meant.",
        does_not_stop: "Anything about tokens that set no condition.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["CWE-347", "CWE-358", "RFC 7515 §4.1.11", "RFC 7519 §7.2"],
        elsewhere: Elsewhere {
            flask: "PyJWT before 2.12 ignores crit: look at get_unverified_header() and refuse",
            express: "jose refuses by default, extensions are named in the option crit; \
                      jsonwebtoken ignores it",
            django: "Simple JWT uses PyJWT: see Flask",
            spring: "Nimbus refuses what a verifier does not list, the default",
            rocket: "jsonwebtoken: look into the header yourself, and refuse where it has crit",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_strong_arm_refuses_an_unknown_condition() {
        assert_eq!(JwtCrit::WEAK.check(true), Ok(()));
        assert_eq!(JwtCrit::STRONG.check(false), Ok(()));
        assert!(JwtCrit::STRONG.check(true).is_err());
    }
}
