//! Rotation: a new session id whenever a session gains rights. Worksheet 06, session fixation.
//!
//! The decision is whether the id that a visitor had before the sign-in is still theirs after it.
//! `src/session/sign_in.rs` replaces the old id by the new one in one commit, so that no crash
//! leaves both. Read it next.

use super::facts::PrivilegeChange;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// When a session changes its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The id never changes.
    Never,
    /// A new id on sign-in, on a change of role and on a change of password.
    OnPrivilegeChange,
}

impl Rotation {
    /// Whether the session gets a new id at this change of its rights.
    pub fn rotates(self, change: PrivilegeChange) -> bool {
        match self {
            // WEAK: the id of the anonymous session becomes the id of the signed-in one. An
            // attacker who planted it before the sign-in knows it, and is signed in as the victim
            // from then on. The attacker needs no password and steals nothing.
            Rotation::Never => false,

            // STRONG: the id from before the sign-in is no longer accepted after it, so an attacker
            // who knows it has nothing. The same applies when the role or the password changes: an
            // id that leaked while it was harmless must not gain rights later.
            //
            // Refused alternative: clearing the session's data and keeping its id. It looks like a
            // fresh session, but the portal still accepts the attacker's copy of the id.
            //
            // Not stopped: an id that is stolen after the sign-in. The thief then has the new one.
            Rotation::OnPrivilegeChange => match change {
                PrivilegeChange::SignIn
                | PrivilegeChange::RoleChange
                | PrivilegeChange::PasswordChange => true,
            },
        }
    }
}

impl Defence for Rotation {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "never",
            description: "The id always stays the same.",
            value: Rotation::Never,
        },
        Arm {
            slug: "on-privilege-change",
            description: "A new id on sign-in, on a new role and on a new password; the old one is no longer \
                   accepted.",
            value: Rotation::OnPrivilegeChange,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A new session id at sign-in",
        protects: "In session fixation the attacker chooses the id: they plant one in the \
                   victim's browser and wait for the victim to sign in with it. When the portal \
                   issues a new id at sign-in and ends the old one, the planted id is no longer \
                   accepted.",
        does_not_stop: "An id that is stolen after the sign-in: the attacker then holds the new \
                        one. Nor does it stop a planted cookie from signing the victim in to the \
                        attacker's own account.",
        stage: RequestStage::Action,
        needs: &[],
        standards: &[
            "ASVS 7.2.4",
            "CWE-384",
            "WSTG-SESS-03",
            "NIST SP 800-63B-4 §5.1",
        ],
        elsewhere: Elsewhere {
            flask: "With Flask-Session 0.7 or later: app.session_interface.regenerate(session). \
                    Flask's own session is a signed cookie and has no id to renew.",
            express: "req.session.regenerate(callback) before storing the user",
            django: "django.contrib.auth.login() calls request.session.cycle_key()",
            spring: "http.sessionManagement(s -> s.sessionFixation(f -> f.changeSessionId())), \
                     the default",
            rocket: "No built-in session: issue a new id in the sign-in handler and delete the \
                     old record.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_strong_arm_rotates_and_it_does_at_every_change_of_rights() {
        for moment in [
            PrivilegeChange::SignIn,
            PrivilegeChange::RoleChange,
            PrivilegeChange::PasswordChange,
        ] {
            assert!(!Rotation::WEAK.rotates(moment));
            assert!(Rotation::STRONG.rotates(moment));
        }
    }
}
