//! JWT algorithm: who chooses how a signature is verified, the key or the sender. Worksheet 12.
//!
//! The decision is whether a key may be used with another algorithm than its own. It matters where
//! a verifier has a public key: everybody has that one. Read `jwt_key.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What decides the algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// The token's header.
    ByHeader,
    /// The key: each is bound to one use.
    ByKey,
}

impl JwtAlgorithm {
    /// The algorithm to verify with: `header` as the token says it, `bound` as the key allows.
    /// `None` refuses the token.
    pub fn choose<A: Copy + PartialEq>(self, header: A, bound: &[A]) -> Option<A> {
        match self {
            // WEAK: a verifier that is handed bytes and a name does what the name says. The public
            // key of ES256 is published as text. Told HS256, the verifier takes that text for a
            // shared secret, and everybody who has read it can sign.
            JwtAlgorithm::ByHeader => Some(header),

            // STRONG: a key knows what it is for. A public key verifies ES256 and nothing else,
            // whatever the header says; the header may only agree.
            //
            // Refused alternative: one list of allowed algorithms for all keys. With HS256 and
            // ES256 both on it, the confusion is allowed again.
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
                   that everybody knows. When each key is bound to its algorithm, the header has \
                   nothing to choose.",
        does_not_stop: "A shared key that is weak, or a key that the token itself brings along: \
                        those have defences of their own.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "ASVS 9.1.2",
            "CWE-347",
            "CWE-327",
            "RFC 8725 §3.1",
            "WSTG-SESS-10",
        ],
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
    fn the_strong_arm_lets_the_header_agree_only() {
        let choose = |header| JwtAlgorithm::STRONG.choose(header, &["ES256"]);
        assert_eq!(choose("ES256"), Some("ES256"));
        assert_eq!(choose("HS256"), None);
        assert_eq!(JwtAlgorithm::STRONG.choose("HS256", &[]), None);
    }
}
