//! JWT audience: for which service a token is meant.
//!
//! The decision is whether `aud` must name this API. One issuer signs for many services, and each
//! of them sees the tokens that its users send. Read `jwt_type.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether `aud` is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAudience {
    /// A token for any service is accepted.
    Any,
    /// The token must be meant for this API.
    Own,
}

impl JwtAudience {
    /// Looks for the API's own name among those that `aud` holds, one or several.
    ///
    /// # Errors
    ///
    /// The strong arm refuses a token for other services, and one that names no service.
    pub fn check(self, aud: &[String], own: &str) -> Result<(), &'static str> {
        match self {
            // WEAK: this API accepts a token that a user sent to some small service. An attacker
            // who runs that service, or breaks into it, collects tokens that every service accepts.
            JwtAudience::Any => Ok(()),

            // STRONG: the API's own name must be one of those in the token. The issuer wrote it
            // under the signature, so nobody else can add a name.
            //
            // Refused alternative: checking aud only where it is present. A token without one would
            // then be accepted everywhere.
            //
            // Not stopped: a leaked token at the service that it names.
            JwtAudience::Own if aud.iter().any(|one| one == own) => Ok(()),
            JwtAudience::Own => Err("The token is meant for another service."),
        }
    }
}

impl Defence for JwtAudience {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "any",
            description: "A token that was issued for another service is accepted.",
            value: JwtAudience::Any,
        },
        Arm {
            slug: "own",
            description: "A token must name this API in its aud.",
            value: JwtAudience::Own,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Tokens for one service",
        protects: "A token is sent to the service that it is used at, and stays in that service's \
                   memory and logs. When each service accepts only tokens that name it, a token \
                   that leaks at one is not accepted at the others.",
        does_not_stop: "The use of a leaked token at the service that it names.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "ASVS 9.2.3",
            "ASVS 9.2.4",
            "CWE-345",
            "RFC 8725 §3.9",
            "RFC 7519 §4.1.3",
            "RFC 9068 §4",
        ],
        elsewhere: Elsewhere {
            flask: "JWT_ENCODE_AUDIENCE and JWT_DECODE_AUDIENCE (Flask-JWT-Extended)",
            express: "jwt.verify(token, key, { algorithms, audience: \"https://api.example\" })",
            django: "SIMPLE_JWT = {\"AUDIENCE\": \"https://api.example\"}",
            spring: "spring.security.oauth2.resourceserver.jwt.audiences=https://api.example",
            rocket: "jsonwebtoken: validation.set_audience(&[own]) and require \"aud\" in \
                     set_required_spec_claims",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://localhost:7443/hardened/jwt";

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_weak_arm_accepts_tokens_for_any_service() {
        for aud in [names(&[]), names(&["https://other.example"])] {
            assert_eq!(JwtAudience::WEAK.check(&aud, OWN), Ok(()));
        }
    }

    #[test]
    fn the_strong_arm_requires_its_own_name_among_them() {
        for aud in [names(&[OWN]), names(&["https://other.example", OWN])] {
            assert_eq!(JwtAudience::STRONG.check(&aud, OWN), Ok(()));
        }
        for aud in [
            names(&[]),
            names(&[""]),
            names(&["https://localhost:7443/hardened"]),
        ] {
            assert!(JwtAudience::STRONG.check(&aud, OWN).is_err(), "{aud:?}");
        }
    }
}
