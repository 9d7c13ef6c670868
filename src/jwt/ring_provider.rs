//! The cryptography behind the signatures: what jsonwebtoken asks of ring.
//!
//! The crate leaves the arithmetic to a provider. The two that it brings are each larger than all of
//! this module: one with an implementation of RSA that leaks its private key by timing
//! (RUSTSEC-2023-0071), one that needs a C compiler and cmake. The lab's TLS already brings ring, so
//! this provider hands keys and bytes over to it and decides nothing itself. It verifies whatever
//! [`super::VerifyingKey`] can be, and signs with what the portal and its attackers sign with.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result, new_error};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED, ED25519,
    EcdsaKeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};

/// The provider.
static RING: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(RingSigner::new(*algorithm, key)?)),
    verifier_factory: |algorithm, key| Ok(Box::new(RingVerifier::new(*algorithm, key)?)),
    // For making a JWK out of a key that signs, or its thumbprint. The portal writes its JWKs itself,
    // from the public point, so that no private member can slip in.
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(unsupported()),
        rsa_pub_components_from_public_key: |_| Err(unsupported()),
        ec_pub_components_from_private_key: |_, _| Err(unsupported()),
        ed_pub_components_from_private_key: |_, _| Err(unsupported()),
        compute_digest: |_, _| Err(unsupported()),
    },
};

/// Makes ring what jsonwebtoken calculates with. Calls after the first one change nothing.
pub(super) fn install() {
    // An error says that a provider is there already: this one.
    let _ = RING.install_default();
}

fn unsupported() -> Error {
    new_error(ErrorKind::UnsupportedAlgorithm)
}

fn key_does_not_fit() -> Error {
    new_error(ErrorKind::InvalidKeyFormat)
}

/// The hash of an HMAC, by the name of the algorithm.
fn hash(algorithm: Algorithm) -> Result<hmac::Algorithm> {
    match algorithm {
        Algorithm::HS256 => Ok(hmac::HMAC_SHA256),
        Algorithm::HS384 => Ok(hmac::HMAC_SHA384),
        Algorithm::HS512 => Ok(hmac::HMAC_SHA512),
        _ => Err(unsupported()),
    }
}

/// A key that signs.
enum RingSigner {
    Hmac(Algorithm, hmac::Key),
    Es256(EcdsaKeyPair, SystemRandom),
}

impl RingSigner {
    fn new(algorithm: Algorithm, key: &EncodingKey) -> Result<Self> {
        if key.family() != algorithm.family() {
            return Err(key_does_not_fit());
        }
        if algorithm.family() == AlgorithmFamily::Hmac {
            let key = hmac::Key::new(hash(algorithm)?, key.as_bytes());
            return Ok(Self::Hmac(algorithm, key));
        }
        if algorithm != Algorithm::ES256 {
            return Err(unsupported());
        }
        let random = SystemRandom::new();
        let curve = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_pkcs8(curve, key.as_bytes(), &random);
        let pair = pair.map_err(|_| new_error(ErrorKind::InvalidEcdsaKey))?;
        Ok(Self::Es256(pair, random))
    }
}

impl Signer<Vec<u8>> for RingSigner {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        match self {
            Self::Hmac(_, key) => Ok(hmac::sign(key, message).as_ref().to_vec()),
            Self::Es256(pair, random) => match pair.sign(random, message) {
                Ok(signature) => Ok(signature.as_ref().to_vec()),
                Err(_) => Err(signature::Error::new()),
            },
        }
    }
}

impl JwtSigner for RingSigner {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Hmac(algorithm, _) => *algorithm,
            Self::Es256(..) => Algorithm::ES256,
        }
    }
}

/// A key that verifies, and for which algorithm.
struct RingVerifier {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl RingVerifier {
    fn new(algorithm: Algorithm, key: &DecodingKey) -> Result<Self> {
        if key.family() != algorithm.family() {
            return Err(key_does_not_fit());
        }
        let key = key.clone();
        Ok(Self { algorithm, key })
    }

    /// What ring does with a public key and this algorithm.
    fn verifies(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        match self.algorithm {
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => {
                let secret = self.key.try_get_as_bytes().ok()?;
                let key = hmac::Key::new(hash(self.algorithm).ok()?, secret);
                // Compares in constant time.
                hmac::verify(&key, message, signature).ok()
            }
            Algorithm::ES256 => self.point(&ECDSA_P256_SHA256_FIXED, message, signature),
            Algorithm::ES384 => self.point(&ECDSA_P384_SHA384_FIXED, message, signature),
            Algorithm::EdDSA => self.point(&ED25519, message, signature),
            Algorithm::RS256 => self.rsa(&RSA_PKCS1_2048_8192_SHA256, message, signature),
            Algorithm::RS384 => self.rsa(&RSA_PKCS1_2048_8192_SHA384, message, signature),
            Algorithm::RS512 => self.rsa(&RSA_PKCS1_2048_8192_SHA512, message, signature),
            Algorithm::PS256 => self.rsa(&RSA_PSS_2048_8192_SHA256, message, signature),
            Algorithm::PS384 => self.rsa(&RSA_PSS_2048_8192_SHA384, message, signature),
            Algorithm::PS512 => self.rsa(&RSA_PSS_2048_8192_SHA512, message, signature),
            _ => None,
        }
    }

    fn point(
        &self,
        curve: &'static dyn VerificationAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Option<()> {
        let point = self.key.try_get_as_bytes().ok()?;
        let key = UnparsedPublicKey::new(curve, point);
        key.verify(message, signature).ok()
    }

    fn rsa(&self, padding: &'static RsaParameters, message: &[u8], signature: &[u8]) -> Option<()> {
        match self.key.kind() {
            DecodingKeyKind::SecretOrDer(der) => {
                let key = UnparsedPublicKey::new(padding, der);
                key.verify(message, signature).ok()
            }
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                // ring takes no leading zeros, and RFC 7518 §6.3.1 forbids them; others write one
                // where the first bit is set.
                let (n, e) = (without_zeros(n), without_zeros(e));
                let key = RsaPublicKeyComponents { n, e };
                key.verify(padding, message, signature).ok()
            }
        }
    }
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(
        &self,
        message: &[u8],
        signature: &Vec<u8>,
    ) -> std::result::Result<(), signature::Error> {
        let verified = self.verifies(message, signature);
        verified.ok_or_else(signature::Error::new)
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
