//! No-store: whether anyone may keep a copy of a signed-in page. Worksheet 09, signing out.
//!
//! The decision is one response header; browsers and caches carry it out. Read
//! `sessions_on_password_change.rs` next: how to end the sessions on other computers.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether pages that show a user's data may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoStore {
    /// The header is left out, so copies may be kept.
    Cacheable,
    /// No copy may be kept.
    NoStore,
}

impl NoStore {
    /// The value of `Cache-Control` on pages that show a user's data.
    pub fn header(self) -> Option<&'static str> {
        match self {
            // WEAK: after the sign-out the next user of the computer presses Back and reads the
            // dashboard from the browser's memory. The browser sends no request, so the portal
            // cannot refuse it.
            NoStore::Cacheable => None,

            // STRONG: no cache on the way and none in the browser stores the page. Chromium keeps
            // even such a page ready for Back, but discards it when an HttpOnly cookie was deleted
            // or changed, which the sign-out does.
            //
            // Refused alternatives: no-cache, which allows a copy as long as the server is asked
            // before it is used; and private, which forbids only shared caches.
            //
            // Not stopped: a page that is still open in another tab, or was printed or saved.
            NoStore::NoStore => Some("no-store"),
        }
    }
}

impl Defence for NoStore {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "cacheable",
            description: "Browsers and caches may keep signed-in pages.",
            value: NoStore::Cacheable,
        },
        Arm {
            slug: "no-store",
            description: "Cache-Control: no-store on every signed-in page.",
            value: NoStore::NoStore,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "No copies of signed-in pages",
        protects: "A browser keeps pages so that Back is fast, and caches on the way keep them for \
                   others. With Cache-Control: no-store they may not. After a sign-out Back has to \
                   ask the portal, which finds no session and shows the login page.",
        does_not_stop: "What is still open in another tab, printed or saved. Chromium keeps a \
                        no-store page ready for Back unless an HttpOnly cookie was deleted or \
                        changed, so the session cookie has to be HttpOnly and the sign-out has to \
                        delete it. On a busy machine Chromium 156 also brought back the page that \
                        the sign-in had led to, when the sign-out followed at once.",
        stage: RequestStage::Headers,
        needs: &[],
        standards: &[
            "ASVS 14.3.2",
            "ASVS 14.2.2",
            "CWE-525",
            "CWE-524",
            "WSTG-ATHN-06",
        ],
        elsewhere: Elsewhere {
            flask: "response.cache_control.no_store = True, in after_request",
            express: "res.set(\"Cache-Control\", \"no-store\")",
            django: "@never_cache, or @cache_control(no_store=True)",
            spring: "Spring Security sends no-store with every answer by default",
            rocket: "response.set_raw_header(\"Cache-Control\", \"no-store\") in a fairing",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_strong_arm_forbids_copies() {
        assert_eq!(NoStore::WEAK.header(), None);
        assert_eq!(NoStore::STRONG.header(), Some("no-store"));
    }
}
