//! JWT issuer: whose tokens the API accepts.
//!
//! The decision is whether `iss` is checked. It matters where two services share a key, because the
//! signature alone does not say which of them issued a token. Read `jwt_audience.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether `iss` is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtIssuer {
    /// Tokens of any issuer are accepted.
    Any,
    /// The token must come from this portal.
    Own,
}

impl JwtIssuer {
    /// Compares `iss` with the portal's own name.
    ///
    /// # Errors
    ///
    /// The strong arm refuses a token of another issuer, and one that names none.
    pub fn check(self, iss: Option<&str>, own: &str) -> Result<(), &'static str> {
        match self {
            // WEAK: a partner who shares the key decides who is signed in here, by the partner's
            // own rules. Anyone may register as "admin" at the partner, and this API takes the name
            // in the token for its own account "admin".
            JwtIssuer::Any => Ok(()),

            // STRONG: exactly this issuer, letter for letter. A user name means something only
            // together with the issuer that gave it.
            //
            // Refused alternative: searching for the portal's name in it. The issuer
            // `https://portal.example.evil.test` passes such a check.
            //
            // Not stopped: a partner who writes this portal's name into a token. They have the key.
            JwtIssuer::Own if iss == Some(own) => Ok(()),
            JwtIssuer::Own => Err("The token comes from another issuer."),
        }
    }
}

impl Defence for JwtIssuer {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "any",
            description: "A token of any issuer is accepted, if its signature is right.",
            value: JwtIssuer::Any,
        },
        Arm {
            slug: "own",
            description: "A token must name this portal as its issuer, exactly.",
            value: JwtIssuer::Own,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Tokens of one issuer",
        protects: "Where services share a key, each can sign for all. The issuer's name in the \
                   token says which of them checked the password. A verifier that compares it \
                   exactly relies on one issuer's accounts and rules.",
        does_not_stop: "A partner who writes the portal's name into tokens: the partner has the key. \
                        Sharing a key means trusting its other holders; ES256 avoids that.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "ASVS 9.1.3",
            "CWE-345",
            "CWE-346",
            "RFC 8725 §3.8",
            "RFC 9068 §4",
        ],
        elsewhere: Elsewhere {
            flask: "JWT_ENCODE_ISSUER and JWT_DECODE_ISSUER (Flask-JWT-Extended)",
            express: "jwt.verify(token, key, { algorithms, issuer: \"https://portal.example\" })",
            django: "SIMPLE_JWT = {\"ISSUER\": \"https://portal.example\"}",
            spring: "spring.security.oauth2.resourceserver.jwt.issuer-uri, or \
                     JwtValidators.createDefaultWithIssuer(issuer)",
            rocket: "jsonwebtoken: validation.set_issuer(&[own]) and \
                     set_required_spec_claims(&[\"exp\", \"iss\"])",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://localhost:7443/hardened";

    #[test]
    fn the_weak_arm_accepts_any_issuer() {
        for iss in [None, Some(""), Some("https://partner.example")] {
            assert_eq!(JwtIssuer::WEAK.check(iss, OWN), Ok(()));
        }
    }

    #[test]
    fn the_strong_arm_accepts_its_own_name_letter_for_letter() {
        assert_eq!(JwtIssuer::STRONG.check(Some(OWN), OWN), Ok(()));
        for iss in [
            None,
            Some(""),
            Some("https://localhost:7443/hardened/"),
            Some("https://LOCALHOST:7443/hardened"),
            Some("https://localhost:7443/hardened.evil.test"),
        ] {
            assert!(JwtIssuer::STRONG.check(iss, OWN).is_err(), "{iss:?}");
        }
    }
}
