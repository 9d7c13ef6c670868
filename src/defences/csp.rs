//! Content-Security-Policy: which scripts the browser may run on a page. Worksheet 03.
//!
//! The decision is one response header with a fresh random value, the nonce. Read `framing.rs`
//! next, which sends another policy.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Whether pages carry a policy for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Csp {
    /// The header is left out.
    Absent,
    /// Only scripts with this response's nonce run.
    Nonce,
}

impl Csp {
    /// The value of a `Content-Security-Policy` line. `nonce` is random and new for every response,
    /// in base64 or base64url.
    pub fn header(self, nonce: &str) -> Option<String> {
        match self {
            // WEAK: every script in the page runs, no matter who wrote it. One place that forgets
            // to escape is enough: the attacker's script acts with the rights of every reader.
            Csp::Absent => None,

            // STRONG: a script runs only if its tag repeats the nonce. The attacker cannot know the
            // nonce when they write the notice, because it is made later, for each response anew.
            // Inline handlers such as `onerror` have no place for a nonce and never run. `base-uri`
            // prevents injected markup from changing the addresses of the page's own scripts,
            // `object-src` forbids plug-ins, and `form-action` prevents an injected form from
            // sending its fields to another origin.
            //
            // Refused alternatives: 'unsafe-inline', which also allows the injected script; and a
            // list of hosts, because an allowed host may offer a file that runs any script.
            //
            // Not stopped: the markup itself. An injected notice can still show a false text or a
            // link to another site. `output` is the first line of defence.
            Csp::Nonce => Some(format!(
                "default-src 'self'; script-src 'nonce-{nonce}'; style-src 'self'; \
                 img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
            )),
        }
    }
}

impl Defence for Csp {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "absent",
            description: "The browser runs every script in the page.",
            value: Csp::Absent,
        },
        Arm {
            slug: "nonce",
            description: "The browser runs only scripts that carry this response's nonce.",
            value: Csp::Nonce,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Only the portal's own scripts run",
        protects: "The policy names a random value, new for every response, and the browser runs \
                   only script tags that repeat it. An injected script was written before the \
                   value existed, so it does not run. Images and requests of the page go to the \
                   portal only.",
        does_not_stop: "The injected markup itself: it can still show false text, or lead the \
                        reader to another site with a link. Nor does it stop text that the \
                        server writes into one of the page's scripts. It is the second line behind \
                        escaping, not a replacement.",
        stage: RequestStage::Headers,
        needs: &[],
        standards: &["ASVS 3.4.3", "CWE-79", "CWE-693", "WSTG-CONF-12"],
        elsewhere: Elsewhere {
            flask: "flask-talisman: Talisman(app, content_security_policy={…}, \
                    content_security_policy_nonce_in=['script-src'])",
            express: "helmet({ contentSecurityPolicy: { directives: { scriptSrc: \
                      [(req, res) => `'nonce-${res.locals.nonce}'`] } } }), with the nonce made \
                      in a middleware before it",
            django: "Since 6.0: ContentSecurityPolicyMiddleware and \
                     SECURE_CSP = {\"script-src\": [CSP.NONCE], …}; before that the django-csp \
                     package",
            spring: "http.headers(h -> h.contentSecurityPolicy(c -> c.policyDirectives(\"…\"))) \
                     sends a fixed text; a nonce needs your own filter",
            rocket: "Shield has no such policy: write the header in a response fairing and give \
                     the nonce to the template.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_sends_no_policy() {
        assert_eq!(Csp::WEAK.header("abc"), None);
    }

    #[test]
    fn the_strong_arm_names_the_nonce_and_allows_nothing_inline() {
        assert_eq!(
            Csp::STRONG.header("abc").unwrap(),
            "default-src 'self'; script-src 'nonce-abc'; style-src 'self'; img-src 'self'; \
             object-src 'none'; base-uri 'none'; form-action 'self'"
        );
    }
}
