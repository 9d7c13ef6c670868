//! Persistence: whether the session cookie outlives the browser. Worksheet 02.
//!
//! The decision is whether `Set-Cookie` names an age; the browser carries it out. Read
//! `idle_timeout.rs` next, a limit that the server carries out.

use std::time::Duration;

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// How long the browser keeps the session cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// Ten years, written to the disk.
    TenYears,
    /// As the user chooses at the sign-in: as long as the session may last, or until the browser is
    /// closed.
    ChosenAtSignIn,
    /// Until the browser is closed.
    BrowserSession,
}

impl Persistence {
    /// Whether the sign-in asks the user to be kept signed in.
    pub fn asks(self) -> bool {
        self == Persistence::ChosenAtSignIn
    }

    /// The attribute as it is written into `Set-Cookie`. `permanent` is what the user chose at the
    /// sign-in, and `left` how long the session may still last at most.
    pub fn attribute(self, permanent: bool, left: Duration) -> Option<String> {
        match self {
            // WEAK: the browser writes the cookie to the disk. The next user of a shared computer,
            // or anyone who gets the disk or its backup, opens the browser and is signed in. Ten
            // years are 315 360 000 seconds; browsers and curl reduce them to 400 days.
            Persistence::TenYears => Some("Max-Age=315360000".to_owned()),

            // Custom: the user decides, as with session.permanent in Flask. A cookie that is kept lasts
            // as long as the server accepts the session, so nothing stays on the disk that is of use
            // to nobody. Who ticks the box on a shared computer has the weak arm.
            Persistence::ChosenAtSignIn => permanent.then(|| format!("Max-Age={}", left.as_secs())),

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
            slug: "chosen-at-sign-in",
            description: "The sign-in asks: the cookie is kept as long as the session may last, or ends \
                          when the browser is closed.",
            value: Persistence::ChosenAtSignIn,
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
    fn the_weak_arm_gives_the_cookie_an_age_and_the_strong_one_does_not() {
        let hour = Duration::from_secs(3600);
        for permanent in [false, true] {
            let weak = Persistence::WEAK.attribute(permanent, hour);
            assert_eq!(weak.as_deref(), Some("Max-Age=315360000"));
            assert_eq!(Persistence::STRONG.attribute(permanent, hour), None);
        }
    }

    #[test]
    fn a_cookie_that_the_user_wants_to_keep_lasts_as_long_as_the_session() {
        let chosen = Persistence::ChosenAtSignIn;
        let hour = Duration::from_secs(3600);
        assert_eq!(
            chosen.attribute(true, hour).as_deref(),
            Some("Max-Age=3600")
        );
        assert_eq!(chosen.attribute(false, hour), None);
        assert!(chosen.asks() && !Persistence::WEAK.asks() && !Persistence::STRONG.asks());
    }

    #[test]
    fn the_weak_age_is_ten_years_of_365_days() {
        assert_eq!(10 * 365 * 24 * 60 * 60, 315_360_000);
    }
}
