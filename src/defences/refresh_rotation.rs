//! Refresh rotation: how often a refresh token may be used. Worksheet 13.
//!
//! The decision is what a second use means. A refresh token lives for days, so a stolen one is worth
//! more than any access token. The family of tokens that descend from one sign-in is kept in
//! `src/jwt/refresh.rs`. Read `jwt_claims.rs` next.

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
pub enum Use {
    /// A new access token; the refresh token stays as it is.
    Again,
    /// A new access token and the next refresh token; this one is used up.
    Exchange,
    /// It was used before: the whole family ends.
    EndFamily,
}

impl RefreshRotation {
    /// Judges a token of a family that lives. `is_newest` says whether it is the last one issued.
    pub fn judge(self, is_newest: bool) -> Use {
        match self {
            // WEAK: thief and owner use the same token side by side for days, and neither notices.
            RefreshRotation::Reusable => Use::Again,

            // STRONG: each use gives a new token and uses up the old one. When a used token comes a
            // second time, one of the two who hold it is a thief. Nobody can tell which, so both
            // must sign in again (RFC 9700 §4.14.2).
            //
            // Refused alternative: only refusing the used token. If the thief was first, he keeps
            // the family, and the owner thinks that the API is broken.
            RefreshRotation::Rotated if is_newest => Use::Exchange,
            RefreshRotation::Rotated => Use::EndFamily,
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
                   stolen copy collides with the owner's: whoever comes second presents a used \
                   token, and the family ends for both. The theft shows, and it is over.",
        does_not_stop: "The thief until the owner refreshes the next time. And it costs the owner \
                        a sign-in when his own answer was lost on the way and he tries again.",
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
    fn the_weak_arm_takes_any_token_of_the_family() {
        assert_eq!(RefreshRotation::WEAK.judge(true), Use::Again);
        assert_eq!(RefreshRotation::WEAK.judge(false), Use::Again);
    }

    #[test]
    fn the_strong_arm_exchanges_the_newest_and_ends_the_family_of_a_used_one() {
        assert_eq!(RefreshRotation::STRONG.judge(true), Use::Exchange);
        assert_eq!(RefreshRotation::STRONG.judge(false), Use::EndFamily);
    }
}
