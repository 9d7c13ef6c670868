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
            // WEAK: the address wins. A link with ?sid= plants the attacker's id with one click,
            // and an id in an address leaks: into the history, into server logs, and into the
            // Referer header where the page's policy lets whole addresses out.
            Carrier::CookieOrUrl => url.or(cookie),

            // STRONG: whatever the address says about a session is ignored. A link cannot carry an
            // id in, and since no address holds one, none carries it out.
            //
            // Refused alternative: the address only where there is no cookie. That is the browser
            // of a victim who has not signed in yet, which is just the one to plant an id in.
            Carrier::CookieOnly => cookie,
        }
    }
}

impl Carrier {
    /// The address of a page that opens this session without a cookie, where the portal writes such
    /// addresses.
    pub fn address(self, page: &str, id: &str) -> Option<String> {
        match self {
            // WEAK: "open this on your phone" is handy, and now the id stands in an address.
            Carrier::CookieOrUrl => Some(format!("{page}?sid={id}")),

            // STRONG: whoever changes the device signs in again.
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
