//! JWT none: whether a token may say of itself that it is not signed. Worksheet 12.
//!
//! The decision is what an unsigned token is worth. RFC 7515 knows `alg: none` for places where
//! something else protects the token; an API that takes tokens from strangers is no such place.
//! Read `jwt_algorithm.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What becomes of a token without a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtNone {
    /// It is taken for what it says.
    Accepted,
    /// It is refused.
    Never,
}

/// What the defence says of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsigned {
    /// The token is unsigned and is believed all the same: its key is not asked.
    Believed,
    /// The token is unsigned, and refused.
    Refused,
    /// The token has a signature, which the later checks look at.
    No,
}

/// The names of algorithms that sign (RFC 7518 §3.1, RFC 8037, RFC 9864). Case matters.
const SIGNING: [&str; 14] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512", "EdDSA", "Ed25519",
];

impl JwtNone {
    /// Judges a token by the name of its algorithm and by its signature.
    pub fn judge(self, alg: &str, signature: &[u8]) -> Unsigned {
        match self {
            // WEAK: the header is written by the sender, and it may say that there is nothing to
            // verify. Some libraries compared with "none" only and let "None" pass; others took a
            // signature that was cut off for none at all.
            JwtNone::Accepted => {
                if signature.is_empty() {
                    Unsigned::Believed
                } else {
                    Unsigned::No
                }
            }

            // STRONG: only an algorithm that signs, spelled exactly, with a signature behind it.
            //
            // Refused alternative: a list of what is forbidden. It must foresee every spelling of
            // "none"; a list of what is allowed need not (RFC 8725 §3.1).
            JwtNone::Never => {
                if SIGNING.contains(&alg) && !signature.is_empty() {
                    Unsigned::No
                } else {
                    Unsigned::Refused
                }
            }
        }
    }
}

impl Defence for JwtNone {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "accepted",
            description: "A token with alg none in any spelling, or with no signature, is believed.",
            value: JwtNone::Accepted,
        },
        Arm {
            slug: "never",
            description: "A token must name an algorithm that signs, and carry a signature.",
            value: JwtNone::Never,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "No token without a signature",
        protects: "A token's header says how the token is signed, and its sender writes the \
                   header. With alg none he says that it is not, and a library that obeys lets \
                   anyone be anybody. A list of the algorithms that are allowed has no place for \
                   none, in whatever spelling.",
        does_not_stop: "A signature made with a key that the attacker has, or made him give: those \
                        are the defences of the key and the algorithm.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "ASVS 9.1.2",
            "CWE-347",
            "CWE-757",
            "RFC 8725 §3.1",
            "WSTG-SESS-10",
        ],
        elsewhere: Elsewhere {
            flask: "JWT_DECODE_ALGORITHMS = [\"HS256\"] (Flask-JWT-Extended); PyJWT refuses none \
                    unless it is listed",
            express: "jwt.verify(token, key, { algorithms: [\"HS256\"] }): always give the list",
            django: "SIMPLE_JWT = {\"ALGORITHM\": \"HS256\"}; nothing else is accepted",
            spring: "NimbusJwtDecoder.withSecretKey(key).macAlgorithm(MacAlgorithm.HS256); none \
                     is never accepted",
            rocket: "jsonwebtoken: Validation::new(Algorithm::HS256); its Algorithm has no none",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPELLINGS: [&str; 6] = ["none", "None", "NONE", "nOnE", "", "hs256"];

    #[test]
    fn the_weak_arm_believes_whatever_has_no_signature() {
        for alg in SPELLINGS.into_iter().chain(["HS256"]) {
            assert_eq!(JwtNone::WEAK.judge(alg, b""), Unsigned::Believed, "{alg}");
            assert_eq!(JwtNone::WEAK.judge(alg, b"x"), Unsigned::No, "{alg}");
        }
    }

    #[test]
    fn the_strong_arm_refuses_every_spelling_and_an_empty_signature() {
        for alg in SPELLINGS {
            for signature in [&b""[..], b"x"] {
                let judged = JwtNone::STRONG.judge(alg, signature);
                assert_eq!(judged, Unsigned::Refused, "{alg}");
            }
        }
        assert_eq!(JwtNone::STRONG.judge("HS256", b""), Unsigned::Refused);
        assert_eq!(JwtNone::STRONG.judge("HS256", b"x"), Unsigned::No);
    }
}
