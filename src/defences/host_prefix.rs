//! Host prefix: a cookie name that other hosts cannot use. Worksheet 02.
//!
//! The decision is the first letters of the cookie's name; the browser carries it out. Read
//! `src/session/cookie.rs` next, where the whole `Set-Cookie` line is written.

use super::{Arm, Defence, Elsewhere, Lesson, Name, RequestStage};

/// With which letters the session cookie's name begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostPrefix {
    /// Nothing.
    Plain,
    /// `__Host-Http-`. The cookie needs `HttpOnly` as well, or browsers that know the prefix drop
    /// it.
    HostHttp,
    /// `__Host-`.
    Host,
}

impl HostPrefix {
    /// The session cookie's full name.
    pub fn name(self, base: &str) -> String {
        match self {
            // WEAK: a sibling host may set a cookie of this name for the parent domain, and the
            // browser sends it to the portal, first if its Path is longer. So the attacker plants
            // an id that they know, or moves the victim into the attacker's own session.
            HostPrefix::Plain => base.to_owned(),

            // Custom: as below, and the cookie must also have HttpOnly, so that no script can
            // create it. A script can push a cookie out of a full jar. Of the three names this is
            // the only one that a script could not set again afterwards. Chromium 140 and Firefox
            // 143 or later know it; for other browsers, Safari among them, it is a name that begins
            // with __Host-.
            HostPrefix::HostHttp => format!("__Host-Http-{base}"),

            // STRONG: the browser accepts such a name only with Secure, with Path=/ and without
            // Domain. A sibling cannot set it for the portal, and plain http cannot set it at all
            // (except on localhost). So the name proves that the portal's host set the cookie. The
            // server could not check that itself: a request carries only the name and the value.
            //
            // Refused alternative: __Secure-. It requires only Secure, and a sibling that is served
            // over https can set that.
            //
            // Not stopped: another port of the same host. Cookies do not know ports.
            HostPrefix::Host => format!("__Host-{base}"),
        }
    }
}

impl Defence for HostPrefix {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "plain",
            description: "The cookie has a plain name, which a sibling host can also set.",
            value: HostPrefix::Plain,
        },
        Arm {
            slug: "host-http",
            description: "The name begins with __Host-Http-: no script can set it either. It needs \
                   HttpOnly.",
            value: HostPrefix::HostHttp,
        },
        Arm {
            slug: "host",
            description: "The name begins with __Host-: only the portal's own host can set it.",
            value: HostPrefix::Host,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "__Host- ties the cookie to the portal's host",
        protects: "Cookies are shared more widely than pages are: any host of the same site can \
                   set one for the common parent domain, and the portal cannot tell it from its \
                   own. Browsers accept a name that begins with __Host- only with Secure, with \
                   Path=/ and without Domain. A cookie of that name was therefore set on the \
                   portal's own host.",
        does_not_stop: "Another port of the same host: cookies do not know ports. A script on the \
                        portal's page can push the cookie out of a full jar and set its own; only \
                        __Host-Http-, which also needs HttpOnly, withstood that.",
        stage: RequestStage::Cookies,
        needs: &[Name::Secure],
        standards: &[
            "ASVS 3.3.3",
            "CWE-565",
            "CWE-346",
            "WSTG-SESS-02",
            "RFC 6265bis §4.1.3.2",
            "NIST SP 800-63B-4 §5.1.1",
        ],
        elsewhere: Elsewhere {
            flask: "SESSION_COOKIE_NAME = \"__Host-session\", SESSION_COOKIE_SECURE = True, \
                    SESSION_COOKIE_PATH = \"/\", and no SESSION_COOKIE_DOMAIN",
            express: "session({ name: \"__Host-sid\", cookie: { secure: true, path: \"/\" } })",
            django: "SESSION_COOKIE_NAME = \"__Host-sessionid\", SESSION_COOKIE_SECURE = True, \
                     and no SESSION_COOKIE_DOMAIN",
            spring: "server.servlet.session.cookie.name=__Host-session with .secure=true, \
                     .path=/ and no .domain",
            rocket: "Cookie::build((\"__Host-session\", id)).secure(true).path(\"/\"); remove it \
                     with secure(true) too, or it stays",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_arm_puts_its_prefix_in_front_of_the_name() {
        assert_eq!(HostPrefix::WEAK.name("session_lab"), "session_lab");
        assert_eq!(
            HostPrefix::HostHttp.name("session_lab"),
            "__Host-Http-session_lab"
        );
        assert_eq!(HostPrefix::STRONG.name("session_lab"), "__Host-session_lab");
    }

    #[test]
    fn the_prefix_needs_secure() {
        assert_eq!(HostPrefix::LESSON.needs, [Name::Secure]);
    }
}
