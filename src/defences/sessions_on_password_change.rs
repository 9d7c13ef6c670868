//! Sessions on password change: whether a new password ends the sessions opened with the old one.
//! Worksheet 09, signing out everywhere.
//!
//! The decision is about the user's other sessions; the one that changed the password continues.
//! Read `src/session/end.rs` next: it also stops a sign-in that is in progress at that moment.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What a new password does to the user's other sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionsOnPasswordChange {
    /// They stay open.
    Kept,
    /// They end.
    Ended,
}

impl SessionsOnPasswordChange {
    /// Whether the user's other sessions end with the old password.
    pub fn ends_others(self) -> bool {
        match self {
            // WEAK: the user notices an intruder and changes the password. The intruder has a
            // session and needs no password, so nothing changes for them. The user believes that
            // the account is safe again.
            SessionsOnPasswordChange::Kept => false,

            // STRONG: anyone who is signed in with the old password, on any computer, must sign in
            // again with the new one, which only the user knows.
            //
            // Refused alternative: a box to tick, the minimum that ASVS requires. A user who
            // suspects nothing does not tick it, and the intruder's session continues.
            //
            // Not stopped: an intruder who changes the password first. Then the user's sessions
            // end.
            SessionsOnPasswordChange::Ended => true,
        }
    }
}

impl Defence for SessionsOnPasswordChange {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "kept",
            description: "A new password leaves the user's other sessions open.",
            value: SessionsOnPasswordChange::Kept,
        },
        Arm {
            slug: "ended",
            description: "A new password ends the user's other sessions.",
            value: SessionsOnPasswordChange::Ended,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A new password ends the other sessions",
        protects: "People change a password because someone else may know it, and that someone may \
                   be signed in. A session needs no password, so changing the password alone \
                   signs nobody out. When every other session ends with the old password, the \
                   intruder is signed out and cannot sign in again.",
        does_not_stop: "An intruder who changes the password first: then the user is signed out. \
                        Asking for the current password hinders that, but not where the \
                        intruder knows it.",
        stage: RequestStage::Action,
        needs: &[],
        standards: &["ASVS 7.4.3", "CWE-613"],
        elsewhere: Elsewhere {
            flask: "No setting: keep a number in the account and in the session, raise it with \
                    the password, and compare the two on each request.",
            express: "No setting: keep a number in the account and in req.session, raise it with \
                      the password, and compare the two on each request.",
            django: "Built in, since the session holds a hash of the password's hash; \
                     update_session_auth_hash(request, user) keeps the current session",
            spring: "sessionRegistry.getAllSessions(principal, false), then expireNow() on all \
                     but the current one; needs maximumSessions to be set",
            rocket: "No built-in session: delete the user's other records when the password \
                     changes.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_strong_arm_ends_the_other_sessions() {
        assert!(!SessionsOnPasswordChange::WEAK.ends_others());
        assert!(SessionsOnPasswordChange::STRONG.ends_others());
    }
}
