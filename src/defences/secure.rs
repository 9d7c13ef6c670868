//! Secure: whether the browser may send the session cookie unencrypted. Worksheets 02 and 04.
//!
//! The decision is one word in `Set-Cookie`; the browser carries it out. Read `transport.rs` next,
//! the part that the server must do itself.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether the session cookie carries `Secure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secure {
    /// The attribute is left out.
    Absent,
    /// The attribute is set.
    Present,
}

impl Secure {
    /// The attribute as it is written into `Set-Cookie`.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            // WEAK: the browser also sends the cookie to http:// of the same host, on every port.
            // One such request is enough, and an attacker can cause it with an image on any page.
            // Anyone on the same Wi-Fi reads the session id in it, even if the portal only answers
            // with a redirect to https: by then the cookie was sent.
            Secure::Absent => None,

            // STRONG: the browser sends the cookie only over an encrypted connection. `localhost`
            // is an exception: curl, Chromium and Firefox also send it there unencrypted. So the
            // worksheets prove it on `lab.test`.
            //
            // Refused alternative: only redirecting http to https. The redirect is the answer to a
            // request that already contained the cookie.
            //
            // Not stopped: theft at either end, by a script on the page or from the store.
            Secure::Present => Some("Secure"),
        }
    }
}

impl Defence for Secure {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "absent",
            description: "The browser also sends the session cookie over plain http.",
            value: Secure::Absent,
        },
        Arm {
            slug: "present",
            description: "The browser sends the session cookie over https only.",
            value: Secure::Present,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Secure keeps the cookie off plain http",
        protects: "Without Secure one request to http:// of the portal's host sends the session \
                   id unencrypted, and an attacker on the way can make the browser send one. With \
                   Secure the cookie leaves the browser only over an encrypted connection.",
        does_not_stop: "Theft at either end, by a script on the page or from the store. It also \
                        does not hide the password if the login form itself is sent over http. \
                        On localhost curl, Chromium and Firefox send the cookie unencrypted in \
                        any case; Safari does not.",
        stage: RequestStage::Cookies,
        needs: &[],
        standards: &[
            "ASVS 3.3.1",
            "CWE-614",
            "CWE-319",
            "WSTG-SESS-02",
            "RFC 6265bis §4.1.2.5",
            "NIST SP 800-63B-4 §5.1.1",
        ],
        elsewhere: Elsewhere {
            flask: "SESSION_COOKIE_SECURE = True (the default is False)",
            express: "session({ cookie: { secure: true } }); behind a proxy also \
                      app.set('trust proxy', 1)",
            django: "SESSION_COOKIE_SECURE = True (the default is False)",
            spring: "server.servlet.session.cookie.secure=true",
            rocket: "Cookie::build((name, value)).secure(true); the jar sets it by itself where \
                     Rocket serves TLS",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_strong_arm_writes_the_attribute() {
        assert_eq!(Secure::WEAK.attribute(), None);
        assert_eq!(Secure::STRONG.attribute(), Some("Secure"));
    }
}
