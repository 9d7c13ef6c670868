//! JWT signature: whether the verifier checks what it reads. Worksheet 11.
//!
//! The decision is whether a token's third part matters. If it does not, every other check of a
//! token only checks what its sender wrote. The order of the checks is in `src/jwt/verify.rs`;
//! read `jwt_none.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether the signature is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtSignature {
    /// The API decodes the payload and believes it.
    DecodedOnly,
    /// The signature must have been made with the key.
    Verified,
}

impl JwtSignature {
    /// Whether a token is accepted; `is_valid` verifies its signature.
    pub fn accepts(self, is_valid: impl FnOnce() -> bool) -> bool {
        match self {
            // WEAK: base64 protects nothing. The attacker decodes their token's payload,
            // writes "admin" into it and encodes it again. Many libraries offer a `decode` beside
            // their `verify`; it returns the same claims, so a test with a genuine token does not
            // show the mistake.
            JwtSignature::DecodedOnly => true,

            // STRONG: the signature covers header and payload as they were sent. Without the key
            // nobody can change a single letter of either.
            //
            // Refused alternative: reading the claims first and verifying afterwards, where it is
            // needed. By then a log, a query or an error message has already used a claim that
            // nobody verified.
            //
            // Not stopped: a genuine token in the wrong hands. A signature says who made the token,
            // not who sends it.
            JwtSignature::Verified => is_valid(),
        }
    }
}

impl Defence for JwtSignature {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "decoded-only",
            description: "The API decodes a token and believes it.",
            value: JwtSignature::DecodedOnly,
        },
        Arm {
            slug: "verified",
            description: "The API verifies a token's signature before it uses a claim.",
            value: JwtSignature::Verified,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A token is verified, not only decoded",
        protects: "A token's payload is readable and writable by anyone. Its signature shows that \
                   the holder of the key wrote exactly this header and this payload. An API that \
                   verifies it before it uses a claim cannot be given another name.",
        does_not_stop: "A genuine token in the wrong hands: a signature says who made the token, \
                        not who sends it. An attacker can also make a verifier use the wrong key \
                        or algorithm, which the next defences prevent.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["ASVS 9.1.1", "CWE-347", "RFC 8725 §3.3", "WSTG-SESS-10"],
        elsewhere: Elsewhere {
            flask: "@jwt_required() of Flask-JWT-Extended verifies; with PyJWT never pass \
                    options={\"verify_signature\": False}",
            express: "jwt.verify(token, key, { algorithms: [\"HS256\"] }) of jsonwebtoken; \
                      jwt.decode() verifies nothing",
            django: "Simple JWT: JWTAuthentication in DEFAULT_AUTHENTICATION_CLASSES verifies",
            spring: "http.oauth2ResourceServer(o -> o.jwt(withDefaults())) verifies; do not parse \
                     tokens by hand",
            rocket: "jsonwebtoken: decode::<Claims>(token, &key, &validation); \
                     dangerous::insecure_decode verifies nothing",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_accepts_without_verifying() {
        assert!(JwtSignature::WEAK.accepts(|| unreachable!("nobody verifies")));
    }

    #[test]
    fn the_strong_arm_accepts_only_a_valid_signature() {
        assert!(JwtSignature::STRONG.accepts(|| true));
        assert!(!JwtSignature::STRONG.accepts(|| false));
    }
}
