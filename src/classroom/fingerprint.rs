//! The fingerprint of a desk's certificate, by which a student's lab knows the desk.
//!
//! Nobody vouches for the desk's certificate, and its address is that of any room. So the lab takes
//! one certificate and no other: the one whose SHA-256 came in the link, or that the student compared
//! with the projector.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How many hexadecimal digits are compared by eye: 96 bits. Somebody who wants another certificate
/// with the same digits must make 2^96 keys.
const BY_EYE: usize = 24;

/// SHA-256 of a certificate's DER.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeskFingerprint([u8; 32]);

/// The text is no fingerprint.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 43 letters and digits of base64url, or 64 hexadecimal digits")]
pub struct BadFingerprint;

impl DeskFingerprint {
    /// The fingerprint of a certificate.
    pub fn of_der(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// The fingerprint with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What people compare: `3F2A 09BC 77D1 0E54 A1B2 C3D4`.
    pub fn by_eye(&self) -> String {
        let digits: Vec<char> = self.hexadecimal().chars().take(BY_EYE).collect();
        let groups: Vec<String> = digits.chunks(4).map(|four| four.iter().collect()).collect();
        groups.join(" ")
    }

    fn hexadecimal(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

/// As it is in a link: base64url, whole.
impl fmt::Display for DeskFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for DeskFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for DeskFingerprint {
    type Err = BadFingerprint;

    fn from_str(text: &str) -> Result<Self, BadFingerprint> {
        let digits: String = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        let bytes = if digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            let pair = |at: usize| {
                digits
                    .get(at..at + 2)
                    .map(|two| u8::from_str_radix(two, 16))
            };
            let bytes = (0..64).step_by(2).filter_map(pair);
            bytes
                .collect::<Result<Vec<u8>, _>>()
                .map_err(|_| BadFingerprint)?
        } else {
            let decoded = BASE64_URL_SAFE_NO_PAD.decode(text);
            decoded.map_err(|_| BadFingerprint)?
        };
        let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| BadFingerprint)?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for DeskFingerprint {
    type Error = BadFingerprint;

    fn try_from(text: String) -> Result<Self, BadFingerprint> {
        text.parse()
    }
}

impl From<DeskFingerprint> for String {
    fn from(fingerprint: DeskFingerprint) -> Self {
        fingerprint.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_is_written_in_links_and_by_openssl() {
        let desk = DeskFingerprint::of_der(b"a certificate");
        assert_eq!(desk.to_string().parse(), Ok(desk));
        let hexadecimal = desk.hexadecimal();
        assert_eq!(hexadecimal.to_lowercase().parse(), Ok(desk));
        let pairs: Vec<_> = (0..64)
            .step_by(2)
            .map(|at| &hexadecimal[at..at + 2])
            .collect();
        assert_eq!(pairs.join(":").parse(), Ok(desk));
        for text in ["", "abcd", &hexadecimal[..62], "é", &"+".repeat(43)] {
            assert_eq!(
                text.parse::<DeskFingerprint>(),
                Err(BadFingerprint),
                "{text}"
            );
        }
    }

    #[test]
    fn people_compare_96_bits() {
        let by_eye = DeskFingerprint::from_bytes([0xab; 32]).by_eye();
        assert_eq!(by_eye, "ABAB ABAB ABAB ABAB ABAB ABAB");
    }
}
