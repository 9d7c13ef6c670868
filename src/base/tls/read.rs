//! Taking a certificate apart (x509-cert): names, dates, fingerprint, public key.
//!
//! Read [`super`] first: it decides what follows from them.

use std::net::{Ipv4Addr, Ipv6Addr};

use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::pem::{PemObject as _, SectionKind};
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _, Reader as _, SliceReader};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::time::Time;

/// What the lab needs to know of a certificate.
pub(crate) struct ParsedCertificate {
    /// The certificate itself.
    pub der: Vec<u8>,
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
        let (kind, der) = <(SectionKind, Vec<u8>)>::from_pem_slice(text.as_bytes())
            .map_err(|_| "not PEM".to_owned())?;
        if kind != SectionKind::Certificate {
            return Err("its first PEM block is not a certificate".to_owned());
        }
        let no_certificate = |_| "not an X.509 certificate".to_owned();
        let mut reader = SliceReader::new(&der).map_err(no_certificate)?;
        let certificate = Certificate::decode(&mut reader).map_err(no_certificate)?;
        if !reader.is_finished() {
            return Err("something follows the certificate inside its PEM block".to_owned());
        }
        let signed = certificate.tbs_certificate();
        let public_key = signed.subject_public_key_info().to_der();
        Ok(Self {
            fingerprint: fingerprint(&der),
            names: names(&certificate)?,
            not_before: moment(signed.validity().not_before),
            not_after: moment(signed.validity().not_after),
            public_key: public_key.map_err(no_certificate)?,
            der,
        })
    }
}

/// A certificate says its times to the second, in the years 1950 to 9999.
fn moment(time: Time) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + time.to_unix_duration()
}

fn fingerprint(der: &[u8]) -> String {
    let pairs: Vec<String> = Sha256::digest(der)
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    pairs.join(":")
}

/// The DNS names (lower case) and addresses of the subjectAltName; browsers look nowhere else.
fn names(certificate: &Certificate) -> Result<Vec<String>, String> {
    let found = certificate.tbs_certificate().get_extension();
    let found: Option<(bool, SubjectAltName)> = found.map_err(|_| "its names cannot be read")?;
    let names = found.iter().flat_map(|(_, SubjectAltName(names))| names);
    Ok(names.filter_map(name).collect())
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_ascii_lowercase()),
        GeneralName::IpAddress(bytes) => <[u8; 4]>::try_from(bytes.as_bytes())
            .map(|address| Ipv4Addr::from(address).to_string())
            .or_else(|_| {
                <[u8; 16]>::try_from(bytes.as_bytes()).map(|ip| Ipv6Addr::from(ip).to_string())
            })
            .ok(),
        _ => None,
    }
}
