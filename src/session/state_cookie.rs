//! The signed cookie of the weak `client-state`: readable by anyone, protected by its key alone.
//! Worksheet 10, signed is not secret.
//!
//! A signature answers one question: did someone with the key write this? It does not say who sends
//! the cookie, when, or whether its user has signed out since then. So it stops an edited name, and
//! it stops neither a reader (CWE-315) nor a copy (CWE-294).
//!
//! Its form is that of itsdangerous, which Flask uses: payload, timestamp and signature, each in
//! base64url without padding, joined by dots. Tools that read and crack Flask cookies work on it.
//! The signature is HMAC-SHA1 under a key derived from the secret with the salt `cookie-session`.
//! The weakness is not SHA-1, whose collisions do not help against an HMAC. It is a key that can be
//! guessed, and a cookie that nothing ends. Next: `src/defences/signing_key.rs`.

use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha1::Sha1;

use crate::base::clock::BenchTime;
use crate::session::world::World;

/// What the cookie carries: the fields in alphabetical order, as Flask writes them. Base64 is no
/// encryption: everyone who holds the cookie reads both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedState {
    /// The preference "large text".
    pub large_text: bool,
    /// Bench and variant that the portal signed it for, as in `local/insecure`. All variants with the
    /// weak key have the same one, so the key does not tell them apart. Anyone who has the key may
    /// leave this out, or write what they like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// The account that requests act as. Anyone who can sign this field can be any user.
    pub user: String,
}

impl SignedState {
    /// Whether it counts in the world of this name.
    pub fn is_of(&self, world: &str) -> bool {
        self.portal.as_deref().is_none_or(|portal| portal == world)
    }
}

impl World<'_> {
    /// The state in a cookie of this world, signed with the present key or with one of before.
    ///
    /// A state that names another bench or variant counts there only, whatever its key.
    pub fn signed_state(&self, cookie: &str) -> Option<SignedState> {
        let arm = self.probe.signing_key();
        let earlier = self.earlier_keys().map(|keys| keys.signing(&self.name()));
        let mut keys = iter::once(self.signing_key()).chain(earlier);
        let state = keys.find_map(|own| verify(cookie, arm.bytes(&own)));
        state.filter(|state| state.is_of(&self.name()))
    }

    /// The cookie of an account, signed with the present key.
    pub fn sign_state(&self, user: &str, large_text: bool) -> String {
        let own = self.signing_key();
        let state = SignedState {
            large_text,
            portal: Some(self.name()),
            user: user.to_owned(),
        };
        sign(&state, self.probe.signing_key().bytes(&own), self.now)
    }
}

/// Signs a state; `now` is the bench's time, and the cookie contains its whole seconds.
pub fn sign(state: &SignedState, key: &[u8], now: BenchTime) -> String {
    // A struct of a bool and a string always becomes JSON.
    let json = serde_json::to_string(state).unwrap_or_default();
    sign_text(&json, key, now.seconds())
}

/// The state in a cookie, if its signature is right.
///
/// `None` for every fault, without a reason: an attacker who forges cookies learns nothing from it.
pub fn verify(cookie: &str, key: &[u8]) -> Option<SignedState> {
    // From the right: the signature covers everything before the last dot, the timestamp as well.
    let (signed, signature) = cookie.rsplit_once('.')?;
    let signature = BASE64URL.decode(signature).ok()?;
    // `verify_slice` compares in constant time. With `==` the duration of an answer would grow with
    // each right byte, and an attacker could find a signature byte by byte (CWE-208).
    mac(key, signed).verify_slice(&signature).ok()?;
    // Only now is the payload read: JSON from a stranger is input for the parser, so the signature
    // comes first.
    //
    // WEAK: the timestamp is not checked. Flask refuses a cookie that is older than its lifetime;
    // this one is accepted at any age, beside any live session.
    let (payload, _timestamp) = signed.split_once('.')?;
    serde_json::from_slice(&BASE64URL.decode(payload).ok()?).ok()
}

/// The form itself, on text: a test compares it with a cookie that itsdangerous wrote.
fn sign_text(json: &str, key: &[u8], seconds: u64) -> String {
    let payload = BASE64URL.encode(json);
    // Big-endian without leading zeros, as itsdangerous writes numbers. Other bytes would have
    // another signature, and tools for Flask would not read the cookie.
    let stamp = seconds.to_be_bytes();
    let zeros = stamp.iter().take_while(|byte| **byte == 0).count();
    let signed = format!("{payload}.{}", BASE64URL.encode(&stamp[zeros..]));
    let signature = BASE64URL.encode(mac(key, &signed).finalize().into_bytes());
    format!("{signed}.{signature}")
}

/// The signature over a text. The key is derived once more with the name of this use: a signature
/// that the same secret made for another purpose is not accepted as a cookie.
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
