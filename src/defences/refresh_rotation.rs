//! Refresh rotation: how often a refresh token may be used. Worksheet 13.
//!
//! The decision is what a second use means. A refresh token is valid for days, so a stolen one is
//! worth more than any access token. The tokens that descend from one sign-in are a family, which
//! `src/jwt/refresh.rs` stores. Read `jwt_claims.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// How often a refresh token may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshRotation {
    /// Until it expires.
    Reusable,
    /// Once: it is exchanged for the next one.
    Rotated,
}

/// What becomes of a refresh token that is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshDecision {
    /// A new access token; the refresh token stays as it is.
    AccessOnly,
    /// A new access token and the next refresh token; this one is no longer accepted.
    Exchange,
    /// It was used before: the whole family ends.
    EndFamily,
}

impl RefreshRotation {
    /// What becomes of a token whose family has not ended. `is_newest` says whether the token is
    /// the last one that was issued in its family.
    pub fn decide(self, is_newest: bool) -> RefreshDecision {
        match self {
            // WEAK: an attacker uses a stolen token side by side with its user, for days. Each gets
            // new access tokens, and nothing shows that there are two of them.
            RefreshRotation::Reusable => RefreshDecision::AccessOnly,

            // STRONG: each use gives a new token and ends the old one. When a used token arrives a
            // second time, one of the two who hold it is a thief. The portal cannot tell which, so
            // both must sign in again, and the thief has no password (RFC 9700 §4.14.2).
            //
            // Refused alternative: only refusing the used token. If the thief was first, the thief
            // keeps the family, and the user believes that the API is broken.
            //
            // Not stopped: the thief until the user refreshes the next time.
            RefreshRotation::Rotated if is_newest => RefreshDecision::Exchange,
            RefreshRotation::Rotated => RefreshDecision::EndFamily,
        }
    }
}

impl Defence for RefreshRotation {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "reusable",
            description: "A refresh token works again and again for a week.",
            value: RefreshRotation::Reusable,
        },
        Arm {
            slug: "rotated",
            description: "A refresh token works once; a second use ends its whole family.",
            value: RefreshRotation::Rotated,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Refresh tokens for one use",
        protects: "A refresh token makes access tokens for days. When each use replaces it, a \
                   stolen copy collides with its user's: the one who comes second presents a used \
                   token, and the family ends for both. The theft is noticed and ended.",
        does_not_stop: "The thief until the user refreshes the next time. It also costs the user a \
                        sign-in when an answer was lost on the way and the page tries again.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["ASVS 10.4.5", "CWE-294", "CWE-613", "RFC 9700 §4.14.2"],
        elsewhere: Elsewhere {
            flask: "Nothing built in: put the jti of the used token on the blocklist and issue \
                    create_refresh_token() anew",
            express: "oidc-provider: rotateRefreshToken; else keep the family and its newest jti \
                      in the database",
            django: "SIMPLE_JWT = {\"ROTATE_REFRESH_TOKENS\": True, \"BLACKLIST_AFTER_ROTATION\": \
                     True}; it does not end the family",
            spring: "Spring Authorization Server: TokenSettings.builder()\
                     .reuseRefreshTokens(false)",
            rocket: "Nothing built in: a record for each family with the newest jti, replaced in \
                     one transaction",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_accepts_any_token_of_the_family() {
        assert_eq!(
            RefreshRotation::WEAK.decide(true),
            RefreshDecision::AccessOnly
        );
        assert_eq!(
            RefreshRotation::WEAK.decide(false),
            RefreshDecision::AccessOnly
        );
    }

    #[test]
    fn the_strong_arm_exchanges_the_newest_and_ends_the_family_of_a_used_one() {
        assert_eq!(
            RefreshRotation::STRONG.decide(true),
            RefreshDecision::Exchange
        );
        assert_eq!(
            RefreshRotation::STRONG.decide(false),
            RefreshDecision::EndFamily
        );
    }
}
