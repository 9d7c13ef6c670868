//! SameSite: whether the browser adds the session cookie to requests that other sites start.
//! Worksheets 02 and 05.
//!
//! The decision is one attribute in `Set-Cookie`; the browser carries it out. Read `csrf_token.rs`
//! next, which does not depend on the browser.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// The session cookie's `SameSite` attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// The attribute is left out: each browser follows its own default.
    Absent,
    /// No limit: with requests that any site started. Browsers require `Secure` with it.
    None,
    /// With no request that another site started.
    Strict,
    /// From other sites only with links, not with posted forms.
    Lax,
}

impl SameSite {
    /// The attribute as it is written into `Set-Cookie`.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            // WEAK: an attacker's page posts a form to the portal, and the browser adds the
            // victim's cookie, so the portal carries out the order as the victim's. Firefox and
            // Safari always add it. Chromium treats a missing attribute as Lax, but still sends the
            // cookie with a posted form for two minutes after the cookie got its value.
            SameSite::Absent => None,

            // Custom: what the weak arm does in Firefox, requested explicitly and for as long as
            // the cookie lasts. It is meant for pages that are embedded in other sites. Chromium
            // and Firefox do not store such a cookie without Secure, and where third-party cookies
            // are blocked it is not sent from frames, images and fetches.
            SameSite::None => Some("SameSite=None"),

            // Custom: no request that another site started carries the cookie, not even a link.
            //
            // Refused alternative: this arm as the strong one. A user who follows a link in a mail
            // is signed out on the page that opens. What Strict stops in addition is a GET that
            // changes something, and no GET should. Neither stops a form on a sibling host; the
            // token does.
            SameSite::Strict => Some("SameSite=Strict"),

            // STRONG: a form posted from another site arrives without the cookie, so the portal
            // treats it as a stranger's. After a link from another site the user is still signed
            // in.
            //
            // Not stopped: a form on a sibling host or on another port of this host. Both are the
            // same site.
            SameSite::Lax => Some("SameSite=Lax"),
        }
    }
}

impl Defence for SameSite {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "absent",
            description: "No SameSite attribute: each browser follows its own default.",
            value: SameSite::Absent,
        },
        Arm {
            slug: "none",
            description: "No limit: the cookie goes with requests that any site started.",
            value: SameSite::None,
        },
        Arm {
            slug: "strict",
            description: "The cookie goes with no request that another site started.",
            value: SameSite::Strict,
        },
        Arm {
            slug: "lax",
            description: "From other sites the cookie goes with links, but not with posted forms.",
            value: SameSite::Lax,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "SameSite keeps the cookie out of foreign forms",
        protects: "In cross-site request forgery another site's page makes the victim's browser \
                   post a form to the portal, and the browser adds the session cookie. With \
                   SameSite=Lax the browser leaves the cookie out of such a post. Set it \
                   explicitly: only Chromium uses Lax where the attribute is absent, and with an \
                   exception of two minutes.",
        does_not_stop: "Requests from the same site: a sibling host and another port of the same \
                        host count as the portal's own, even with Strict. Lax also sends the \
                        cookie with a link, so it does not protect a GET that changes something. \
                        It is one layer beside the token, not its replacement.",
        stage: RequestStage::Cookies,
        needs: &[],
        standards: &[
            "ASVS 3.3.2",
            "CWE-1275",
            "CWE-352",
            "WSTG-SESS-05",
            "RFC 6265bis §4.1.2.7",
            "RFC 6265bis §8.8.1",
            "NIST SP 800-63B-4 §5.1.1",
        ],
        elsewhere: Elsewhere {
            flask: "SESSION_COOKIE_SAMESITE = \"Lax\" (by default the attribute is absent)",
            express: "session({ cookie: { sameSite: \"lax\" } }) (by default it is absent)",
            django: "SESSION_COOKIE_SAMESITE = \"Lax\", the default",
            spring: "server.servlet.session.cookie.same-site=lax",
            rocket: "Cookie::build((name, value)).same_site(SameSite::Lax); the jar's default is \
                     Strict",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_writes_nothing_and_the_strong_one_lax() {
        assert_eq!(SameSite::WEAK.attribute(), None);
        assert_eq!(SameSite::STRONG.attribute(), Some("SameSite=Lax"));
    }

    #[test]
    fn the_custom_arms_write_what_they_are_called() {
        assert_eq!(SameSite::None.attribute(), Some("SameSite=None"));
        assert_eq!(SameSite::Strict.attribute(), Some("SameSite=Strict"));
    }
}
