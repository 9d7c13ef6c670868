//! The signed cookie of the weak `client-state`: readable by anyone, protected by its key alone.
//!
//! Its form is that of itsdangerous, which Flask uses: payload, timestamp and signature, each in
//! base64url without padding, joined by dots. Tools that read and crack Flask cookies work on it.
//! The signature is HMAC-SHA1 under a key derived from the secret with the salt `cookie-session`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha1::Sha1;

use crate::base::clock::BenchTime;

/// What the cookie carries: the fields in alphabetical order, as Flask writes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedState {
    /// The preference "large text".
    pub large_text: bool,
    /// Bench and variant that the portal signed it for, as in `local/insecure`. All variants with the
    /// weak key have the same one, so the key does not tell them apart. Anyone who has the key may
    /// leave this out, or write what they like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// The account that requests act as.
    pub user: String,
}

impl SignedState {
    /// Whether it counts in the world of this name.
    pub fn is_of(&self, world: &str) -> bool {
        self.portal.as_deref().is_none_or(|portal| portal == world)
    }
}

/// Signs a state; `now` is the bench's time, in whole seconds.
pub fn sign(state: &SignedState, key: &[u8], now: BenchTime) -> String {
    // A struct of a bool and a string always becomes JSON.
    let json = serde_json::to_string(state).unwrap_or_default();
    sign_text(&json, key, now.seconds())
}

/// The state in a cookie, if its signature is right.
pub fn verify(cookie: &str, key: &[u8]) -> Option<SignedState> {
    let (signed, signature) = cookie.rsplit_once('.')?;
    let signature = BASE64URL.decode(signature).ok()?;
    mac(key, signed).verify_slice(&signature).ok()?;
    let (payload, _timestamp) = signed.split_once('.')?;
    serde_json::from_slice(&BASE64URL.decode(payload).ok()?).ok()
}

fn sign_text(json: &str, key: &[u8], seconds: u64) -> String {
    let payload = BASE64URL.encode(json);
    let stamp = seconds.to_be_bytes();
    let zeros = stamp.iter().take_while(|byte| **byte == 0).count();
    let signed = format!("{payload}.{}", BASE64URL.encode(&stamp[zeros..]));
    let signature = BASE64URL.encode(mac(key, &signed).finalize().into_bytes());
    format!("{signed}.{signature}")
}

fn mac(key: &[u8], signed: &str) -> Hmac<Sha1> {
    let derived = hmac_sha1(key)
        .chain_update(b"cookie-session")
        .finalize()
        .into_bytes();
    hmac_sha1(&derived).chain_update(signed)
}

fn hmac_sha1(key: &[u8]) -> Hmac<Sha1> {
    // HMAC takes a key of any length (RFC 2104 §2), so this never fails.
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_the_one_that_itsdangerous_writes() {
        let json = r#"{"role":"student","user":"alice"}"#;
        assert_eq!(
            sign_text(json, b"secret123", 1_767_225_600),
            "eyJyb2xlIjoic3R1ZGVudCIsInVzZXIiOiJhbGljZSJ9.aVW5AA.EJjnFuk2xdjX0ZO5ptJuBU0DxJA"
        );
    }

    #[test]
    fn an_edited_payload_is_refused_and_a_signed_one_read() {
        let state = SignedState {
            large_text: true,
            portal: None,
            user: "alice".into(),
        };
        let cookie = sign(&state, b"key", BenchTime::from_millis(1_767_225_600_000));
        assert_eq!(verify(&cookie, b"key"), Some(state));
        assert_eq!(verify(&cookie, b"other"), None);
        let (_, rest) = cookie.split_once('.').expect("three parts");
        let forged = BASE64URL.encode(r#"{"large_text":true,"user":"admin"}"#);
        assert_eq!(verify(&format!("{forged}.{rest}"), b"key"), None);
        for junk in ["", ".", "..", "a.b.c", "\u{e4}.x.y"] {
            assert_eq!(verify(junk, b"key"), None, "{junk}");
        }
    }
}
