//! Clear-Site-Data: what the browser throws away at sign-out. Worksheet 09, signing out.
//!
//! The decision is one response header; the browser carries it out. Read `no_store.rs` next: the
//! copy of a page that this header does not reach.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// The one host name of the portal on which the header may clear cookies: no other project of the
/// student has a page there.
const HOST_FOR_COOKIES: &str = "portal.localhost";

/// What the answer to a sign-out asks the browser to delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClearSiteData {
    /// Nothing.
    Nothing,
    /// What the portal left in the cache and in the storage of scripts.
    CacheAndStorage,
}

impl ClearSiteData {
    /// The value of `Clear-Site-Data` in the answer to a sign-out on this host, a name without
    /// port. Where it names cookies, the same answer must set no cookie: the new one would be lost.
    pub fn header(self, host_name: &str) -> Option<&'static str> {
        match self {
            // WEAK: the next user of the computer finds what scripts have stored, for example in
            // localStorage, and pages that the browser has kept.
            ClearSiteData::Nothing => None,

            // STRONG: the browser deletes both at sign-out, whatever path or script put it there.
            // The portal need not know what its scripts have stored.
            //
            // Refused alternative: naming "cookies" on every host. That clears every port, path,
            // scheme and variant of the host, and in Chromium also the hosts below it. On localhost
            // it would delete the cookies of the student's other projects. On `portal.localhost`
            // there is nothing but the portal, so the full header can be shown there.
            //
            // Not stopped: the Back button. "cache" also evicts the site's earlier pages from the
            // back/forward cache. But the page that sent the sign-out enters that cache afterwards,
            // and Back shows it. `no-store` stops that.
            ClearSiteData::CacheAndStorage if host_name == HOST_FOR_COOKIES => {
                Some("\"cache\", \"cookies\", \"storage\"")
            }
            ClearSiteData::CacheAndStorage => Some("\"cache\", \"storage\""),
        }
    }
}

impl Defence for ClearSiteData {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "nothing",
            description: "After the sign-out the browser keeps its cache and its storage.",
            value: ClearSiteData::Nothing,
        },
        Arm {
            slug: "cache-and-storage",
            description: "The sign-out asks the browser to delete its cache and its storage.",
            value: ClearSiteData::CacheAndStorage,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Signing out also clears the browser",
        protects: "Pages and scripts leave data in the browser, and on a shared computer the next \
                   user can look for it. With Clear-Site-Data the answer to the sign-out asks the \
                   browser to delete the cache and the storage of the portal. Cookies are cleared \
                   on portal.localhost only, because the header clears them for the whole host.",
        does_not_stop: "The Back button: the page that sent the sign-out enters the back/forward \
                        cache after it, so without no-store Back shows that page. Browsers obey the header only on https and localhost, \
                        and not all of them clear the cache fully. It does not end the session on \
                        the server, and a sign-out without a connection never sends it.",
        stage: RequestStage::Headers,
        needs: &[],
        standards: &[
            "ASVS 14.3.1",
            "CWE-525",
            "CWE-922",
            "WSTG-CLNT-12",
            "NIST SP 800-63B-4 §5.1",
        ],
        elsewhere: Elsewhere {
            flask: "response.headers[\"Clear-Site-Data\"] = '\"cache\", \"storage\"'",
            express: "res.set(\"Clear-Site-Data\", '\"cache\", \"storage\"')",
            django: "response.headers[\"Clear-Site-Data\"] = '\"cache\", \"storage\"'",
            spring: "http.logout(l -> l.addLogoutHandler(new HeaderWriterLogoutHandler(new \
                     ClearSiteDataHeaderWriter(CACHE, STORAGE))))",
            rocket: "No built-in: add Header::new(\"Clear-Site-Data\", value) to the answer.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_sends_no_header_on_any_host() {
        assert_eq!(ClearSiteData::WEAK.header("localhost"), None);
        assert_eq!(ClearSiteData::WEAK.header("portal.localhost"), None);
    }

    #[test]
    fn the_strong_arm_clears_cookies_on_portal_localhost_only() {
        assert_eq!(
            ClearSiteData::STRONG.header("portal.localhost"),
            Some("\"cache\", \"cookies\", \"storage\"")
        );
        for host in ["localhost", "lab.test", "notes.portal.localhost"] {
            assert_eq!(
                ClearSiteData::STRONG.header(host),
                Some("\"cache\", \"storage\"")
            );
        }
    }
}
