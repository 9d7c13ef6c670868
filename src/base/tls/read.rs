//! Taking a certificate apart (x509-parser): names, dates, fingerprint, public key.
//!
//! Read [`super`] first: it decides what follows from them.

use std::net::{Ipv4Addr, Ipv6Addr};

use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, parse_x509_certificate,
    pem::parse_x509_pem,
};

/// What the lab needs to know of a certificate.
pub(super) struct ParsedCertificate {
    pub fingerprint: String,
    pub names: Vec<String>,
    pub not_before: OffsetDateTime,
    pub not_after: OffsetDateTime,
    /// SubjectPublicKeyInfo, DER.
    pub public_key: Vec<u8>,
}

impl ParsedCertificate {
    /// The first certificate of a PEM file, with the reason where there is none.
    pub fn from_pem(text: &str) -> Result<Self, String> {
        let (_, pem) = parse_x509_pem(text.as_bytes()).map_err(|_| "not PEM".to_owned())?;
        if pem.label != "CERTIFICATE" {
            return Err("its first PEM block is not a certificate".to_owned());
        }
        let (rest, certificate) =
            parse_x509_certificate(&pem.contents).map_err(|_| "not an X.509 certificate")?;
        if !rest.is_empty() {
            return Err("something follows the certificate inside its PEM block".to_owned());
        }
        Ok(Self {
            fingerprint: fingerprint(&pem.contents),
            names: names(&certificate)?,
            not_before: certificate.validity().not_before.to_datetime(),
            not_after: certificate.validity().not_after.to_datetime(),
            public_key: certificate.public_key().raw.to_vec(),
        })
    }
}

fn fingerprint(der: &[u8]) -> String {
    let pairs: Vec<String> = Sha256::digest(der)
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    pairs.join(":")
}

/// The DNS names (lower case) and addresses of the subjectAltName; browsers look nowhere else.
fn names(certificate: &X509Certificate<'_>) -> Result<Vec<String>, String> {
    let extension = certificate
        .subject_alternative_name()
        .map_err(|_| "its names cannot be read")?;
    let names = extension.map_or(&[][..], |found| &found.value.general_names);
    Ok(names.iter().filter_map(name).collect())
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        GeneralName::IPAddress(bytes) => <[u8; 4]>::try_from(*bytes)
            .map(|address| Ipv4Addr::from(address).to_string())
            .or_else(|_| <[u8; 16]>::try_from(*bytes).map(|ip| Ipv6Addr::from(ip).to_string()))
            .ok(),
        _ => None,
    }
}
