//! JWT claims: what a token says about its user, and how long the API believes it. Worksheet 11.
//!
//! The decision is between rights that were written into the token at the sign-in and rights that
//! are looked up at each request. Read `token_storage.rs` next.

use super::facts::Role;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What a token contains, and where the API learns the user's rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtClaims {
    /// The token contains role and e-mail address, and the API believes it.
    InToken,
    /// The token names the user; everything else is looked up.
    LookedUp,
}

impl JwtClaims {
    /// Whether a new token carries role and e-mail address.
    pub fn includes_profile(self) -> bool {
        match self {
            // WEAK: anyone who sees the token reads the e-mail address and the role in it. A
            // payload is encoded, not encrypted: one command decodes it. So a log that holds tokens
            // also holds the addresses of the users.
            JwtClaims::InToken => true,

            // STRONG: the token contains only the user's name. What it does not contain cannot leak
            // from it.
            //
            // Refused alternative: an encrypted token (JWE). It would hide the address, but the
            // role in it would still be the one from the sign-in.
            JwtClaims::LookedUp => false,
        }
    }

    /// The role that a request acts in: `claimed` by the token, or `record` as the account has it.
    /// `None` refuses the token.
    pub fn role(self, claimed: Option<Role>, record: Option<Role>) -> Option<Role> {
        match self {
            // WEAK: the token says what was true when it was issued. A user who was demoted since
            // then, or whose account was deleted, keeps the old rights until the token expires.
            JwtClaims::InToken => Some(claimed.unwrap_or(Role::Student)),

            // STRONG: the API reads the account at each request, so a change applies from the next
            // request on. The subject of a token must be an account that exists.
            //
            // Refused alternative: a shorter lifetime for tokens. A demoted user then keeps the
            // old rights for a shorter time, but still keeps them.
            //
            // Not stopped: a stolen token. Its user exists and has the role that the account says.
            JwtClaims::LookedUp => record,
        }
    }
}

impl Defence for JwtClaims {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "in-token",
            description: "The token contains role and e-mail address, and the API believes it.",
            value: JwtClaims::InToken,
        },
        Arm {
            slug: "looked-up",
            description: "The token names the user only; role and account are looked up.",
            value: JwtClaims::LookedUp,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Few claims, and fresh rights",
        protects: "Anyone who handles a token can read its payload, and the payload does not \
                   change after it is signed. A token with a name and nothing else reveals little. \
                   When rights are looked up on each request, a demotion applies at once.",
        does_not_stop: "A stolen token acts with the rights that the account has now. The look-up \
                        also costs what a token was meant to save, and the name stays readable.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["ASVS 8.3.2", "CWE-312", "CWE-359", "CWE-613", "CWE-863"],
        elsewhere: Elsewhere {
            flask: "@jwt.user_lookup_loader and current_user.role; no additional_claims for \
                    rights",
            express: "jwt.sign({ sub: user.id }, key), and load the user in the middleware",
            django: "Simple JWT: JWTAuthentication loads the user; JWTStatelessUserAuthentication \
                     believes the token",
            spring: "A JwtAuthenticationConverter that loads authorities by jwt.getSubject()",
            rocket: "A request guard that loads the account by claims.sub",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADMIN: Option<Role> = Some(Role::Admin);
    const STUDENT: Option<Role> = Some(Role::Student);

    #[test]
    fn the_weak_arm_believes_the_token() {
        assert!(JwtClaims::WEAK.includes_profile());
        assert_eq!(JwtClaims::WEAK.role(ADMIN, STUDENT), ADMIN);
        assert_eq!(JwtClaims::WEAK.role(ADMIN, None), ADMIN);
        assert_eq!(JwtClaims::WEAK.role(None, ADMIN), STUDENT);
    }

    #[test]
    fn the_strong_arm_believes_the_account() {
        assert!(!JwtClaims::STRONG.includes_profile());
        assert_eq!(JwtClaims::STRONG.role(ADMIN, STUDENT), STUDENT);
        assert_eq!(JwtClaims::STRONG.role(None, ADMIN), ADMIN);
        assert_eq!(JwtClaims::STRONG.role(ADMIN, None), None);
    }
}
