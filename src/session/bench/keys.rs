//! The keys of the portal, one for each use, so that no value made for one use passes for another.
//!
//! With one key for everything an attacker lets the portal compute what they need: a CSRF token is
//! an HMAC of a text, and so is a fingerprint. If both had one key, a fingerprint of the right text
//! would be a token. Five keys cost nothing, because they are derived (`src/base/keys.rs`).
//!
//! None of them is in the source. A key in the source is known to everyone who has ever read the
//! repository, and cannot be changed without a new release (CWE-321).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::wire::Masked;
use crate::base::clock::BenchTime;
use crate::base::event::Fingerprint;

/// The label of the key that the keys of tokens are derived from. It has its own name because
/// an operator can set this key separately.
pub const JWT_LABEL: &str = "jwt";

/// The label of the key that vouches for worksheets.
pub const WORKSHEETS_LABEL: &str = "worksheets";

/// The keys of the portal, 32 bytes each. `Debug` prints the type's name only (CWE-532).
pub struct BenchKeys {
    csrf: [u8; 32],
    fingerprint: [u8; 32],
    signing: [u8; 32],
    jwt: [u8; 32],
    worksheets: [u8; 32],
    /// The keys of before, and until when each set is accepted.
    earlier: Vec<(BenchTime, BenchKeys)>,
}

impl BenchKeys {
    /// One key for each use, made by `derive` from a label. The labels are different, so the keys
    /// are; from one of them nobody can compute another.
    pub fn derive(derive: impl Fn(&str) -> [u8; 32]) -> Self {
        Self {
            csrf: derive("csrf-token"),
            fingerprint: derive("fingerprint"),
            signing: derive("state-cookie"),
            jwt: derive(JWT_LABEL),
            worksheets: derive(WORKSHEETS_LABEL),
            earlier: Vec::new(),
        }
    }

    /// The same keys, and beside them those of before, which are accepted until that moment.
    ///
    /// A secret that may be known to somebody is replaced, and also one that is merely old. If only
    /// the new one counted from then on, every form that is open would be refused and every token
    /// would be worthless. So these keys sign, and the earlier ones only verify.
    #[must_use]
    pub fn and_until(mut self, until: BenchTime, keys: BenchKeys) -> Self {
        self.earlier.push((until, keys));
        self
    }

    /// The keys of before that are still accepted at `now`.
    ///
    /// Fingerprints are not among the things that anyone must verify, so they are made with the
    /// present keys alone: after a change the journal calls a session by another one.
    pub fn earlier(&self, now: BenchTime) -> impl Iterator<Item = &BenchKeys> {
        let accepted = self.earlier.iter().filter(move |(until, _)| now < *until);
        accepted.map(|(_, keys)| keys)
    }

    /// Whether a set of earlier keys is no longer accepted.
    pub fn has_ended(&self, now: BenchTime) -> bool {
        self.earlier(now).count() < self.earlier.len()
    }

    /// The key of CSRF tokens of a world, by its name. Each world has its own: where ids are
    /// counted, session 1001 of one bench must not have the token of session 1001 of another. Anyone who has
    /// the key computes the token of a session whose id they know.
    pub fn csrf(&self, world: &str) -> [u8; 32] {
        derived(&self.csrf, world)
    }

    /// The key of the codes in reports, and of the teacher's own key. It is separate so that
    /// nothing that students can make the portal compute is ever a code.
    pub fn worksheets(&self) -> &[u8; 32] {
        &self.worksheets
    }

    /// The strong key of the signed cookie of a world, by its name. The weak arm of
    /// `signing-key` uses a word instead.
    pub fn signing(&self, world: &str) -> [u8; 32] {
        derived(&self.signing, world)
    }

    /// 32 secret bytes for a key of tokens, by the key's name on its bench and variant, as in
    /// `team-7 hardened hs-1`. HMAC works one way only: a key that leaks reveals neither the secret
    /// behind it nor the keys of other benches.
    pub fn jwt(&self, name: &str) -> [u8; 32] {
        derived(&self.jwt, name)
    }

    /// Eight hexadecimal digits in place of a record's name, made with a key: the names of the
    /// weak `id-source` are so few that anyone who guesses would find the one behind a plain hash.
    ///
    /// Eight digits are 32 bits. They tell the sessions of a bench apart. Two that look the same by
    /// chance do little harm: no fingerprint signs anybody in, and a form's handle is looked up
    /// among the sessions of that user only.
    pub fn fingerprint(&self, name: &str) -> Fingerprint {
        Fingerprint(format!("{:08x}", self.short(name)))
    }

    /// A secret value as pages show it: masked, so that two equal values look the same. Students
    /// see that an id stayed or changed, and a screenshot of the page signs nobody in.
    pub fn mask(&self, value: &str) -> Masked {
        Masked::new(value.chars().count(), self.short(value))
    }

    /// 32 bits of an HMAC. Without the key nobody can test a guess against it.
    fn short(&self, text: &str) -> u32 {
        // HMAC takes a key of any length (RFC 2104 §2), so this never fails.
        let mac = Hmac::<Sha256>::new_from_slice(&self.fingerprint).expect("a key of any length");
        let hash = mac.chain_update(text).finalize().into_bytes();
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
    }

    /// A text that two labs share when all their keys are the same. It is stored where both can
    /// read it, and no key can be computed from it. A reader of the store could still test guesses
    /// of a secret that a person chose, so `--class` refuses a short one.
    pub fn mark(&self) -> String {
        // HMAC takes a key of any length (RFC 2104 §2), so this never fails.
        let mac = Hmac::<Sha256>::new_from_slice(&self.fingerprint).expect("a key of any length");
        let all = [&self.csrf, &self.signing, &self.jwt, &self.worksheets];
        let mac = all.into_iter().fold(mac, |mac, key| mac.chain_update(key));
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// A random value for one page, as a nonce: 128 bits in base64url. It marks the scripts that
    /// the page means to run (`csp`). An attacker who could predict it would mark theirs.
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
