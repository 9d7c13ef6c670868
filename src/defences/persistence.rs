//! Persistence: whether the session cookie outlives the browser. Worksheet 02.
//!
//! The decision is whether `Set-Cookie` names an age; the browser carries it out. Read
//! `idle_timeout.rs` next, a limit that the server carries out.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// How long the browser keeps the session cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// Ten years, written to the disk.
    TenYears,
    /// Until the browser is closed.
    BrowserSession,
}

impl Persistence {
    /// The attribute as it is written into `Set-Cookie`.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            // WEAK: the browser writes the cookie to the disk. The next user of a shared computer,
            // or anyone who gets the disk or its backup, opens the browser and is signed in. Ten
            // years are 315 360 000 seconds; browsers and curl reduce them to 400 days.
            Persistence::TenYears => Some("Max-Age=315360000"),

            // STRONG: without Max-Age and Expires the cookie ends with the browser session, so the
            // next user of the computer finds none.
            //
            // Refused alternative: a Max-Age as long as the session's own limit. The cookie is
            // still on the disk until then, and the server must check its limit anyway.
            //
            // Not stopped: a copy that somebody has taken. An age binds only the browser that keeps
            // the cookie; `idle-timeout` and `absolute-timeout` bind the server.
            Persistence::BrowserSession => None,
        }
    }
}

impl Defence for Persistence {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "ten-years",
            description: "The browser is asked to keep the session cookie for ten years.",
            value: Persistence::TenYears,
        },
        Arm {
            slug: "browser-session",
            description: "The session cookie ends when the browser is closed.",
            value: Persistence::BrowserSession,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A session cookie, not a stored one",
        protects: "A cookie with Max-Age is kept on the disk and is still there after the browser \
                   was closed. On a shared computer the next user is then signed in. A cookie \
                   without an age ends with the browser session.",
        does_not_stop: "A copy that someone has already taken: a cookie's age binds only the \
                        browser that keeps it, so the server needs its own limits. A browser set \
                        to continue where it left off also restores session cookies.",
        stage: RequestStage::Cookies,
        needs: &[],
        standards: &[
            "CWE-539",
            "WSTG-SESS-02",
            "RFC 6265bis §4.1.2.1",
            "RFC 6265bis §4.1.2.2",
            "NIST SP 800-63B-4 §5.1",
        ],
        elsewhere: Elsewhere {
            flask: "session.permanent = False, the default; with Flask-Session also \
                    SESSION_PERMANENT = False",
            express: "session({ cookie: {} }) without maxAge and expires, the default",
            django: "SESSION_EXPIRE_AT_BROWSER_CLOSE = True (by default the cookie is kept \
                     for two weeks)",
            spring: "Leave server.servlet.session.cookie.max-age unset, the default",
            rocket: "jar.add() without max_age and expires; add_private() adds Expires in a week \
                     by itself",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_weak_arm_gives_the_cookie_an_age() {
        assert_eq!(Persistence::WEAK.attribute(), Some("Max-Age=315360000"));
        assert_eq!(Persistence::STRONG.attribute(), None);
    }

    #[test]
    fn the_weak_age_is_ten_years_of_365_days() {
        assert_eq!(10 * 365 * 24 * 60 * 60, 315_360_000);
    }
}
