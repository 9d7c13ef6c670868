//! JWT key source: where the API finds the key that verifies a token. Worksheet 12.
//!
//! The decision is whether a token may bring its own key, in the header `jwk`, or say where to
//! fetch it, in `jku`. Read `jwt_kid.rs` next, which chooses among the API's own keys.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Where keys may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtKeySource {
    /// Also from the token's header.
    FromHeader,
    /// From the API's own configuration.
    OwnKeys,
}

impl JwtKeySource {
    /// Whether a key in the header `jwk`, or behind `jku`, is used.
    pub fn trusts_header(self) -> bool {
        match self {
            // WEAK: the attacker makes a pair of keys, signs with the private one and puts the
            // public one into the header. The signature is right, but it proves nothing: anyone can
            // make such a pair. With `jku` the API also sends a request to whatever address the
            // attacker writes, from inside its own network (SSRF). (This lab fetches from its own
            // sites only.)
            JwtKeySource::FromHeader => true,

            // STRONG: the API ignores both headers. It knows its keys before the token arrives, so
            // nothing in a token can add one.
            //
            // Refused alternative: checking that the address in `jku` begins with the right name.
            // `https://portal.example.evil.test` begins with it, and so does an open redirect.
            //
            // Not stopped: a wrong choice among the API's own keys. That is the subject of
            // `jwt-kid`.
            JwtKeySource::OwnKeys => false,
        }
    }

    /// Whether the key set at the address `jku` is fetched; `lab` holds the origins of the lab.
    pub fn fetches(self, jku: &str, lab: &[String]) -> bool {
        // The origin and then a slash: `http://127.0.0.1:7666@evil.test/` begins with the origin
        // and is an address of `evil.test`.
        let inside = |origin: &String| {
            let rest = jku.strip_prefix(origin.as_str());
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        self.trusts_header() && lab.iter().any(inside)
    }
}

impl Defence for JwtKeySource {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "from-header",
            description: "A key in the token's header, or at an address in it, verifies the token.",
            value: JwtKeySource::FromHeader,
        },
        Arm {
            slug: "own-keys",
            description: "Only the API's own keys verify a token; jwk and jku are ignored.",
            value: JwtKeySource::OwnKeys,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A token does not bring its own key",
        protects: "A signature is worth as much as the key that verifies it. If the token may \
                   bring the key, or say where to fetch it, anyone can sign. An API that knows \
                   its keys beforehand ignores both headers, and sends no request to an address \
                   that a stranger chose.",
        does_not_stop: "A wrong choice among the API's own keys, which jwt-kid and jwt-algorithm \
                        prevent.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "ASVS 9.1.3",
            "CWE-347",
            "CWE-918",
            "RFC 8725 §3.10",
            "WSTG-INPV-19",
            "WSTG-SESS-10",
        ],
        elsewhere: Elsewhere {
            flask: "JWT_PUBLIC_KEY in the configuration; PyJWT ignores jwk and jku, and \
                    PyJWKClient takes a fixed address",
            express: "jwks-rsa or jose's createRemoteJWKSet with a fixed URL; never one from the \
                      header",
            django: "SIMPLE_JWT = {\"JWK_URL\": \"https://issuer.example/jwks.json\"}: a fixed \
                     address",
            spring: "spring.security.oauth2.resourceserver.jwt.jwk-set-uri: a fixed address; the \
                     header is ignored",
            rocket: "jsonwebtoken: look header.kid up in your own JwkSet; leave header.jwk \
                     and header.jku alone",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_fetches_only_from_the_lab() {
        let lab = ["http://127.0.0.1:7666".to_owned()];
        assert!(JwtKeySource::WEAK.trusts_header());
        for (jku, fetched) in [
            ("http://127.0.0.1:7666/jwks.json", true),
            ("http://127.0.0.1:76660/jwks.json", false),
            ("http://127.0.0.1:7666@evil.test/", false),
            ("https://127.0.0.1:7666/jwks.json", false),
            ("http://127.0.0.1:7666", false),
            ("", false),
        ] {
            assert_eq!(JwtKeySource::WEAK.fetches(jku, &lab), fetched, "{jku}");
            assert!(!JwtKeySource::STRONG.fetches(jku, &lab), "{jku}");
        }
    }

    #[test]
    fn the_strong_arm_ignores_the_header() {
        assert!(!JwtKeySource::STRONG.trusts_header());
    }
}
