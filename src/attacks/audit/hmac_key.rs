//! The secret that signs tokens, if it is a word: HS256, HS384 and HS512 (RFC 7518 §3.2).
//!
//! One token is a complete test, so nobody is asked and nobody can count the guesses.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use super::key_words::key_words;
use crate::attacks::jwt::forge::TokenParts;

/// A word that signs tokens, and the algorithm with which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HmacKey {
    /// The word.
    pub word: &'static str,
    hash: HmacHash,
}

/// The hash of such a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HmacHash {
    Sha256,
    Sha384,
    Sha512,
}

impl HmacHash {
    /// The one that a header names as `alg`.
    pub(super) fn of(alg: &str) -> Option<Self> {
        match alg {
            "HS256" => Some(Self::Sha256),
            "HS384" => Some(Self::Sha384),
            "HS512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The signature over a text.
    pub(super) fn over(self, text: &[u8], key: &[u8]) -> Vec<u8> {
        // HMAC takes a key of any length (RFC 2104, section 2), so none of these fails.
        let any = "HMAC takes a key of any length";
        match self {
            Self::Sha256 => {
                let mac: Hmac<Sha256> = Hmac::new_from_slice(key).expect(any);
                mac.chain_update(text).finalize().into_bytes().to_vec()
            }
            Self::Sha384 => {
                let mac: Hmac<Sha384> = Hmac::new_from_slice(key).expect(any);
                mac.chain_update(text).finalize().into_bytes().to_vec()
            }
            Self::Sha512 => {
                let mac: Hmac<Sha512> = Hmac::new_from_slice(key).expect(any);
                mac.chain_update(text).finalize().into_bytes().to_vec()
            }
        }
    }
}

impl HmacKey {
    /// The word of the lists that signed a token.
    pub(super) fn guessed(token: &str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let parts = TokenParts::of(token).ok()?;
        let hash = HmacHash::of(parts.header["alg"].as_str()?)?;
        let signs = |word: &&str| hash.over(signed.as_bytes(), word.as_bytes()) == signature;
        let word = key_words().find(signs)?;
        Some(Self { word, hash })
    }

    /// A token put together again and signed with it.
    pub(super) fn signed(self, parts: &TokenParts) -> String {
        let unsigned = parts.signed_with("");
        let text = unsigned.trim_end_matches('.');
        let signature = self.hash.over(text.as_bytes(), self.word.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_each_hash_is_found_and_signs_again() {
        for (alg, hash) in [
            ("HS256", HmacHash::Sha256),
            ("HS384", HmacHash::Sha384),
            ("HS512", HmacHash::Sha512),
        ] {
            let head = URL_SAFE_NO_PAD.encode(format!("{{\"alg\":\"{alg}\"}}"));
            let claims = URL_SAFE_NO_PAD.encode("{\"sub\":\"alice\"}");
            let text = format!("{head}.{claims}");
            let token = |key: &str| {
                let signature = hash.over(text.as_bytes(), key.as_bytes());
                format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
            };
            let key = HmacKey::guessed(&token("super-secret")).expect("a word of a manual");
            assert_eq!(key.word, "super-secret");
            let parts = TokenParts::of(&token("super-secret")).expect("three parts");
            assert_eq!(HmacKey::guessed(&key.signed(&parts)), Some(key));
            assert_eq!(HmacKey::guessed(&token("no word of any list")), None);
        }
        assert_eq!(HmacHash::of("ES256"), None);
    }

    #[test]
    fn a_token_that_another_library_signed_is_read() {
        // The example of jwt.io, whose key was `your-256-bit-secret` until 2025.
        let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiw\
                     iaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
        let key = HmacKey::guessed(token).expect("a word of a manual");
        assert_eq!(key.word, "your-256-bit-secret");
    }
}
