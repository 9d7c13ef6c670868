//! Counting what a store holds, while a lab may be at work on it. Reading changes nothing there.
//!
//! [`super::file::stats`] and [`mod@super::redis::stats`] read; [`crate::cli::store_stats`] counts
//! and prints.

use super::{RecordKey, StoredRecord};
use crate::base::bench_name::BenchName;

/// The settings of a bench that a count needs, as they are stored.
#[derive(Clone, Debug, Default)]
pub struct BenchSettings {
    /// How far its clock is ahead.
    pub clock: Option<Vec<u8>>,
    /// Its own mix.
    pub custom: Option<Vec<u8>>,
}

/// Receives everything that a store holds, each thing once.
pub trait Census: Send {
    /// A bench. It comes before everything on it.
    fn bench(&mut self, bench: &BenchName, settings: &BenchSettings);

    /// A session, read.
    fn session(&mut self, bench: &BenchName, key: &RecordKey, stored: &StoredRecord);

    /// A record of any other kind, which is not read.
    fn record(&mut self, bench: &BenchName, key: &RecordKey);

    /// The journal of a bench, by the number of its events.
    fn journal(&mut self, bench: &BenchName, events: usize);

    /// A session's record that cannot be read.
    fn unreadable(&mut self);
}
