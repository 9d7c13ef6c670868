//! Framing: whether another page may show the portal inside itself. Worksheet 19.
//!
//! The decision is one directive in a second `Content-Security-Policy` line. A browser obeys every
//! such line, so this switch and `csp.rs` do not disturb each other. Read `referrer.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Who may put the portal's pages into a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Every page.
    Allowed,
    /// No page.
    Denied,
}

impl Framing {
    /// The value of a `Content-Security-Policy` line.
    pub fn header(self) -> Option<&'static str> {
        match self {
            // WEAK: the attacker puts the portal, made invisible, over their own page. The victim
            // believes that they click on that page, and presses the portal's button. The request
            // comes from the portal's real page, with its token and its origin, so no other check
            // notices. A frame on another site often has no cookie; a frame on a sibling host
            // carries even a `Strict` cookie.
            Framing::Allowed => None,

            // STRONG: the browser does not show the portal in a frame, so there is no button to
            // hide over another page.
            //
            // Refused alternative: a script in the page that breaks out of the frame. The framing
            // page can switch that script off with the frame's `sandbox` attribute.
            //
            // Not stopped: the portal in a second window, in front of which the attacker times the
            // victim's clicks.
            Framing::Denied => Some("frame-ancestors 'none'"),
        }
    }
}

impl Defence for Framing {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "allowed",
            description: "Any page may show the portal in a frame.",
            value: Framing::Allowed,
        },
        Arm {
            slug: "denied",
            description: "The browser shows the portal in no frame.",
            value: Framing::Denied,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "No page shows the portal in a frame",
        protects: "In clickjacking the attacker's page shows the portal in an invisible frame \
                   and lets the victim click on it unawares. No token helps, because the click \
                   presses the portal's real button. With frame-ancestors 'none' the browser \
                   refuses to show the portal in any frame.",
        does_not_stop: "An attack that opens the portal in a second window and times the \
                        victim's clicks. It must be a header: in a meta tag the directive is \
                        ignored.",
        stage: RequestStage::Headers,
        needs: &[],
        standards: &["ASVS 3.4.6", "CWE-1021", "WSTG-CLNT-09"],
        elsewhere: Elsewhere {
            flask: "Nothing built in: set the Content-Security-Policy header in an after_request \
                    function.",
            express: "helmet({ contentSecurityPolicy: { directives: { frameAncestors: \
                      [\"'none'\"] } } }); helmet's default is 'self'",
            django: "XFrameOptionsMiddleware sends X-Frame-Options: DENY, the default; since 6.0 \
                     also SECURE_CSP = {\"frame-ancestors\": [CSP.NONE]}",
            spring: "Sends X-Frame-Options: DENY, the default; http.headers(h -> \
                     h.contentSecurityPolicy(c -> c.policyDirectives(\"frame-ancestors 'none'\")))",
            rocket: "Shield sends X-Frame-Options: SAMEORIGIN, the default; \
                     Shield::default().enable(Frame::Deny) for DENY",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_strong_arm_forbids_frames() {
        assert_eq!(Framing::WEAK.header(), None);
        assert_eq!(Framing::STRONG.header(), Some("frame-ancestors 'none'"));
    }
}
