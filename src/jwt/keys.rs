//! The ring of keys: one that signs with HS256 and one that signs with ES256, each with its name.
//!
//! Every bench and variant has its own keys, derived from the lab's secret, so a token is accepted
//! nowhere else. Two defences decide what is in the ring: `key-rotation` which numbers are active
//! at a moment, and `jwt-key` which bytes the shared secret has. A third one, `jwt-algorithm`, is
//! why each key names its algorithms. Next: [`mod@super::verify`].
//!
//! Refused alternative: storing the keys. Derived keys need no place to be stored, are the same on
//! every instance, and exist again after a restart. A real portal stores them, outside its source
//! and its backups.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use x509_cert::der::pem::LineEnding;

use crate::defences::{JwtKey, PolicyProbe};

/// The algorithms that the portal signs with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// A shared secret: anyone who can verify can also sign. It is right where one program does
    /// both.
    #[default]
    #[serde(rename = "HS256")]
    Hs256,
    /// A pair of keys: the public one only verifies, so it can be given to everyone.
    #[serde(rename = "ES256")]
    Es256,
}

impl SigningAlgorithm {
    /// The name in a token's header.
    pub const fn name(self) -> &'static str {
        match self {
            SigningAlgorithm::Hs256 => "HS256",
            SigningAlgorithm::Es256 => "ES256",
        }
    }

    /// The beginning of the key's name. Each algorithm has its own names, so the name already says
    /// which kind of key is meant, and no name means two keys.
    const fn prefix(self) -> &'static str {
        match self {
            SigningAlgorithm::Hs256 => "hs",
            SigningAlgorithm::Es256 => "es",
        }
    }

    /// The name of a key: `hs-1`, `es-2`. It is public and contains no secret.
    fn kid(self, number: u32) -> String {
        format!("{}-{number}", self.prefix())
    }
}

/// A key that verifies. `Debug` prints no secret, so that no log line contains one.
#[derive(Clone)]
pub enum VerifyingKey {
    /// A shared secret, for HS256.
    Secret(Vec<u8>),
    /// The portal's own public key, and the text in which it is published. The text is here for the
    /// weak arm of `jwt-algorithm` only: it is what an attacker uses as a shared secret.
    Public {
        /// For verifying.
        key: DecodingKey,
        /// The published PEM, with its last newline: the attack works only with exactly these
        /// bytes.
        pem: String,
    },
    /// A key from a token's header or from a set that it points to.
    Foreign {
        /// For verifying.
        key: DecodingKey,
        /// The algorithms that it is for, from its type and its `alg`: see `jwk.rs`.
        bound: Vec<Algorithm>,
    },
}

impl VerifyingKey {
    /// The algorithms that this key is for. The strong arm of `jwt-algorithm` accepts no other: the
    /// key decides, not the header.
    pub fn bound(&self) -> &[Algorithm] {
        match self {
            VerifyingKey::Secret(_) => &[Algorithm::HS256],
            VerifyingKey::Public { .. } => &[Algorithm::ES256],
            VerifyingKey::Foreign { bound, .. } => bound,
        }
    }

    /// This key as a verifier uses it for `algorithm`, whether it is meant for that or not; `None`
    /// where it cannot be used at all. A shared secret is any bytes, so the published text of a
    /// public key can be used as one. That is the whole of the key confusion, and libraries that
    /// took a key as plain text had no way to notice it.
    pub fn for_algorithm(&self, algorithm: Algorithm) -> Option<DecodingKey> {
        match (algorithm.family(), self) {
            (AlgorithmFamily::Hmac, VerifyingKey::Secret(bytes)) => {
                Some(DecodingKey::from_secret(bytes))
            }
            // WEAK: reached only where `jwt-algorithm` lets the header choose.
            (AlgorithmFamily::Hmac, VerifyingKey::Public { pem, .. }) => {
                Some(DecodingKey::from_secret(pem.as_bytes()))
            }
            (family, VerifyingKey::Public { key, .. } | VerifyingKey::Foreign { key, .. }) => {
                (key.family() == family).then(|| key.clone())
            }
            // A shared secret is not a point on a curve, so it cannot verify ES256.
            (_, VerifyingKey::Secret(_)) => None,
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VerifyingKey::Secret(_) => "Secret",
            VerifyingKey::Public { .. } => "Public",
            VerifyingKey::Foreign { .. } => "Foreign",
        })
    }
}

/// A public key as the portal publishes it: the members of a JWK that are public. The private
/// member `d` has no field here, so no mistake can publish it.
#[derive(Clone, Debug, Serialize)]
pub struct PublishedKey {
    kty: &'static str,
    crv: &'static str,
    x: String,
    y: String,
    /// Its name.
    pub kid: String,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    /// The same key as PEM text.
    #[serde(skip)]
    pub pem: String,
}

/// A shared secret as a backup of the configuration holds it. The page with the stolen backup shows
/// why `key-rotation` matters: anyone who has this signs tokens until the key retires.
#[derive(Clone, Serialize)]
pub struct StoredSecret {
    /// The name that tokens give in `kid`.
    pub kid: String,
    /// The algorithm that it signs with.
    pub alg: &'static str,
    /// The bytes in base64url. They are all that an attacker needs to be any user.
    pub k: String,
}

/// The keys of one variant on one bench, at one moment. It is made for each request, so a key that
/// retires does so at the next one.
pub struct KeyRing {
    arm: JwtKey,
    /// The place of the first key's word among those of the weak arm.
    first_word: usize,
    /// The active keys, the one that signs first.
    numbers: Vec<NumberedKey>,
    /// The rings under the lab's earlier secrets that are still accepted. They have the same names.
    earlier: Vec<KeyRing>,
}

/// Both keys of one number: the shared secret, and the pair.
struct NumberedKey {
    number: u32,
    /// The random bytes of the shared secret. The weak arm of `jwt-key` signs with a word instead.
    shared: [u8; 32],
    /// The private key of the pair, as a number. It is derived from another name than the shared
    /// secret, so that one of them says nothing about the other.
    pair_seed: [u8; 32],
    /// Made when it is first needed: it costs more than everything else that a request does, and
    /// most requests need no pair.
    pair: OnceLock<Option<EcKeyPair>>,
}

/// A pair of keys on the curve P-256.
struct EcKeyPair {
    /// The private key. It never leaves this module except to sign.
    signing: EncodingKey,
    /// The public key as a point, for verifying.
    point: Vec<u8>,
    /// The public key as text, for publishing.
    pem: String,
}

impl KeyRing {
    /// The ring, `age` after its first key was made. `derive` makes 32 secret bytes from a name:
    /// each key has its own, so a leaked key says nothing about the next one.
    pub fn new(probe: &PolicyProbe, age: Duration, derive: impl Fn(&str) -> [u8; 32]) -> Self {
        let numbers = probe.key_rotation().active_keys(age);
        let numbered = |number| NumberedKey {
            number,
            shared: derive(&SigningAlgorithm::Hs256.kid(number)),
            pair_seed: derive(&SigningAlgorithm::Es256.kid(number)),
            pair: OnceLock::new(),
        };
        let all = [Some(numbers.signing), numbers.retiring];
        Self {
            arm: probe.jwt_key(),
            first_word: 0,
            numbers: all.into_iter().flatten().map(numbered).collect(),
            earlier: Vec::new(),
        }
    }

    /// The same ring, whose weak arm begins with the word at this place of its list.
    #[must_use]
    pub fn from_word(mut self, place: usize) -> Self {
        self.first_word = place;
        self
    }

    /// The same ring, and beside it those of the lab's earlier secrets. They verify and never sign.
    #[must_use]
    pub fn with_earlier(mut self, earlier: Vec<KeyRing>) -> Self {
        self.earlier = earlier;
        self
    }

    /// The rings of the lab's earlier secrets.
    pub fn earlier(&self) -> &[KeyRing] {
        &self.earlier
    }

    /// The newest key, which signs, and its name.
    pub fn signing(&self, signs: SigningAlgorithm) -> Option<(String, Algorithm, EncodingKey)> {
        // Only the newest key signs. A key that still signed after its month would need another day
        // of verifying, and would never retire.
        let newest = self.numbers.first()?;
        let kid = signs.kid(newest.number);
        Some(match signs {
            SigningAlgorithm::Hs256 => {
                let key = EncodingKey::from_secret(self.secret(newest));
                (kid, Algorithm::HS256, key)
            }
            SigningAlgorithm::Es256 => (kid, Algorithm::ES256, newest.pair()?.signing.clone()),
        })
    }

    /// The key of this name, if it is active. The name is compared with the names of the active
    /// keys and is never taken apart, so `hs-01` is not `hs-1`.
    pub fn find(&self, kid: &str) -> Option<VerifyingKey> {
        let of = |signs: SigningAlgorithm| {
            let mut all = self.numbers.iter();
            all.find(|one| signs.kid(one.number) == kid)
        };
        if let Some(found) = of(SigningAlgorithm::Hs256) {
            return Some(VerifyingKey::Secret(self.secret(found).to_vec()));
        }
        let pair = of(SigningAlgorithm::Es256)?.pair()?;
        Some(VerifyingKey::Public {
            key: DecodingKey::from_ec_der(&pair.point),
            pem: pair.pem.clone(),
        })
    }

    /// Whether this is the name of a key that was active before. The ring does not contain such a
    /// key. The verifier still asks, because the weak arm of `jwt-kid` would turn a name that the
    /// ring does not know into an empty key, and the strong one would call it unknown: a student
    /// should see that the key retired.
    pub fn is_retired(&self, kid: &str) -> bool {
        let oldest = self.numbers.iter().map(|one| one.number).min();
        // Here the name is taken apart, because no map of all earlier keys exists. The number
        // decides only which error the sender sees, never which key is used.
        let number = [SigningAlgorithm::Hs256, SigningAlgorithm::Es256]
            .into_iter()
            .find_map(|signs| kid.strip_prefix(signs.prefix())?.strip_prefix('-'));
        let number = number.and_then(|number| number.parse::<u32>().ok());
        number
            .zip(oldest)
            .is_some_and(|(number, oldest)| (1..oldest).contains(&number))
    }

    /// The public keys, the one that signs first. The retiring key is among them, and so are those
    /// of the lab's earlier secrets, because tokens that they signed are still accepted. After a
    /// change of secrets two keys have one name, and a partner must try both (RFC 7517 §4.5 only
    /// recommends different names).
    pub fn published(&self) -> Vec<PublishedKey> {
        let published = |one: &NumberedKey| {
            let pair = one.pair()?;
            // An uncompressed point: one byte that says so, then x and y of 32 bytes each.
            let (x, y) = pair.point.get(1..)?.split_at_checked(32)?;
            Some(PublishedKey {
                kty: "EC",
                crv: "P-256",
                x: URL_SAFE_NO_PAD.encode(x),
                y: URL_SAFE_NO_PAD.encode(y),
                kid: SigningAlgorithm::Es256.kid(one.number),
                alg: SigningAlgorithm::Es256.name(),
                usage: "sig",
                pem: pair.pem.clone(),
            })
        };
        let rings = std::iter::once(self).chain(&self.earlier);
        let all = rings.flat_map(|ring| &ring.numbers);
        all.filter_map(published).collect()
    }

    /// The shared secrets, as a backup of the portal's configuration holds them. With HS256 the key
    /// that verifies is the key that signs, so every place that verifies is a place that can leak.
    pub fn stored(&self) -> Vec<StoredSecret> {
        let stored = |one: &NumberedKey| StoredSecret {
            kid: SigningAlgorithm::Hs256.kid(one.number),
            alg: SigningAlgorithm::Hs256.name(),
            k: URL_SAFE_NO_PAD.encode(self.secret(one)),
        };
        self.numbers.iter().map(stored).collect()
    }

    /// The bytes of the shared secret, as the arm of `jwt-key` chooses them.
    fn secret<'k>(&self, one: &'k NumberedKey) -> &'k [u8] {
        self.arm.bytes(one.number, self.first_word, &one.shared)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing")
    }
}

impl NumberedKey {
    fn pair(&self) -> Option<&EcKeyPair> {
        let made = self.pair.get_or_init(|| EcKeyPair::of(self.pair_seed));
        made.as_ref()
    }
}

impl EcKeyPair {
    /// The pair whose private key is this number. One in four thousand million numbers is too large
    /// for the curve; then its hash is used. Refused alternative: the remainder of a division,
    /// which makes small numbers more likely than large ones, and a private key must be equally
    /// likely to be any number.
    fn of(mut seed: [u8; 32]) -> Option<Self> {
        let secret = loop {
            match SecretKey::from_slice(&seed) {
                Ok(secret) => break secret,
                Err(_) => seed = Sha256::digest(seed).into(),
            }
        };
        let public = secret.public_key();
        let signing = secret.to_pkcs8_der().ok()?;
        Some(Self {
            signing: EncodingKey::from_ec_der(signing.as_bytes()),
            point: public.to_sec1_point(false).as_bytes().to_vec(),
            pem: public.to_public_key_pem(LineEnding::LF).ok()?,
        })
    }
}

#[cfg(test)]
mod tests;
