//! Safe methods: whether a GET can change something. Worksheets 05 and 19.
//!
//! The decision is whether the method says truthfully what a request does. Browsers rely on it: a
//! link, an image and a prefetch are all GET. Read `same_site.rs` next: its strong arm sends the
//! cookie with links from other sites, which is safe only where links only read.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Which methods may change state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SafeMethods {
    /// GET also may, and a `_method` field replaces the method.
    GetChangesState,
    /// Only POST and the other unsafe methods, as they arrived.
    UnsafeOnly,
}

impl SafeMethods {
    /// Whether a GET may change state.
    pub fn allows_get(self) -> bool {
        self.relaxes_methods()
    }

    /// Whether a `_method` field or parameter is obeyed.
    pub fn honours_override(self) -> bool {
        self.relaxes_methods()
    }

    fn relaxes_methods(self) -> bool {
        match self {
            // WEAK: one click on the attacker's link transfers the victim's money. The cookie goes
            // with a link even under `SameSite=Lax`, and a GET requires no token. `_method` breaks
            // the rule in the same way: a form's POST becomes a PUT or DELETE, which the attacker's
            // page could not have sent without asking the portal first.
            SafeMethods::GetChangesState => true,

            // STRONG: a GET only reads, so a link can do no harm, and every change must first pass
            // the checks of the unsafe methods. The method that arrived is the method that runs.
            //
            // Refused alternative: requiring the token on GET as well. Addresses would then contain
            // it, and from there histories and logs.
            //
            // Not stopped: a form on another page that sends a POST. `csrf-token`,
            // `request-origin` and `same-site` stop that.
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
