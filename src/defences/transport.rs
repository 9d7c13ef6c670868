//! Transport: whether the portal also answers without TLS. Worksheet 04, on the wire.
//!
//! The decision is which of the two listeners gives an answer, and whether the browser is told to
//! remember it (HSTS). Read `secure.rs` next: it keeps the cookie off the plain line.

use super::facts::Scheme;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Over which transport the portal works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Over TLS and in clear.
    HttpToo,
    /// Over TLS only.
    HttpsOnly,
}

impl Transport {
    /// Whether a request that came in this way is served. One that is not: a page answers 303 with
    /// its https address and sets no cookie, the JSON API refuses.
    pub fn answers(self, scheme: Scheme) -> bool {
        match self {
            // WEAK: over plain http, everyone on the same Wi-Fi reads the password at sign-in and
            // the session id in every request after it, and can change the pages on the way.
            Transport::HttpToo => true,

            // STRONG: nothing is served in clear. A person who typed http is sent on to https. A
            // program gets an error instead: a redirect would come after its password or token was
            // already sent in clear, and since it works, nobody would notice.
            //
            // Refused alternative: redirecting with 301 or 308. Browsers keep those for ever, and
            // on this host other lessons need plain http.
            Transport::HttpsOnly => scheme == Scheme::Https,
        }
    }

    /// The value of `Strict-Transport-Security`, with which a browser changes http to https by
    /// itself for a year. `None` where the header must not be sent.
    pub fn hsts(self, scheme: Scheme, host_name: &str) -> Option<&'static str> {
        match self {
            Transport::HttpToo => None,
            // Over TLS only, as RFC 6797 demands: on a plain line anyone could write it. And on
            // `lab.test` only: the rule covers a whole host name with every port, so on `localhost`
            // it would cut off the plain lessons and the student's other projects.
            Transport::HttpsOnly => (scheme == Scheme::Https && host_name == "lab.test")
                .then_some("max-age=31536000; includeSubDomains"),
        }
    }
}

impl Defence for Transport {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "http-too",
            description: "The portal also works in clear, over plain http.",
            value: Transport::HttpToo,
        },
        Arm {
            slug: "https-only",
            description: "Plain http gets a redirect on pages and a refusal on the JSON API.",
            value: Transport::HttpsOnly,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Nothing in clear",
        protects: "Whoever shares the line reads plain http: passwords, cookies, pages. The \
                   portal serves nothing there, so no password is asked for and no session id is \
                   issued in clear. HSTS, sent over TLS, makes the browser use https by itself \
                   from then on.",
        does_not_stop: "The first plain request of a browser that has not seen HSTS yet: an \
                        attacker on the line can answer it himself. A cookie without Secure goes \
                        along with that request. Browsers also ignore HSTS from a certificate \
                        they do not trust, such as this lab's.",
        stage: RequestStage::Arrival,
        needs: &[],
        standards: &[
            "ASVS 3.4.1",
            "ASVS 4.1.2",
            "ASVS 12.2.1",
            "CWE-319",
            "CWE-523",
            "RFC 6797 §7.1",
            "WSTG-SESS-09",
            "NIST SP 800-63B-4 §5.1",
        ],
        elsewhere: Elsewhere {
            flask: "Nothing built in: redirect in the proxy, or use flask-talisman, which \
                    redirects pages and sends HSTS.",
            express: "helmet({ strictTransportSecurity: { maxAge: 31536000, includeSubDomains: \
                      true } }); the redirect belongs in the proxy",
            django: "SECURE_SSL_REDIRECT = True, SECURE_HSTS_SECONDS = 31536000, \
                     SECURE_HSTS_INCLUDE_SUBDOMAINS = True",
            spring: "http.redirectToHttps(Customizer.withDefaults()) since Spring Security 6.5; \
                     HSTS is sent over https by default",
            rocket: "Listen with TLS only; Shield::default().enable(Hsts::IncludeSubDomains(\
                     Duration::days(365)))",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_weak_arm_answers_in_clear() {
        assert!(Transport::WEAK.answers(Scheme::Http));
        assert!(Transport::WEAK.answers(Scheme::Https));
        assert!(!Transport::STRONG.answers(Scheme::Http));
        assert!(Transport::STRONG.answers(Scheme::Https));
    }

    #[test]
    fn hsts_is_sent_over_tls_and_on_lab_test_only() {
        assert_eq!(
            Transport::STRONG.hsts(Scheme::Https, "lab.test"),
            Some("max-age=31536000; includeSubDomains")
        );
        assert_eq!(Transport::STRONG.hsts(Scheme::Http, "lab.test"), None);
        assert_eq!(Transport::STRONG.hsts(Scheme::Https, "localhost"), None);
        assert_eq!(
            Transport::STRONG.hsts(Scheme::Https, "portal.localhost"),
            None
        );
        assert_eq!(Transport::WEAK.hsts(Scheme::Https, "lab.test"), None);
    }
}
