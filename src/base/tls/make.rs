//! Making a key and a certificate that signs itself (rcgen).
//!
//! Read [`super`] first: it decides when this happens.

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData as _, SerialNumber,
};
use time::{Duration, OffsetDateTime};

use crate::base::start_error::StartError;

/// Browsers refuse more than 398 days (CA/Browser Forum, Baseline Requirements, section 6.3.2),
/// which also asks issuers to stay a day below. Apple takes up to 825 from a private root, but
/// this certificate has no root.
const LIFETIME: Duration = Duration::days(397);

/// A telephone whose clock is behind must not find a certificate of tomorrow.
const CLOCK_SKEW: Duration = Duration::days(1);

const COMMON_NAME: &str = "Session Lab (this computer only)";

/// A private key, kept in the PEM it came in.
pub(super) struct KeyPem {
    pair: KeyPair,
    pem: String,
}

impl KeyPem {
    /// A new key on the curve P-256, which every browser takes and which signs fast.
    pub fn generate() -> Result<Self, StartError> {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
            .map_err(|error| cannot_make(&error.to_string()))?;
        let pem = pair.serialize_pem();
        Ok(Self { pair, pem })
    }

    /// A key from PEM (PKCS#8), with the reason where it is none.
    pub fn parse(pem: &str) -> Result<Self, String> {
        let pair = KeyPair::from_pem(pem).map_err(|_| "no private key in PKCS#8".to_owned())?;
        Ok(Self {
            pair,
            pem: pem.to_owned(),
        })
    }

    /// The public half, as a certificate carries it (SubjectPublicKeyInfo, DER).
    pub fn public_key(&self) -> Vec<u8> {
        self.pair.subject_public_key_info()
    }

    pub fn into_pem(self) -> String {
        self.pem
    }
}

/// A certificate for `names`, signed by its own key, as PEM.
pub(super) fn self_signed(
    key: &KeyPem,
    names: &[String],
    now: OffsetDateTime,
) -> Result<String, StartError> {
    let mut params =
        CertificateParams::new(names).map_err(|error| cannot_make(&error.to_string()))?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, COMMON_NAME);
    params.not_before = now.saturating_sub(CLOCK_SKEW);
    // Both ends belong to the validity (RFC 5280, section 4.1.2.5).
    params.not_after = params
        .not_before
        .saturating_add(LIFETIME - Duration::SECOND);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.serial_number = Some(serial_number()?);
    let certificate = params
        .self_signed(&key.pair)
        .map_err(|error| cannot_make(&error.to_string()))?;
    Ok(certificate.pem())
}

pub(super) fn cannot_make(reason: &str) -> StartError {
    StartError::new(
        format!("cannot make a certificate: {reason}"),
        "check the name that --public-name gives, and start again",
    )
}

/// rcgen takes the number from the key, but two certificates of one key and one number look forged
/// to Firefox (SEC_ERROR_REUSED_ISSUER_AND_SERIAL).
fn serial_number() -> Result<SerialNumber, StartError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| cannot_make(&error.to_string()))?;
    // Positive and of one length.
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}
