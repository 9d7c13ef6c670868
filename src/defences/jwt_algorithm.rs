//! JWT algorithm: who chooses how a signature is verified, the key or the sender. Worksheet 12.
//!
//! The decision is whether a key may be used with another algorithm than its own. It matters where
//! a verifier has a public key, because everyone has a copy of it. Read `jwt_key.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What decides the algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// The token's header.
    ByHeader,
    /// The key: each key is bound to its algorithms.
    ByKey,
}

impl JwtAlgorithm {
    /// The algorithm to verify with. `header` is the one that the token names, `bound` are those
    /// that the key is for. `None` refuses the token.
    pub fn choose<A: Copy + PartialEq>(self, header: A, bound: &[A]) -> Option<A> {
        match self {
            // WEAK: the header decides how the key's bytes are used. The public key of ES256 is
            // published as text. The attacker writes HS256 into the header and signs with that
            // text as the shared secret. The verifier uses the same text as the secret, so the
            // signature is right (key confusion).
            JwtAlgorithm::ByHeader => Some(header),

            // STRONG: the algorithm belongs to the key. A public key verifies ES256 and nothing
            // else, whatever the header says. The header may only agree.
            //
            // Refused alternative: one list of allowed algorithms for all keys. If it contains both
            // HS256 and ES256, the confusion is possible again.
            //
            // Not stopped: a key that the token itself brings along. `jwt-key-source` stops it.
            JwtAlgorithm::ByKey => bound.contains(&header).then_some(header),
        }
    }
}

impl Defence for JwtAlgorithm {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "by-header",
            description: "The key is chosen by its name, the algorithm by the token's header.",
            value: JwtAlgorithm::ByHeader,
        },
        Arm {
            slug: "by-key",
            description: "Each key is bound to one algorithm, and the header must agree.",
            value: JwtAlgorithm::ByKey,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Every key has one algorithm",
        protects: "An API that signs with ES256 publishes the public key. If the token's header \
                   may choose HS256 for the same key, the published text becomes a shared secret \
                   that everyone knows. When each key is bound to its algorithm, the header has \
                   nothing to choose.",
        does_not_stop: "A shared key that is weak, or a key that the token itself brings along: \
                        other defences stop those.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["ASVS 9.1.2", "CWE-347", "RFC 8725 §3.1", "WSTG-SESS-10"],
        elsewhere: Elsewhere {
            flask: "JWT_ALGORITHM = \"ES256\" and JWT_DECODE_ALGORITHMS = [\"ES256\"]; PyJWT \
                    refuses a PEM as an HMAC secret",
            express: "jwt.verify(token, publicKey, { algorithms: [\"ES256\"] }): one list for \
                      each key",
            django: "SIMPLE_JWT = {\"ALGORITHM\": \"ES256\", \"VERIFYING_KEY\": pem}",
            spring: "NimbusJwtDecoder.withPublicKey(key).signatureAlgorithm(\
                     SignatureAlgorithm.RS256): a typed key",
            rocket: "jsonwebtoken: DecodingKey::from_ec_pem(pem) has a family, and \
                     Validation::new(Algorithm::ES256) must be of it",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_lets_the_header_choose() {
        assert_eq!(
            JwtAlgorithm::WEAK.choose("HS256", &["ES256"]),
            Some("HS256")
        );
    }

    #[test]
    fn the_strong_arm_lets_the_header_only_agree() {
        let choose = |header| JwtAlgorithm::STRONG.choose(header, &["ES256"]);
        assert_eq!(choose("ES256"), Some("ES256"));
        assert_eq!(choose("HS256"), None);
        assert_eq!(JwtAlgorithm::STRONG.choose("HS256", &[]), None);
    }
}
