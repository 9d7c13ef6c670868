//! Role source: where the portal learns what a user may do. Worksheet 10, signed is not secret.
//!
//! The decision is which of the two to believe when the browser and the store disagree. Read
//! `client_state.rs` next: a signature makes the same mistake look safe.

use super::facts::Role;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Where a user's role comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleSource {
    /// A readable cookie, `role=student`.
    Cookie,
    /// The user's record in the store.
    Record,
}

impl RoleSource {
    /// Whether the portal sets a role cookie at sign-in.
    pub fn writes_cookie(self) -> bool {
        self == RoleSource::Cookie
    }

    /// The role that a request has. `cookie` is the value of the role cookie, `record` what the
    /// store says.
    pub fn role(self, cookie: Option<&str>, record: Role) -> Role {
        match self {
            // WEAK: the value of a cookie is what the client sends. Any student changes `student`
            // to `admin`, in DevTools or with curl, and has the rights of an administrator.
            RoleSource::Cookie => cookie.and_then(Role::parse).unwrap_or(record),

            // STRONG: the portal looks the role up at each request, in a place where only the
            // portal writes. Nothing that the browser sends can change it, and a role that is
            // withdrawn no longer applies from the next request on.
            //
            // Refused alternative: HttpOnly on the role cookie. It hides the cookie from scripts,
            // not from the person who owns the browser.
            //
            // Not stopped: an attacker who holds an administrator's session.
            RoleSource::Record => record,
        }
    }
}

impl Defence for RoleSource {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "cookie",
            description: "The portal believes the role that a cookie names.",
            value: RoleSource::Cookie,
        },
        Arm {
            slug: "record",
            description: "The portal reads the role from its own record of the user.",
            value: RoleSource::Record,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "The role stays on the server",
        protects: "Everything in a plain cookie can be edited by the person who sends it. When \
                   the portal decides by a role cookie, a student who writes admin into it is an \
                   administrator. The browser cannot edit a role that is read from the store.",
        does_not_stop: "An attacker who holds an administrator's session has that \
                        administrator's role. A portal must also ask for the role at every route \
                        that needs it.",
        stage: RequestStage::Action,
        needs: &[],
        standards: &["ASVS 8.3.1", "CWE-565", "CWE-784", "CWE-642", "CWE-302"],
        elsewhere: Elsewhere {
            flask: "Flask-Login: current_user.role, loaded from the database at each request by \
                    the user_loader",
            express: "Passport: req.user.role, loaded from the database at each request by \
                      deserializeUser",
            django: "request.user.is_staff or @permission_required, read from the database, the \
                     default",
            spring: "requestMatchers(\"/admin/**\").hasRole(\"ADMIN\"); authorities are in the \
                     server's session and change at the next sign-in",
            rocket: "A request guard that loads the user's record and fails unless its role is \
                     admin.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_believes_an_edited_cookie() {
        assert_eq!(
            RoleSource::WEAK.role(Some("admin"), Role::Student),
            Role::Admin
        );
        assert_eq!(
            RoleSource::WEAK.role(Some("student"), Role::Admin),
            Role::Student
        );
    }

    #[test]
    fn the_weak_arm_falls_back_to_the_record() {
        assert_eq!(RoleSource::WEAK.role(None, Role::Admin), Role::Admin);
        assert_eq!(
            RoleSource::WEAK.role(Some("ADMIN"), Role::Student),
            Role::Student
        );
    }

    #[test]
    fn the_strong_arm_believes_the_record_only() {
        for cookie in [None, Some("admin"), Some("student"), Some("")] {
            assert_eq!(
                RoleSource::STRONG.role(cookie, Role::Student),
                Role::Student
            );
            assert_eq!(RoleSource::STRONG.role(cookie, Role::Admin), Role::Admin);
        }
    }
}
