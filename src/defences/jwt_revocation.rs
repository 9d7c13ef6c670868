//! JWT revocation: whether a token can be ended before it expires. Worksheet 13.
//!
//! The decision is whether the server remembers anything about tokens. `src/jwt/revoke.rs` stores
//! what it remembers. Read `refresh_rotation.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What the server remembers of tokens that were ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtRevocation {
    /// Nothing.
    Nothing,
    /// Each ended token by issuer and `jti`, its sign-in by `sid`, and the moment of each change of a password.
    Denylist,
}

impl JwtRevocation {
    /// Whether the server stores a sign-out and a new password, and checks each token against both.
    pub fn remembers(self) -> bool {
        match self {
            // WEAK: a sign-out makes the page forget the token, and a copy of it is still accepted.
            // An attacker with a copy keeps the account until the token expires. The user cannot
            // prevent that, not even with a new password.
            JwtRevocation::Nothing => false,

            // STRONG: a sign-out puts the token and its sign-in on a list until every token of that
            // sign-in would have expired anyway, and a new password ends all older tokens of the
            // user. The list costs a look-up for each
            // request: a token that can be revoked is not stateless.
            //
            // Refused alternative: a list of the tokens themselves, or of their hashes. An ES256
            // signature (r, s) is also valid as (r, n - s), so an attacker can write the same token
            // in a second form with another hash. Issuer and jti are covered by the signature and
            // the same in both forms.
            //
            // Not stopped: the use of a stolen token before its user signs out.
            JwtRevocation::Denylist => true,
        }
    }

    /// Whether a token that was issued at `iat` is older than a password that was new at `changed`,
    /// both in whole seconds. Within one second nobody can tell which came first, so a token of
    /// that second counts as older: a user signs in again, and no thief keeps a token. A token that
    /// does not say when it was issued also counts as older.
    pub fn predates_password(self, iat: Option<f64>, changed: f64) -> bool {
        self.remembers() && iat.is_none_or(|iat| iat <= changed)
    }
}

impl Defence for JwtRevocation {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "nothing",
            description: "A token is accepted until it expires, whatever its user does.",
            value: JwtRevocation::Nothing,
        },
        Arm {
            slug: "denylist",
            description: "Signing out ends every token of that sign-in; a new password ends all tokens of the \
                          user.",
            value: JwtRevocation::Denylist,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Tokens that can be revoked",
        protects: "A token proves itself, so by default nothing can take it back. With a list of \
                   revoked tokens, kept by issuer and jti until they expire, signing out ends \
                   them. A moment kept for each user ends all tokens from before a new password.",
        does_not_stop: "The use of a stolen token before its user does anything. It also has a \
                        price: each request asks the list, so the server keeps state after all.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["ASVS 7.4.1", "ASVS 7.4.3", "CWE-613", "RFC 7009"],
        elsewhere: Elsewhere {
            flask: "@jwt.token_in_blocklist_loader: look jwt_payload[\"jti\"] up in Redis",
            express: "express-jwt: the option isRevoked: async (req, token) => \
                      denied.has(token.payload.jti)",
            django: "Simple JWT: rest_framework_simplejwt.token_blacklist for refresh tokens, \
                     CHECK_REVOKE_TOKEN = True for passwords",
            spring: "An OAuth2TokenValidator<Jwt> that asks the list; or opaque tokens with \
                     introspection",
            rocket: "A request guard that asks managed state for issuer and jti after decode()",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_remembers_nothing() {
        assert!(!JwtRevocation::WEAK.remembers());
        assert!(!JwtRevocation::WEAK.predates_password(Some(1.0), 2.0));
        assert!(!JwtRevocation::WEAK.predates_password(None, 2.0));
    }

    #[test]
    fn the_strong_arm_ends_every_token_that_is_not_newer_than_the_password() {
        assert!(JwtRevocation::STRONG.remembers());
        for (iat, predates_password) in [
            (None, true),
            (Some(1.0), true),
            (Some(2.0), true),
            (Some(3.0), false),
        ] {
            assert_eq!(
                JwtRevocation::STRONG.predates_password(iat, 2.0),
                predates_password,
                "{iat:?}"
            );
        }
    }
}
