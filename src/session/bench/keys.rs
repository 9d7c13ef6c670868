//! The keys of the portal, one for each use, so that no value made for one use passes for another.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::wire::Masked;
use crate::base::event::Fingerprint;

/// The label of the key that the keys of tokens are derived from.
pub const JWT_LABEL: &str = "jwt";

/// The label of the key that vouches for worksheets.
pub const WORKSHEETS_LABEL: &str = "worksheets";

/// The keys of the portal. `Debug` prints the type's name only.
pub struct BenchKeys {
    csrf: [u8; 32],
    fingerprint: [u8; 32],
    signing: [u8; 32],
    jwt: [u8; 32],
    worksheets: [u8; 32],
}

impl BenchKeys {
    /// One key for each use, made by `derive` from a label.
    pub fn derive(derive: impl Fn(&str) -> [u8; 32]) -> Self {
        Self {
            csrf: derive("csrf-token"),
            fingerprint: derive("fingerprint"),
            signing: derive("state-cookie"),
            jwt: derive(JWT_LABEL),
            worksheets: derive(WORKSHEETS_LABEL),
        }
    }

    /// The key of CSRF tokens of a world, by its name. Each world has its own: where ids are
    /// counted, session 1001 of one bench must not have the token of session 1001 of another.
    pub fn csrf(&self, world: &str) -> [u8; 32] {
        derived(&self.csrf, world)
    }

    /// The key of the codes in reports, and of the teacher's own key.
    pub fn worksheets(&self) -> &[u8; 32] {
        &self.worksheets
    }

    /// The strong key of the signed cookie of a world, by its name.
    pub fn signing(&self, world: &str) -> [u8; 32] {
        derived(&self.signing, world)
    }

    /// 32 secret bytes for a key of tokens, by the key's name on its bench and variant.
    pub fn jwt(&self, name: &str) -> [u8; 32] {
        derived(&self.jwt, name)
    }

    /// Eight hexadecimal digits in place of a record's name, made with a key: the names of the
    /// weak `id-source` are so few that a plain hash of them would be guessed at once.
    pub fn fingerprint(&self, name: &str) -> Fingerprint {
        Fingerprint(format!("{:08x}", self.short(name)))
    }

    /// A secret value as pages show it: masked, so that two equal values look the same.
    pub fn mask(&self, value: &str) -> Masked {
        Masked::new(value.chars().count(), self.short(value))
    }

    fn short(&self, text: &str) -> u32 {
        // HMAC takes a key of any length (RFC 2104 §2), so this never fails.
        let mac = Hmac::<Sha256>::new_from_slice(&self.fingerprint).expect("a key of any length");
        let hash = mac.chain_update(text).finalize().into_bytes();
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
    }

    /// A text that two labs share when all their keys are the same. It tells no key.
    pub fn mark(&self) -> String {
        // HMAC takes a key of any length (RFC 2104 §2), so this never fails.
        let mac = Hmac::<Sha256>::new_from_slice(&self.fingerprint).expect("a key of any length");
        let all = [&self.csrf, &self.signing, &self.jwt, &self.worksheets];
        let mac = all.into_iter().fold(mac, |mac, key| mac.chain_update(key));
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// A random value for one page, as a nonce.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn nonce() -> Result<String, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }
}

fn derived(key: &[u8; 32], name: &str) -> [u8; 32] {
    // HMAC takes a key of any length (RFC 2104 §2), so this never fails.
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.chain_update(name).finalize().into_bytes().into()
}

impl fmt::Debug for BenchKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BenchKeys")
    }
}
