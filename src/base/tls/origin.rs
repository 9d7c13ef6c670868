//! Where a certificate comes from, and why a start made a new one.
//!
//! The start prints it, so that a student whose browser warns again learns the reason. Next:
//! [`super`], which decides.

use std::fmt;

/// Where a certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateOrigin {
    /// From the two files, as they were.
    Loaded,
    /// Made by this start.
    Made(RenewalReason),
}

/// Why a start made a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenewalReason {
    /// There was none.
    FirstStart,
    /// The certificate had no key beside it, and is worth nothing without.
    KeyMissing,
    /// The key had no certificate beside it; the new one is for the same key.
    CertificateMissing,
    /// The key belonged to another certificate.
    KeyDoesNotMatch,
    /// The certificate had expired.
    Expired,
    /// The certificate had less than a week to go.
    ExpiresSoon,
    /// The certificate was made by a clock that was ahead.
    NotYetValid,
    /// The certificate lacked this name.
    NameMissing(String),
}

impl fmt::Display for CertificateOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loaded => f.write_str("the one of the last start"),
            Self::Made(why) => write!(f, "made by this start: {why}"),
        }
    }
}

impl fmt::Display for RenewalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FirstStart => f.write_str("there was none"),
            Self::KeyMissing => f.write_str("the key of the old one was missing"),
            Self::CertificateMissing => f.write_str("it was missing; the key is the old one"),
            Self::KeyDoesNotMatch => f.write_str("the key did not match the old one"),
            Self::Expired => f.write_str("the old one had expired"),
            Self::ExpiresSoon => f.write_str("the old one would expire within a week"),
            Self::NotYetValid => f.write_str("the old one was not valid yet"),
            Self::NameMissing(name) => write!(f, "the old one lacked the name {name}"),
        }
    }
}
