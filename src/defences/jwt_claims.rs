//! JWT claims: what a token says about its user, and for how long that is believed. Worksheet 11.
//!
//! The decision is between rights that were written down at the sign-in and rights that are looked
//! up. Read `token_storage.rs` next.

use super::facts::Role;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What stands in a token, and who is asked about rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtClaims {
    /// Role and e-mail address stand in the token and are believed.
    InToken,
    /// The token names the user; everything else is looked up.
    LookedUp,
}

impl JwtClaims {
    /// Whether a new token carries role and e-mail address.
    pub fn tells_all(self) -> bool {
        match self {
            // WEAK: everybody who sees the token reads the address: it is encoded, not encrypted.
            JwtClaims::InToken => true,
            // STRONG: what is not in the token cannot leak from it.
            JwtClaims::LookedUp => false,
        }
    }

    /// The role that a request acts in: `claimed` by the token, or `record` as the account has it.
    /// `None` refuses the token.
    pub fn role(self, claimed: Option<Role>, record: Option<Role>) -> Option<Role> {
        match self {
            // WEAK: the token says what was true when it was issued. Who was demoted since, or
            // whose account is gone, goes on as before.
            JwtClaims::InToken => Some(claimed.unwrap_or(Role::Student)),

            // STRONG: the account is asked each time, so a change holds from the next request on.
            // The subject of a token must be an account that exists.
            //
            // Refused alternative: a shorter life for tokens. It shortens the time in which a
            // demoted user keeps his rights, and does not end it.
            JwtClaims::LookedUp => record,
        }
    }
}

impl Defence for JwtClaims {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "in-token",
            description: "Role and e-mail address stand in the token and are believed.",
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
        protects: "A payload is readable by everybody who handles the token, and it does not \
                   change after it is signed. A token with a name and nothing else tells little. \
                   When rights are looked up on each request, a demotion holds at once.",
        does_not_stop: "The look-up costs what a token was meant to save. And the name itself \
                        stays readable.",
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
        assert!(JwtClaims::WEAK.tells_all());
        assert_eq!(JwtClaims::WEAK.role(ADMIN, STUDENT), ADMIN);
        assert_eq!(JwtClaims::WEAK.role(ADMIN, None), ADMIN);
        assert_eq!(JwtClaims::WEAK.role(None, ADMIN), STUDENT);
    }

    #[test]
    fn the_strong_arm_believes_the_account() {
        assert!(!JwtClaims::STRONG.tells_all());
        assert_eq!(JwtClaims::STRONG.role(ADMIN, STUDENT), STUDENT);
        assert_eq!(JwtClaims::STRONG.role(None, ADMIN), ADMIN);
        assert_eq!(JwtClaims::STRONG.role(ADMIN, None), None);
    }
}
