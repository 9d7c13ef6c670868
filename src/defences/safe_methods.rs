//! Safe methods: whether a GET can change something. Worksheet 05.
//!
//! The decision is whether the method that arrived tells the truth about what a request does.
//! Browsers rely on it: a link, an image and a prefetch are all GET. Read `same_site.rs` next; its
//! strong arm lets the cookie travel with links on the understanding that links only read.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Which methods may change state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SafeMethods {
    /// GET may too, and a `_method` field replaces the method.
    GetChangesState,
    /// Only POST and the other unsafe methods, as they arrived.
    UnsafeOnly,
}

impl SafeMethods {
    /// Whether a GET may change state.
    pub fn allows_get(self) -> bool {
        self.bends_methods()
    }

    /// Whether a `_method` field or parameter is obeyed.
    pub fn honours_override(self) -> bool {
        self.bends_methods()
    }

    fn bends_methods(self) -> bool {
        match self {
            // WEAK: one click on a link transfers money. The cookie goes with a link even under
            // `SameSite=Lax`, and no token is asked of a GET. `_method` bends the rules the same
            // way: a form's POST becomes the PUT or DELETE that the attacker's page could not have
            // sent without asking the portal first.
            SafeMethods::GetChangesState => true,

            // STRONG: a GET only reads, so a link can do no harm, and the checks of the unsafe
            // methods stand before every change. The method that arrived is the method that runs.
            //
            // Refused alternative: asking for the token on GET as well. It would then stand in
            // addresses, and from there in histories and logs.
            SafeMethods::UnsafeOnly => false,
        }
    }
}

impl Defence for SafeMethods {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "get-changes-state",
            description: "A GET can change something, and a _method field replaces the method.",
            value: SafeMethods::GetChangesState,
        },
        Arm {
            slug: "unsafe-only",
            description: "Only an unsafe method changes something, and it runs as it arrived.",
            value: SafeMethods::UnsafeOnly,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A GET only reads",
        protects: "Any page can make a browser send a GET: a link or an image is enough, and \
                   under SameSite=Lax a link carries the cookie. When only unsafe methods change \
                   something, every change passes the token and the origin check, and a link \
                   does nothing.",
        does_not_stop: "A form on another page that sends a POST: that is what the CSRF token, \
                        the origin check and SameSite are for. A link can still fetch a page that \
                        costs the portal much work.",
        stage: RequestStage::Arrival,
        needs: &[],
        standards: &[
            "ASVS 3.5.3",
            "ASVS 3.5.2",
            "CWE-352",
            "CWE-650",
            "WSTG-SESS-05",
        ],
        elsewhere: Elsewhere {
            flask: "@app.post(\"/transfer\"); Flask obeys no _method field",
            express: "app.post('/transfer', …), and no method-override middleware",
            django: "@require_POST on the view; Django obeys no _method field",
            spring: "@PostMapping(\"/transfer\"); spring.mvc.hiddenmethod.filter.enabled=false, \
                     the default",
            rocket: "#[post(\"/transfer\", …)]. Rocket always obeys _method in a form POST: check \
                     token and origin on the method after it.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_weak_arm_changes_state_on_get() {
        assert!(SafeMethods::WEAK.allows_get());
        assert!(!SafeMethods::STRONG.allows_get());
    }

    #[test]
    fn only_the_weak_arm_obeys_a_method_field() {
        assert!(SafeMethods::WEAK.honours_override());
        assert!(!SafeMethods::STRONG.honours_override());
    }
}
