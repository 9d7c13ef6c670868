//! Signing and verifying bytes. The algorithms themselves are the `jsonwebtoken` crate's.
//!
//! Nothing here decides anything: which key and which algorithm are used is decided before, in
//! [`mod@super::verify`]. Refused alternative: writing HMAC or ECDSA here, to show how they work. A
//! small mistake in either lets anyone sign, and a student could not see it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use serde::Serialize;

use super::ring_provider;

/// A signed token with this header and this payload. `None` where the key does not fit the
/// algorithm, or where one of the two cannot be written as JSON. No token is then issued: one with
/// an empty signature would be an unsigned token.
pub fn sign(
    header: &impl Serialize,
    payload: &impl Serialize,
    key: &EncodingKey,
    algorithm: Algorithm,
) -> Option<String> {
    // The signature covers the encoded text, not the JSON behind it. So a verifier compares the
    // bytes that arrived, and never has to write JSON in the same way as the issuer.
    let signed = signing_input(header, payload)?;
    let signature = over(&signed, key, algorithm)?;
    Some(format!("{signed}.{signature}"))
}

/// The signature over this text, in base64url. `None` where the key does not fit the algorithm.
pub fn over(signed: &str, key: &EncodingKey, algorithm: Algorithm) -> Option<String> {
    ring_provider::install();
    crypto::sign(signed.as_bytes(), key, algorithm).ok()
}

/// Header and payload as the signature covers them: compact JSON in base64url, with a dot between
/// them. RFC 7515 calls it the JWS signing input. The header is part of it: otherwise anyone could
/// put another `typ` or `kid` on a genuine payload. The dot is no letter of base64url, so nobody
/// can move the border between the two.
pub fn signing_input(header: &impl Serialize, payload: &impl Serialize) -> Option<String> {
    let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(header).ok()?);
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(payload).ok()?);
    Some(format!("{header}.{payload}"))
}

/// Whether the signature over this text was made with the key. The algorithm is the caller's choice
/// and not the header's: see `check_signature` in `verify.rs`.
pub fn is_valid(signed: &str, signature: &[u8], key: &DecodingKey, algorithm: Algorithm) -> bool {
    ring_provider::install();
    let signature = URL_SAFE_NO_PAD.encode(signature);
    // An error, such as a signature of a wrong length, is a "no". The crate compares an HMAC in
    // constant time, so the duration does not reveal how many bytes were right.
    crypto::verify(&signature, signed.as_bytes(), key, algorithm).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515, appendix A.1: header, payload and signature of the first example.
    const EXAMPLE: (&str, &str) = (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQo\
         gImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    );
    const EXAMPLE_KEY: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    #[test]
    fn the_example_of_rfc_7515_verifies_and_one_flipped_bit_does_not() {
        let key = URL_SAFE_NO_PAD.decode(EXAMPLE_KEY).expect("base64url");
        let key = DecodingKey::from_secret(&key);
        let mut signature = URL_SAFE_NO_PAD.decode(EXAMPLE.1).expect("base64url");
        assert!(is_valid(EXAMPLE.0, &signature, &key, Algorithm::HS256));
        assert!(!is_valid(EXAMPLE.0, &signature, &key, Algorithm::HS512));
        signature[0] ^= 1;
        assert!(!is_valid(EXAMPLE.0, &signature, &key, Algorithm::HS256));
        assert!(!is_valid(EXAMPLE.0, b"", &key, Algorithm::HS256));
    }
}
