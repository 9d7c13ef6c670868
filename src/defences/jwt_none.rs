//! JWT none: whether a token may say of itself that it is not signed. Worksheet 12.
//!
//! The decision is whether an unsigned token is accepted. RFC 7515 defines `alg: none` for places
//! where something else protects the token. An API that accepts tokens from strangers is not such a
//! place. Read `jwt_algorithm.rs` next.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What becomes of a token without a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtNone {
    /// The API believes it.
    Accepted,
    /// It is refused.
    Never,
}

/// Whether a token is unsigned, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsignedVerdict {
    /// The token is unsigned and is accepted: no key is looked for.
    Accepted,
    /// The token is refused, for the reason in this sentence.
    Refused(&'static str),
    /// The token has a signature, which the later checks verify.
    HasSignature,
}

/// The names of algorithms that sign (RFC 7518 §3.1, RFC 8037, RFC 9864). Case matters.
const SIGNING: [&str; 14] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512", "EdDSA", "Ed25519",
];

/// Whether a name is that of an algorithm that signs; the error says what it is instead. It does
/// not repeat the name: a stranger chose it.
fn reads(alg: &str) -> Result<(), &'static str> {
    if SIGNING.contains(&alg) {
        Ok(())
    } else if alg.eq_ignore_ascii_case("none") {
        Err("The token's alg is none: it says that it is not signed.")
    } else if SIGNING.iter().any(|name| name.eq_ignore_ascii_case(alg)) {
        Err("The token's alg has upper and lower case mixed up: case matters, as in HS256.")
    } else {
        Err("The token's alg is not the name of an algorithm that signs.")
    }
}

impl JwtNone {
    /// Whether a token is unsigned, from the name of its algorithm and its signature.
    pub fn classify(self, alg: &str, signature: &[u8]) -> UnsignedVerdict {
        match self {
            // WEAK: the sender writes the header, and the header may say that there is nothing to
            // verify. The attacker writes any name into the payload, removes the signature, and is
            // that user. Some libraries compared with "none" only and accepted "None"; others
            // treated a signature that was cut off as if the token needed none.
            JwtNone::Accepted => {
                if signature.is_empty() {
                    UnsignedVerdict::Accepted
                } else {
                    UnsignedVerdict::HasSignature
                }
            }

            // STRONG: the token must name an algorithm that signs, spelled exactly, and must have a
            // signature. Both are needed: the name alone says nothing about what follows it.
            //
            // Refused alternative: a list of what is forbidden. It must foresee every spelling of
            // "none"; a list of what is allowed need not (RFC 8725 §3.1).
            //
            // Not stopped: a wrong signature. This check sees that there is one; `jwt-signature`
            // verifies it.
            JwtNone::Never => match (reads(alg), signature.is_empty()) {
                (Ok(()), false) => UnsignedVerdict::HasSignature,
                (Ok(()), true) => UnsignedVerdict::Refused("The token has no signature."),
                (Err(because), _) => UnsignedVerdict::Refused(because),
            },
        }
    }
}

impl Defence for JwtNone {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "accepted",
            description: "A token with alg none in any spelling, or with no signature, is accepted.",
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
                   header. With alg none the header says that it is not signed, and a library \
                   that obeys lets anyone be any user. A list of the algorithms that are allowed \
                   does not contain none, in any spelling.",
        does_not_stop: "A signature made with a key that the attacker knows or supplied: the \
                        defences of the key and the algorithm stop that.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "ASVS 9.1.1",
            "ASVS 9.1.2",
            "CWE-347",
            "CWE-757",
            "RFC 8725 §3.1",
            "RFC 7518 §3.6",
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
    fn the_weak_arm_accepts_any_token_without_a_signature() {
        for alg in SPELLINGS.into_iter().chain(["HS256"]) {
            assert_eq!(
                JwtNone::WEAK.classify(alg, b""),
                UnsignedVerdict::Accepted,
                "{alg}"
            );
            assert_eq!(
                JwtNone::WEAK.classify(alg, b"x"),
                UnsignedVerdict::HasSignature,
                "{alg}"
            );
        }
    }

    #[test]
    fn the_strong_arm_refuses_every_spelling_and_an_empty_signature() {
        let none = "The token's alg is none: it says that it is not signed.";
        let case = "The token's alg has upper and lower case mixed up: case matters, as in HS256.";
        let unknown = "The token's alg is not the name of an algorithm that signs.";
        for (alg, because) in [
            ("none", none),
            ("None", none),
            ("NONE", none),
            ("nOnE", none),
            ("hs256", case),
            ("eddsa", case),
            ("", unknown),
            ("foo", unknown),
            ("none ", unknown),
        ] {
            for signature in [&b""[..], b"x"] {
                let judged = JwtNone::STRONG.classify(alg, signature);
                assert_eq!(judged, UnsignedVerdict::Refused(because), "{alg}");
            }
        }
        assert_eq!(
            JwtNone::STRONG.classify("HS256", b""),
            UnsignedVerdict::Refused("The token has no signature.")
        );
        assert_eq!(
            JwtNone::STRONG.classify("HS256", b"x"),
            UnsignedVerdict::HasSignature
        );
    }
}
