//! Transport: whether the portal also answers without TLS. Worksheet 04, on the wire.
//!
//! The decision is which of the two listeners serves pages, and whether the portal asks the browser
//! to remember that (HSTS). Read `secure.rs` next: it keeps the cookie off unencrypted connections.

use super::facts::Scheme;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Over which transport the portal works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Over TLS and unencrypted.
    HttpToo,
    /// Over TLS only.
    HttpsOnly,
}

impl Transport {
    /// Whether a request that arrived in this way is served. Otherwise a page answers 303 with its
    /// https address and sets no cookie, and the JSON API refuses.
    pub fn answers(self, scheme: Scheme) -> bool {
        match self {
            // WEAK: over plain http, anyone on the same Wi-Fi reads the password at sign-in and the
            // session id in every request after it, and can change the pages on the way, for
            // example by adding a script.
            Transport::HttpToo => true,

            // STRONG: nothing is served unencrypted. The browser of a person who typed http is
            // redirected to https. A program gets an error instead: a redirect would come after its
            // password or token was already sent unencrypted, and because the program works,
            // nobody would notice.
            //
            // Refused alternative: redirecting with 301 or 308. Browsers may cache those without a limit, and on
            // this host other lessons need plain http.
            //
            // Not stopped: the first request. An attacker on the way can answer it and never pass
            // the redirect on. HSTS, below, prevents that from the second visit on.
            Transport::HttpsOnly => scheme == Scheme::Https,
        }
    }

    /// The value of `Strict-Transport-Security`, with which a browser changes http to https by
    /// itself for a year. `None` where the header must not be sent.
    pub fn hsts(self, scheme: Scheme, of_the_lab_alone: bool) -> Option<&'static str> {
        match self {
            Transport::HttpToo => None,
            // Over TLS only, as RFC 6797 requires: over http anyone on the way could write it. And
            // only on a name of the lab alone, such as `lab.test`: the rule applies to a whole host
            // name with every port, so on `localhost` it would break the http lessons and the
            // student's other projects.
            Transport::HttpsOnly => (scheme == Scheme::Https && of_the_lab_alone)
                .then_some("max-age=31536000; includeSubDomains"),
        }
    }
}

impl Defence for Transport {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "http-too",
            description: "The portal also works unencrypted, over plain http.",
            value: Transport::HttpToo,
        },
        Arm {
            slug: "https-only",
            description: "Plain http gets a redirect on pages and a refusal on the JSON API.",
            value: Transport::HttpsOnly,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Nothing unencrypted",
        protects: "Anyone on the same network can read plain http: passwords, cookies, pages. \
                   The portal serves nothing there, so no password is asked for and no session \
                   id is issued unencrypted. HSTS, sent over TLS, makes the browser use https by itself \
                   from then on.",
        does_not_stop: "The first plain request of a browser that has not seen HSTS yet: an \
                        attacker on the way can answer it in the portal's place. A cookie without \
                        Secure is part of that request. Browsers also ignore HSTS from a certificate \
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
            "WSTG-CONF-07",
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
    fn only_the_weak_arm_answers_unencrypted() {
        assert!(Transport::WEAK.answers(Scheme::Http));
        assert!(Transport::WEAK.answers(Scheme::Https));
        assert!(!Transport::STRONG.answers(Scheme::Http));
        assert!(Transport::STRONG.answers(Scheme::Https));
    }

    #[test]
    fn hsts_is_sent_over_tls_and_on_a_name_of_the_lab_alone() {
        assert_eq!(
            Transport::STRONG.hsts(Scheme::Https, true),
            Some("max-age=31536000; includeSubDomains")
        );
        assert_eq!(Transport::STRONG.hsts(Scheme::Http, true), None);
        assert_eq!(Transport::STRONG.hsts(Scheme::Https, false), None);
        assert_eq!(Transport::WEAK.hsts(Scheme::Https, true), None);
    }
}
