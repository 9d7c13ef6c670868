//! What the ring of keys finds, publishes and retires.

use super::*;
use crate::defences::policy::{Name, Policy};
use crate::jwt::signature;

fn derive(name: &str) -> [u8; 32] {
    Sha256::digest(name.as_bytes()).into()
}

fn ring(policy: Policy, days: u64) -> KeyRing {
    let age = Duration::from_secs(days * 24 * 3600);
    KeyRing::new(&PolicyProbe::new(policy), age, derive)
}

#[test]
fn each_key_verifies_what_it_signed_and_nothing_else() {
    let ring = ring(Policy::HARDENED, 0);
    for (signs, kid) in [
        (SigningAlgorithm::Hs256, "hs-1"),
        (SigningAlgorithm::Es256, "es-1"),
    ] {
        let (named, algorithm, key) = ring.signing(signs).expect("a key");
        assert_eq!(named, kid);
        let token = signature::sign(&"h", &"p", &key, algorithm).expect("a token");
        let token = token.rsplit_once('.').expect("three parts");
        let bytes = URL_SAFE_NO_PAD.decode(token.1).expect("base64url");
        let found = ring.find(kid).expect("it counts");
        assert_eq!(found.bound(), [algorithm]);
        let verifying = found.for_algorithm(algorithm).expect("it fits");
        assert!(signature::is_valid(token.0, &bytes, &verifying, algorithm));
        assert!(!signature::is_valid("x.y", &bytes, &verifying, algorithm));
    }
    for kid in ["", "hs-0", "hs-2", "es-2", "hs-01", "HS-1", "hs-1 "] {
        assert!(ring.find(kid).is_none(), "{kid}");
    }
}

#[test]
fn the_published_text_of_a_public_key_is_also_bytes() {
    let ring = ring(Policy::HARDENED, 0);
    let published = ring.published();
    assert_eq!(published.len(), 1);
    let pem = &published[0].pem;
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n") && pem.ends_with("-----\n"));
    let key = ring.find("es-1").expect("it counts");
    assert!(key.for_algorithm(Algorithm::HS256).is_some());
    assert!(key.for_algorithm(Algorithm::RS256).is_none());
    let json = serde_json::to_value(&published[0]).expect("JSON");
    assert!(VerifyingKey::from_jwk(&json).is_some_and(|key| key.bound() == [Algorithm::ES256]));
    assert!(json.get("pem").is_none() && json.get("d").is_none());
}

#[test]
fn a_key_retires_only_where_the_policy_rotates() {
    let later = ring(Policy::HARDENED, 31);
    assert!(later.is_retired("hs-1") && later.is_retired("es-1"));
    assert!(later.find("hs-1").is_none() && later.find("hs-2").is_some());
    for kid in ["hs-2", "hs-3", "hs-0", "hs-", "xx-1", ""] {
        assert!(!later.is_retired(kid), "{kid}");
    }
    let changing = ring(Policy::HARDENED, 30);
    assert!(changing.find("hs-1").is_some() && !changing.is_retired("hs-1"));
    assert_eq!(changing.published().len(), 2);
    let weak = Policy::HARDENED.with(Name::KeyRotation, &Policy::INSECURE);
    assert!(ring(weak, 3_000).find("hs-1").is_some());
}
