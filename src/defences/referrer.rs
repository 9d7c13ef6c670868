//! Referrer policy: what a browser tells other sites about the address it came from.
//!
//! The decision is one response header. It matters most where a session id stands in the address:
//! read `carrier.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// To whom the browser repeats the portal's addresses.
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
            // WEAK: whoever gets the victim to click a link, or whose image the page shows, reads
            // the page's whole address in `Referer`, with a session id where one stands in it.
            // Browsers have a safer default than this; the portal has to ask for the leak.
            Referrer::UnsafeUrl => "unsafe-url",

            // STRONG: other origins get no `Referer` at all.
            //
            // Refused alternative: `no-referrer`. A page with it posts even to its own portal with
            // `Origin: null`, and the origin check refuses that.
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
        protects: "Following a link, or loading an image, tells the other site in the Referer \
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
    fn the_weak_arm_tells_everyone_and_the_strong_arm_only_the_portal() {
        assert_eq!(Referrer::WEAK.header(), "unsafe-url");
        assert_eq!(Referrer::STRONG.header(), "same-origin");
    }
}
