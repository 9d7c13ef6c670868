//! Keys of others: a JWK or a set of them (RFC 7517), read strictly.
//!
//! Only the weak arm of `jwt-key-source` uses a key from a token. Its weakness is whose key it is,
//! and nothing else: an attack must succeed by its own flaw only. So a key that is broken in itself
//! is refused here under every policy, as the public test vectors require
//! (`tests/lab/jwt/vectors.rs`). Next: [`mod@super::verify`].
//!
//! These rules also matter to an API that fetches the keys of a trusted issuer. The issuer is
//! honest and may still publish a key that is too short, meant for something else, or named like
//! another. ASVS 9.1.3 wants keys from sources that were configured before; what they contain is
//! still input.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use super::VerifyingKey;

impl VerifyingKey {
    /// A key that verifies, from a JWK. `None` for one that cannot be read, is too weak, is not
    /// meant for signatures, or names an algorithm that a key of its type cannot have.

    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(jwk.clone()).ok()?;
        // `use` says what its owner protects the key for. One for encryption may be kept by people
        // who may read and must not sign.
        let for_signatures = matches!(
            jwk.common.public_key_use,
            None | Some(PublicKeyUse::Signature)
        );
        // `key_ops` says the same in more detail (RFC 7517 §4.3). A key without either is for any
        // use.
        let operations = jwk.common.key_operations.as_ref();
        let verifies = operations.is_none_or(|all| all.contains(&KeyOperations::Verify));
        // The type of the key decides, and `alg` can only narrow that down. The other way round, an
        // EC key that says "HS256" about itself would bring the key confusion back.
        let mut bound = algorithms(&jwk.algorithm)?;
        if let Some(alg) = jwk.common.key_algorithm {
            let alg: Algorithm = alg.to_string().parse().ok()?;
            bound.retain(|one| *one == alg);
        }
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        // An empty `bound` is an `alg` that contradicts the type, such as an EC key for "HS256".
        (for_signatures && verifies && !bound.is_empty())
            .then_some(VerifyingKey::Foreign { key, bound })
    }

    /// The key of this name in a set. A set of one key needs no name.
    ///
    /// Refused alternative: trying every key until one fits. The weakest key of the set would then
    /// sign for all of them, whatever name a token gives.
    ///
    /// `None` where two keys have the name: one verifier would choose the first, another one the
    /// second. `None` also where a set contains both shared secrets and public keys: in such a set
    /// a public key can be confused with a secret.
    pub fn from_set(keys: &[Value], kid: Option<&str>) -> Option<Self> {
        let secrets = keys.iter().filter(|jwk| jwk["kty"] == "oct").count();
        if secrets != 0 && secrets != keys.len() {
            return None;
        }
        // Two `next`: the second one shows whether the name is ambiguous.
        let mut named = keys.iter().filter(|jwk| jwk["kid"].as_str() == kid);
        match (named.next(), named.next(), keys) {
            (Some(jwk), None, _) | (None, None, [jwk]) => VerifyingKey::from_jwk(jwk),
            _ => None,
        }
    }
}

/// The algorithms that a key of this type and size is for. `None` for a type that cannot sign, or
/// that this verifier does not know: what is unknown is refused.
fn algorithms(key: &AlgorithmParameters) -> Option<Vec<Algorithm>> {
    use Algorithm::{ES256, ES384, EdDSA, HS256, HS384, HS512};
    use Algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
    Some(match key {
        // A secret must be at least as long as the hash (RFC 7518 §3.2). A shorter one is easier to
        // guess than the hash is to break.
        AlgorithmParameters::OctetKey(secret) => {
            let length = URL_SAFE_NO_PAD.decode(&secret.value).ok()?.len();
            let longest = [(HS256, 32), (HS384, 48), (HS512, 64)];
            let fitting = longest.into_iter().filter(|(_, hash)| length >= *hash);
            fitting.map(|(algorithm, _)| algorithm).collect()
        }
        // One algorithm for each curve (RFC 7518 §3.4), so an EC key leaves nothing to choose.
        // ES512 is missing because the crate does not know it.
        AlgorithmParameters::EllipticCurve(point) => match point.curve {
            EllipticCurve::P256 => vec![ES256],
            EllipticCurve::P384 => vec![ES384],
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            vec![EdDSA]
        }
        AlgorithmParameters::RSA(rsa) => {
            let modulus = URL_SAFE_NO_PAD.decode(&rsa.n).ok()?;
            let exponent = URL_SAFE_NO_PAD.decode(&rsa.e).ok()?;
            if !is_acceptable_rsa(&modulus, &exponent) {
                return None;
            }
            // An RSA key does not say which padding and hash it is for. Its `alg` narrows this
            // down.
            vec![RS256, RS384, RS512, PS256, PS384, PS512]
        }
        _ => return None,
    })
}

/// Whether an RSA key may be used: 2048 bits or more (RFC 7518 §3.3), because shorter ones can be
/// factored or soon will be; an exponent other than one, because with that a signature is simply
/// the message itself; and not made by the chips that chose their primes badly.
fn is_acceptable_rsa(modulus: &[u8], exponent: &[u8]) -> bool {
    // Leading zeros add bytes and no bits. A check that counts bytes can be met with a key of 512
    // bits and many zeros.
    let leading = modulus.iter().take_while(|byte| **byte == 0).count();
    let modulus = &modulus[leading..];
    let long = modulus.len() > 256 || (modulus.len() == 256 && modulus[0] >= 0x80);
    // The exponent is compared without its leading zeros as well: 00 01 is one. An empty one is
    // zero, which is no exponent either.
    let exponent: Vec<&u8> = exponent.iter().skip_while(|byte| **byte == 0).collect();
    long && !matches!(exponent[..], [] | [1]) && !has_roca_fingerprint(modulus)
}

/// The mark of CVE-2017-15361 ("ROCA", Nemec and others, CCS 2017). The chips chose primes that are
/// powers of 65537 modulo every small prime, so the modulus is also such a power. An attacker needs
/// far less work to factor it. Of good keys one in 2^27 has the mark by chance.
fn has_roca_fingerprint(modulus: &[u8]) -> bool {
    const PRIMES: [u32; 38] = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89,
        97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ];
    PRIMES.iter().all(|prime| {
        let rest = |rest, byte: &u8| (rest * 256 + u32::from(*byte)) % prime;
        let rest = modulus.iter().fold(0, rest);
        let mut power = 1;
        (0..*prime).any(|_| {
            power = power * (65537 % prime) % prime;
            power == rest
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The public key of RFC 7515, appendix A.3.
    fn example() -> Value {
        json!({
            "kty": "EC", "crv": "P-256", "kid": "one",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        })
    }

    fn secret(length: usize) -> Value {
        json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(vec![7; length]) })
    }

    fn bound(jwk: &Value) -> Option<Vec<Algorithm>> {
        Some(VerifyingKey::from_jwk(jwk)?.bound().to_vec())
    }

    #[test]
    fn a_jwk_that_is_not_meant_for_signatures_is_no_key() {
        assert_eq!(bound(&example()), Some(vec![Algorithm::ES256]));
        for (member, value) in [
            ("use", json!("enc")),
            ("key_ops", json!(["encrypt"])),
            ("alg", json!("HS256")),
            ("alg", json!("ES384")),
            ("alg", json!("ES521")),
            ("kty", json!("oct")),
            ("crv", json!("P-521")),
            ("x", json!("?")),
        ] {
            let mut jwk = example();
            jwk[member] = value.clone();
            assert!(VerifyingKey::from_jwk(&jwk).is_none(), "{member} {value}");
        }
        assert!(VerifyingKey::from_jwk(&Value::Null).is_none());
    }

    #[test]
    fn a_secret_is_for_the_algorithms_whose_hash_is_no_longer() {
        use Algorithm::{HS256, HS384, HS512};
        for (length, fitting) in [
            (0, None),
            (31, None),
            (32, Some(vec![HS256])),
            (63, Some(vec![HS256, HS384])),
            (64, Some(vec![HS256, HS384, HS512])),
        ] {
            assert_eq!(bound(&secret(length)), fitting, "{length}");
        }
    }

    #[test]
    fn an_rsa_key_is_long_and_its_exponent_is_not_one() {
        let key = |length: usize, first: u8, e: &str| {
            let mut modulus = vec![0xab; length];
            modulus[0] = first;
            let n = URL_SAFE_NO_PAD.encode(modulus);
            bound(&json!({ "kty": "RSA", "n": n, "e": e })).is_some()
        };
        assert!(key(256, 0x80, "AQAB") && key(257, 0, "AQAB") && key(512, 1, "Aw"));
        assert!(!key(256, 0x7f, "AQAB") && !key(128, 0xff, "AQAB"));
        assert!(!key(256, 0x80, "AQ") && !key(256, 0x80, "AAE") && !key(256, 0x80, ""));
    }

    #[test]
    fn a_modulus_that_is_a_power_of_65537_everywhere_was_chosen_badly() {
        assert!(has_roca_fingerprint(&[1, 0, 1]));
        assert!(!has_roca_fingerprint(&[0xab; 256]));
    }

    #[test]
    fn a_set_answers_only_where_one_key_is_meant() {
        let other = json!({ "kid": "two", "kty": "oct", "k": secret(32)["k"] });
        let found = |keys: &[Value], kid| VerifyingKey::from_set(keys, kid).is_some();
        assert!(found(&[example()], Some("one")) && found(&[example()], Some("x")));
        assert!(found(&[example()], None) && !found(&[], None));
        assert!(!found(&[example(), example()], Some("one")));
        assert!(!found(&[example(), other.clone()], Some("one")));
        let mut third = other.clone();
        third["kid"] = "three".into();
        assert!(found(&[other.clone(), third.clone()], Some("two")));
        assert!(!found(&[other, third], Some("x")));
    }
}
