//! Sign-out: what ends when the user signs out. Worksheets 01 and 09.
//!
//! The decision is whether the server forgets the session or only asks the browser to. Both arms
//! delete the cookie. Read `clear_site_data.rs` next: what else the browser still holds.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What a sign-out deletes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOut {
    /// The cookie in the browser.
    CookieOnly,
    /// The cookie in the browser and the record on the server.
    RecordAndCookie,
}

impl SignOut {
    /// Whether the record on the server ends with the cookie.
    pub fn ends_record(self) -> bool {
        match self {
            // WEAK: the browser forgets the id, the server does not. An attacker who copied the
            // cookie before is still signed in, while the user believes that the session has ended.
            // The user cannot even end it later: the browser no longer knows its id.
            SignOut::CookieOnly => false,

            // STRONG: the record is deleted before the answer is sent, so the portal accepts no
            // copy of the id from then on. If the store cannot delete it, the answer is an error: a
            // sign-out that only looks done would be the weak arm.
            //
            // Refused alternative: a mark "signed out" in the browser or in the page. A copied
            // cookie comes without the mark.
            //
            // Not stopped: pages that the browser has kept (`no-store`), and the user's sessions in
            // other browsers.
            SignOut::RecordAndCookie => true,
        }
    }
}

impl Defence for SignOut {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "cookie-only",
            description: "Signing out deletes the cookie; the session stays open on the server.",
            value: SignOut::CookieOnly,
        },
        Arm {
            slug: "record-and-cookie",
            description: "Signing out ends the session on the server and deletes the cookie.",
            value: SignOut::RecordAndCookie,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Signing out ends the session on the server",
        protects: "A cookie is a copy of a secret, and there may be more copies. Deleting the one \
                   in the browser changes nothing for anyone who holds another. When the server \
                   deletes its record, every copy of the id is worthless at once.",
        does_not_stop: "What happens before the sign-out, and what the browser has kept besides \
                        the cookie, such as pages in its cache. Other sessions of the same user \
                        stay open.",
        stage: RequestStage::Action,
        needs: &[],
        standards: &[
            "ASVS 7.4.1",
            "CWE-613",
            "WSTG-SESS-06",
            "NIST SP 800-63B-4 §5.1",
        ],
        elsewhere: Elsewhere {
            flask: "With Flask-Session: session.clear(), which deletes the record. Flask's own \
                    session is a signed cookie: a copy stays valid after session.clear().",
            express: "req.session.destroy(callback), and res.clearCookie(name, options) with the \
                      options it was set with",
            django: "django.contrib.auth.logout(request)",
            spring: "http.logout(l -> l.invalidateHttpSession(true).deleteCookies(name)); the \
                     first is the default",
            rocket: "No built-in session: delete the record, and remove the cookie with the same \
                     Path, Domain and Secure.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_strong_arm_ends_the_record() {
        assert!(!SignOut::WEAK.ends_record());
        assert!(SignOut::STRONG.ends_record());
    }
}
