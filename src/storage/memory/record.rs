//! A record with everything that storage knows about it.

use std::sync::Arc;

use crate::base::clock::BenchTime;
use crate::storage::{RecordKey, StoredRecord};

/// A record with everything that storage knows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordEntry {
    /// The value of the last put.
    pub value: Arc<[u8]>,
    /// Counts the puts: 1 after the first.
    pub version: u64,
    /// When it was last used.
    pub last_used: BenchTime,
    /// From when on it no longer counts.
    pub expires_at: BenchTime,
    /// The owner whose list names it.
    pub owner: Option<String>,
    /// The record that this one replaced.
    pub replaces: Option<RecordKey>,
    /// The sequence number of its first put. It orders the lists, and no other record has it.
    pub position: u64,
    /// The sequence number of the batch that put it last. After a crash it tells whether a record
    /// that another one replaces is the old one, or one that was put again later.
    pub sequence: u64,
}

impl RecordEntry {
    /// The part that the storage contract gives out.
    pub fn stored(&self) -> StoredRecord {
        StoredRecord {
            value: Arc::clone(&self.value),
            version: self.version,
            last_used: self.last_used,
            expires_at: self.expires_at,
        }
    }
}
