//! JWT type: whether a token of one kind is accepted as another.
//!
//! The decision is whether `typ` in the header is checked. An issuer signs several kinds of tokens
//! with one key: for access, for refreshing, for telling an application who the user is. Read
//! `jwt_crit.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether `typ` is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtType {
    /// Any token with a valid signature is accepted.
    Any,
    /// The token must be of the kind `at+jwt`.
    AccessOnly,
}

/// The `typ` of an access token (RFC 9068 §2.1).
pub const ACCESS_TYPE: &str = "at+jwt";

impl JwtType {
    /// Compares `typ` with that of an access token.
    ///
    /// # Errors
    ///
    /// The strong arm refuses every other kind.
    pub fn check(self, typ: Option<&str>) -> Result<(), &'static str> {
        match self {
            // WEAK: a refresh token is valid for a week and is meant for one address of the API. If
            // every route accepts it, it is an access token for a week. An attacker who steals it
            // uses it without a single refresh, and so without the check that notices theft.
            JwtType::Any => Ok(()),

            // STRONG: the header names the kind, the signature covers the header, and each route
            // accepts one kind. Case does not matter in a media type, and `application/` may
            // precede it (RFC 7515 §4.1.9).
            //
            // Refused alternative: telling kinds apart by the claims they happen to have. The next
            // kind that somebody adds may have the same claims.
            //
            // Not stopped: an access token that was issued for another service (`jwt-audience`) or
            // by another issuer (`jwt-issuer`).
            JwtType::AccessOnly => {
                let typ = typ.unwrap_or_default().to_ascii_lowercase();
                if typ.strip_prefix("application/").unwrap_or(&typ) == ACCESS_TYPE {
                    Ok(())
                } else {
                    Err("The token is not an access token.")
                }
            }
        }
    }
}

impl Defence for JwtType {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "any",
            description: "Any signed token is accepted as an access token.",
            value: JwtType::Any,
        },
        Arm {
            slug: "access-only",
            description: "Only a token with typ at+jwt is an access token.",
            value: JwtType::AccessOnly,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "One kind of token for one purpose",
        protects: "An issuer signs access tokens, refresh tokens and id tokens, often with one \
                   key. Each is meant for one purpose and guarded accordingly. A verifier that \
                   looks at typ does not mistake one for another.",
        does_not_stop: "A token of the right kind that was meant for another service, or comes \
                        from another issuer: those are two more checks.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "ASVS 9.2.2",
            "CWE-345",
            "RFC 8725 §3.11",
            "RFC 8725 §3.12",
            "RFC 9068 §2.1",
        ],
        elsewhere: Elsewhere {
            flask: "@jwt_required() refuses refresh tokens by their claim \"type\"; \
                    @jwt_required(refresh=True) takes them only",
            express: "jose: jwtVerify(token, key, { typ: \"at+jwt\" }); jsonwebtoken: compare \
                      header.typ of { complete: true }",
            django: "Simple JWT compares the claim \"token_type\", TOKEN_TYPE_CLAIM",
            spring: "JwtValidators.createAtJwtValidator() (since 6.5) checks typ at+jwt",
            rocket: "jsonwebtoken: compare header.typ of the decoded TokenData yourself",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_accepts_any_kind() {
        for typ in [None, Some("JWT"), Some("rt+jwt"), Some("at+jwt")] {
            assert_eq!(JwtType::WEAK.check(typ), Ok(()));
        }
    }

    #[test]
    fn the_strong_arm_accepts_only_access_tokens() {
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
            assert_eq!(JwtType::STRONG.check(Some(typ)), Ok(()), "{typ}");
        }
        for typ in [None, Some(""), Some("JWT"), Some("rt+jwt"), Some("at+jwt ")] {
            assert!(JwtType::STRONG.check(typ).is_err(), "{typ:?}");
        }
    }
}
