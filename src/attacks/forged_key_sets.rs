//! The attacker's own pair of keys: they sign tokens with the one and publish the other, in a key
//! set that a token can point to with `jku`, or bring along as `jwk`. Worksheet 12.
//!
//! Anyone can make such a pair. That is why a right signature proves nothing until somebody says
//! whose key it is. A verifier that takes the key from the token lets the forger say it.
//!
//! The private key is no secret: it is in this file, and `/jwks-private.pem` gives it to every
//! student who wants to sign by hand. It is fixed, so that a token which a student forged today
//! still fits the published set tomorrow.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::EncodePrivateKey;
use serde_json::{Value, json};
use x509_cert::der::pem::LineEnding;

/// The key's name.
pub const KID: &str = "attacker-1";

/// The private key: any number that fits the curve will do.
const PRIVATE: &[u8; 32] = b"the attacker's own private key..";

/// The private key, for signing with ES256. `None` only where the curve does not take it.
pub fn signing_key() -> Option<EncodingKey> {
    let der = SecretKey::from_slice(PRIVATE).ok()?.to_pkcs8_der().ok()?;
    Some(EncodingKey::from_ec_der(der.as_bytes()))
}

/// The public key as a JWK (RFC 7517). It says of itself which algorithm it is for and that it is
/// for signatures. A verifier that trusts the header believes that as well.
pub fn public_jwk() -> Option<Value> {
    let point = SecretKey::from_slice(PRIVATE)
        .ok()?
        .public_key()
        .to_sec1_point(false);
    Some(json!({
        "kty": "EC",
        "crv": "P-256",
        "x": URL_SAFE_NO_PAD.encode(point.x()?),
        "y": URL_SAFE_NO_PAD.encode(point.y()?),
        "kid": KID,
        "alg": "ES256",
        "use": "sig",
    }))
}

/// The private key as PEM (PKCS#8), for students who sign by hand.
pub fn private_key_pem() -> Option<String> {
    let key = SecretKey::from_slice(PRIVATE).ok()?;
    let pem = key
        .to_pkcs8_der()
        .ok()?
        .to_pem("PRIVATE KEY", LineEnding::LF);
    Some(pem.ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_key_verifies_what_the_private_one_signs() {
        use crate::jwt::{VerifyingKey, signature};
        use jsonwebtoken::Algorithm::ES256;

        let key = signing_key().expect("a key");
        let token = signature::sign(&"h", &"p", &key, ES256).expect("a token");
        let (signed, text) = token.rsplit_once('.').expect("three parts");
        let signature = URL_SAFE_NO_PAD.decode(text).expect("base64url");
        let public = VerifyingKey::from_jwk(&public_jwk().expect("a key")).expect("a key");
        assert_eq!(public.bound(), [ES256]);
        let verifying = public.for_algorithm(ES256).expect("it fits");
        assert!(signature::is_valid(signed, &signature, &verifying, ES256));
    }
}
