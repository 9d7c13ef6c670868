//! Referrer policy: what a browser tells other sites about the address it came from.
//!
//! The decision is one response header. It matters most where an address contains a session id:
//! read `carrier.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// To which sites the browser discloses the portal's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referrer {
    /// To every site, with path and query.
    UnsafeUrl,
    /// To the portal only.
    SameOrigin,
}

impl Referrer {
    /// The value of `Referrer-Policy`.
    pub fn header(self) -> &'static str {
        match self {
            // WEAK: every site to which a link on the page leads, and every site whose image the
            // page shows, reads the page's whole address in `Referer`, including a session id in
            // it. An attacker only has to post a link. The default of today's browsers is safer, so
            // the portal must ask for this leak.
            Referrer::UnsafeUrl => "unsafe-url",

            // STRONG: other origins get no `Referer` at all.
            //
            // Refused alternative: `no-referrer`. A page with that policy sends forms with
            // `Origin: null` even to its own portal. Then `Sec-Fetch-Site` alone says where they
            // come from, and an address that is plain http does not get that header.
            //
            // Not stopped: the other ways in which an address leaks, such as history, logs and
            // screenshots. `carrier` and `jwt-transport` keep secrets out of addresses.
            Referrer::SameOrigin => "same-origin",
        }
    }
}

impl Defence for Referrer {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "unsafe-url",
            description: "Every site that is linked to learns the page's whole address.",
            value: Referrer::UnsafeUrl,
        },
        Arm {
            slug: "same-origin",
            description: "Other origins learn nothing of the address.",
            value: Referrer::SameOrigin,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Addresses stay with the portal",
        protects: "Following a link, or loading an image, shows the other site in the Referer \
                   header where the reader was. With same-origin the header goes to the portal \
                   only. With unsafe-url it carries the whole address to everyone, a session id \
                   in the query included.",
        does_not_stop: "Secrets in addresses also reach browser histories, server logs and \
                        screenshots. The cure is to keep them out of addresses. An injected \
                        script can still read the page's address by itself.",
        stage: RequestStage::Headers,
        needs: &[],
        standards: &["ASVS 3.4.5", "CWE-200", "CWE-598"],
        elsewhere: Elsewhere {
            flask: "Nothing built in: response.headers['Referrer-Policy'] = 'same-origin' in an \
                    after_request function.",
            express: "helmet({ referrerPolicy: { policy: 'same-origin' } }); helmet's default is \
                      no-referrer",
            django: "SECURE_REFERRER_POLICY = \"same-origin\", the default",
            spring: "http.headers(h -> h.referrerPolicy(r -> r.policy(\
                     ReferrerPolicyHeaderWriter.ReferrerPolicy.SAME_ORIGIN)))",
            rocket: "Shield::default().enable(Referrer::SameOrigin)",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_discloses_addresses_to_everyone_and_the_strong_arm_only_to_the_portal() {
        assert_eq!(Referrer::WEAK.header(), "unsafe-url");
        assert_eq!(Referrer::STRONG.header(), "same-origin");
    }
}
