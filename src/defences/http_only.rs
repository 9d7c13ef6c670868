//! HttpOnly: whether a script on the page can read the session cookie. Worksheets 02 and 03.
//!
//! The decision is one word in `Set-Cookie`; the browser carries it out. Read `same_site.rs` next,
//! another attribute that only a browser enforces.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether the session cookie carries `HttpOnly`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpOnly {
    /// The attribute is left out.
    Absent,
    /// The attribute is set.
    Present,
}

impl HttpOnly {
    /// The attribute as it is written into `Set-Cookie`.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            // WEAK: `document.cookie` holds the session id, so one injected line of script can
            // send it to the attacker. The attacker then acts as the user, from another computer,
            // for as long as the session lasts.
            HttpOnly::Absent => None,

            // STRONG: the browser sends the cookie with requests but hides it from every script,
            // including the portal's own, which never needs the id.
            //
            // Refused alternative: the id in localStorage, from which the portal's script adds it
            // to each request. Every script of the origin can read that.
            //
            // Not stopped: the injected script. It cannot read the id, but its requests carry the
            // cookie, so it acts as the user while the page is open. `output` and `csp` stop it.
            HttpOnly::Present => Some("HttpOnly"),
        }
    }
}

impl Defence for HttpOnly {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "absent",
            description: "A script on the page can read the session cookie.",
            value: HttpOnly::Absent,
        },
        Arm {
            slug: "present",
            description: "The browser hides the session cookie from every script.",
            value: HttpOnly::Present,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "HttpOnly hides the cookie from scripts",
        protects: "With HttpOnly the browser keeps the session cookie out of document.cookie and \
                   the Cookie Store API. An injected script then cannot copy the id to another \
                   machine and use it after the victim has closed the page.",
        does_not_stop: "The injected script itself. It still runs in the victim's page and its \
                        requests carry the cookie, so it can transfer money while the page is \
                        open. A script can also push the cookie out of a full jar and plant its \
                        own, unless the name begins with __Host-Http-.",
        stage: RequestStage::Cookies,
        needs: &[],
        standards: &[
            "ASVS 3.3.4",
            "CWE-1004",
            "RFC 6265bis §4.1.2.6",
            "NIST SP 800-63B-4 §5.1.1",
        ],
        elsewhere: Elsewhere {
            flask: "SESSION_COOKIE_HTTPONLY = True, the default",
            express: "session({ cookie: { httpOnly: true } }), the default of express-session",
            django: "SESSION_COOKIE_HTTPONLY = True, the default",
            spring: "server.servlet.session.cookie.http-only=true",
            rocket: "Cookie::build((name, value)).http_only(true); add_private sets it by itself",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_strong_arm_writes_the_attribute() {
        assert_eq!(HttpOnly::WEAK.attribute(), None);
        assert_eq!(HttpOnly::STRONG.attribute(), Some("HttpOnly"));
    }
}
