//! Carrier: which part of a request may bring the session id.
//!
//! The decision is whether `?sid=…` in an address counts as a session id. Read
//! `duplicate_cookies.rs` next: what happens when the cookie comes twice.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Where the portal looks for the session id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// In the cookie and in the parameter `sid` of the address.
    CookieOrUrl,
    /// In the cookie only.
    CookieOnly,
}

impl Carrier {
    /// The session id to look up, from the cookie's value and the address's `sid`.
    pub fn choose<'r>(self, cookie: Option<&'r str>, url: Option<&'r str>) -> Option<&'r str> {
        match self {
            // WEAK: the address wins. A link with ?sid= plants the attacker's id with one click:
            // the victim signs in to a session whose id the attacker knows. An id in an address
            // also leaks: into the history, into server logs, and into the Referer header where
            // the page's policy discloses whole addresses.
            Carrier::CookieOrUrl => url.or(cookie),

            // STRONG: the portal ignores whatever the address says about a session. A link cannot
            // plant an id, and an address that holds none cannot leak one.
            //
            // Refused alternative: the address only where there is no cookie. A browser without a
            // cookie belongs to a victim who has not signed in yet, and that is exactly the browser
            // in which an attacker wants to plant an id.
            //
            // Not stopped: a cookie that a sibling host plants. `host-prefix` stops it.
            Carrier::CookieOnly => cookie,
        }
    }
}

impl Carrier {
    /// The address of a page that opens this session without a cookie, where the portal writes such
    /// addresses.
    pub fn address(self, page: &str, id: &str) -> Option<String> {
        match self {
            // WEAK: a link "open this on your phone" is convenient, and it puts the id into an
            // address. Whoever receives the link is signed in as the user who sent it.
            Carrier::CookieOrUrl => Some(format!("{page}?sid={id}")),

            // STRONG: a user who changes the device signs in again. No address with an id exists.
            Carrier::CookieOnly => None,
        }
    }
}

impl Defence for Carrier {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "cookie-or-url",
            description: "A session id in the address counts and wins over the cookie, and the portal \
                   writes such addresses.",
            value: Carrier::CookieOrUrl,
        },
        Arm {
            slug: "cookie-only",
            description: "Only the cookie can bring a session id.",
            value: Carrier::CookieOnly,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "The session id travels in the cookie only",
        protects: "An address is copied, logged, bookmarked and sent on, and everyone who gets it \
                   gets the session id in it. It also works the other way round: a link with the \
                   attacker's id puts a victim into the attacker's session. When only the cookie \
                   counts, addresses hold no secret and links plant nothing.",
        does_not_stop: "A cookie that is planted by other means, such as a sibling host or a \
                        script on the page. Nor does it stop other secrets in addresses, such as \
                        a token for a new password.",
        stage: RequestStage::Session,
        needs: &[],
        standards: &["ASVS 14.2.1", "CWE-598", "CWE-384", "WSTG-SESS-04"],
        elsewhere: Elsewhere {
            flask: "Sessions are read from the cookie only; nothing to set",
            express: "express-session reads the cookie only; nothing to set",
            django: "Sessions are read from the cookie only; nothing to set",
            spring: "server.servlet.session.tracking-modes=cookie",
            rocket: "No built-in session: read the id with request.cookies().get(name) and from \
                     nowhere else.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_the_weak_arm_the_address_wins() {
        assert_eq!(
            Carrier::WEAK.choose(Some("mine"), Some("planted")),
            Some("planted")
        );
        assert_eq!(Carrier::WEAK.choose(None, Some("planted")), Some("planted"));
        assert_eq!(Carrier::WEAK.choose(Some("mine"), None), Some("mine"));
    }

    #[test]
    fn the_weak_arm_alone_writes_an_id_into_an_address() {
        let written = Carrier::WEAK.address("/dashboard", "1001");
        assert_eq!(written.as_deref(), Some("/dashboard?sid=1001"));
        assert_eq!(Carrier::STRONG.address("/dashboard", "1001"), None);
    }

    #[test]
    fn on_the_strong_arm_the_address_is_ignored() {
        assert_eq!(
            Carrier::STRONG.choose(Some("mine"), Some("planted")),
            Some("mine")
        );
        assert_eq!(Carrier::STRONG.choose(None, Some("planted")), None);
    }
}
