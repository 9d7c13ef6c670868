//! The lab's own TLS certificate: self-signed, made at the first start, kept in `lab-data/tls`.
//!
//! A certificate that nobody vouches for is part of the lesson: browsers warn, and a student can
//! compare the fingerprint on the terminal with the one in the browser. `make` signs one, `read`
//! takes one apart; here it is decided which of the two a start needs.

mod make;
mod origin;
mod read;

use std::{fmt, net::IpAddr, path::Path};

use time::{Duration, OffsetDateTime};

use self::make::KeyPem;
pub use self::origin::{CertificateOrigin, RenewalReason};
pub(crate) use self::read::ParsedCertificate;
use crate::base::private_file;
use crate::base::private_file::Readers;
use crate::base::start_error::StartError;

/// The names of the two files in the certificate's folder.
const CERT_FILE: &str = "cert.pem";
const KEY_FILE: &str = "key.pem";

/// The names by which the lab answers on every computer.
const NAMES: [&str; 7] = [
    "localhost",
    "lab.test",
    "portal.localhost",
    "notes.portal.localhost",
    "evil.localhost",
    "127.0.0.1",
    "::1",
];

/// A lab that starts today should not lose its certificate during the week's classes.
const RENEW_BEFORE: Duration = Duration::days(7);

/// A certificate with its private key.
#[derive(Clone)]
pub struct Certificate {
    cert_pem: String,
    key_pem: String,
    fingerprint: String,
    names: Vec<String>,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    /// Where it comes from, for the line that the start prints.
    pub origin: CertificateOrigin,
}

impl Certificate {
    /// The certificate in `dir`, or a new one where that is missing or does not fit.
    ///
    /// `extra_names` are the DNS names and addresses of a class. A missing key means a new pair; a
    /// missing certificate is signed again with the key that is there, because that key still
    /// works, and what a key protects should not change by deleting something public.
    ///
    /// # Errors
    /// The folder cannot be written, a file there is not what it should be (it is left as it is),
    /// or a name is not possible in a certificate.
    pub fn load_or_make(
        dir: &Path,
        extra_names: &[String],
        now: OffsetDateTime,
    ) -> Result<Self, StartError> {
        private_file::make_folder(dir)?;
        let (cert_path, key_path) = (dir.join(CERT_FILE), dir.join(KEY_FILE));
        // Both are parsed before anything is decided: a broken file is never written over.
        let (cert, key) = read_files(dir)?;
        let names = all_names(extra_names);
        let (why, key) = match (cert, key) {
            (None, None) => (RenewalReason::FirstStart, KeyPem::generate()?),
            (Some(_), None) => (RenewalReason::KeyMissing, KeyPem::generate()?),
            (None, Some(key)) => (RenewalReason::CertificateMissing, key),
            (Some((cert_pem, parsed)), Some(key)) => match why_not(&parsed, &key, &names, now) {
                None => {
                    private_file::close_to_others(&key_path);
                    return Ok(Self::new(cert_pem, key, parsed, CertificateOrigin::Loaded));
                }
                Some(why) => (why, KeyPem::generate()?),
            },
        };
        let made = Self::sign(key, &names, now, why)?;
        // The key first: a start killed in between leaves a pair that does not match, or a key
        // alone, and the next start makes both of that good.
        private_file::write(&key_path, &made.key_pem, Readers::Owner)?;
        private_file::write(&cert_path, &made.cert_pem, Readers::Everybody)?;
        Ok(made)
    }

    /// The first and the last moment of the certificate in `dir`, where there is one. Nothing is
    /// written.
    ///
    /// # Errors
    /// A file there is not what it should be.
    pub fn validity(dir: &Path) -> Result<Option<(OffsetDateTime, OffsetDateTime)>, StartError> {
        let (cert, _) = read_files(dir)?;
        Ok(cert.map(|(_, parsed)| (parsed.not_before, parsed.not_after)))
    }

    /// A new certificate that no file keeps, for tests.
    ///
    /// # Errors
    /// A name is not possible in a certificate, or the system has no randomness.
    pub fn in_memory(extra_names: &[String], now: OffsetDateTime) -> Result<Self, StartError> {
        Self::sign(
            KeyPem::generate()?,
            &all_names(extra_names),
            now,
            RenewalReason::FirstStart,
        )
    }

    /// The certificate as PEM, for everybody.
    pub fn cert_pem(&self) -> &str {
        &self.cert_pem
    }

    /// The private key as PEM (PKCS#8), for the listener only.
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }

    /// SHA-256 of the certificate's DER: upper-case pairs of hexadecimal digits with colons, as
    /// browsers and `openssl x509 -fingerprint -sha256` show it.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The DNS names and addresses it is for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The first second of its life.
    pub fn not_before(&self) -> OffsetDateTime {
        self.not_before
    }

    /// The last second of its life.
    pub fn not_after(&self) -> OffsetDateTime {
        self.not_after
    }

    fn sign(
        key: KeyPem,
        names: &[String],
        now: OffsetDateTime,
        why: RenewalReason,
    ) -> Result<Self, StartError> {
        let cert_pem = make::self_signed(&key, names, now)?;
        let parsed =
            ParsedCertificate::from_pem(&cert_pem).map_err(|reason| make::cannot_make(&reason))?;
        Ok(Self::new(
            cert_pem,
            key,
            parsed,
            CertificateOrigin::Made(why),
        ))
    }

    fn new(
        cert_pem: String,
        key: KeyPem,
        parsed: ParsedCertificate,
        origin: CertificateOrigin,
    ) -> Self {
        let ParsedCertificate {
            fingerprint,
            names,
            not_before,
            not_after,
            ..
        } = parsed;
        let key_pem = key.into_pem();
        Self {
            cert_pem,
            key_pem,
            fingerprint,
            names,
            not_before,
            not_after,
            origin,
        }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("fingerprint", &self.fingerprint)
            .field("names", &self.names)
            .field("not_after", &self.not_after)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// A certificate as its file holds it, and what is in it.
type ReadCertificate = (String, ParsedCertificate);

/// The two files in the certificate's folder, parsed, as far as they are there.
fn read_files(dir: &Path) -> Result<(Option<ReadCertificate>, Option<KeyPem>), StartError> {
    let (cert_path, key_path) = (dir.join(CERT_FILE), dir.join(KEY_FILE));
    let cert = private_file::read(&cert_path)?
        .map(|pem| ParsedCertificate::from_pem(&pem).map(|parsed| (pem, parsed)))
        .transpose()
        .map_err(|reason| broken(dir, &cert_path, &reason))?;
    let key = private_file::read(&key_path)?
        .map(|pem| KeyPem::parse(&pem))
        .transpose()
        .map_err(|reason| broken(dir, &key_path, &reason))?;
    Ok((cert, key))
}

fn why_not(
    cert: &ParsedCertificate,
    key: &KeyPem,
    names: &[String],
    now: OffsetDateTime,
) -> Option<RenewalReason> {
    if cert.public_key != key.public_key() {
        return Some(RenewalReason::KeyDoesNotMatch);
    }
    if cert.not_after < now {
        return Some(RenewalReason::Expired);
    }
    if cert.not_after - now < RENEW_BEFORE {
        return Some(RenewalReason::ExpiresSoon);
    }
    if now < cert.not_before {
        return Some(RenewalReason::NotYetValid);
    }
    let missing = names.iter().find(|name| !cert.names.contains(name));
    missing.map(|name| RenewalReason::NameMissing(name.clone()))
}

/// The fixed names and the extra ones, each once, as `read` spells them.
fn all_names(extra_names: &[String]) -> Vec<String> {
    let mut names: Vec<String> = NAMES.map(str::to_owned).into();
    for name in extra_names {
        let name = name
            .parse::<IpAddr>()
            .map_or_else(|_| name.to_ascii_lowercase(), |address| address.to_string());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn broken(dir: &Path, path: &Path, reason: &str) -> StartError {
    let kind = if path.ends_with(KEY_FILE) {
        "key"
    } else {
        "certificate"
    };
    let (cert, key) = (dir.join(CERT_FILE), dir.join(KEY_FILE));
    let command = format!("rm -f '{}' '{}'", cert.display(), key.display());
    StartError::new(
        format!("broken {kind} file {}: {reason}", path.display()),
        format!("delete both and the next start makes new ones: {command}"),
    )
}

#[cfg(test)]
mod tests;
