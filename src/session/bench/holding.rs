//! Whether a bench holds something: what counts against the number of benches, and what may go.
//!
//! A visit is not a use. Any page of any site can make a browser fetch a thousand addresses, so a
//! name in an address must take no place that somebody else then lacks. A bench holds something from
//! its first record that somebody meant to leave: a sign-in, a notice, a setting, progress. An
//! anonymous session, a count of failures and an ended token are not that.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{Bench, Sharing, is_run_name};
use crate::session::recognise::ANONYMOUS;
use crate::storage::{Batch, Put, RecordKind, StorageError};

/// What is known of it in this process.
#[derive(Debug, Default)]
pub(super) struct Holding {
    something: AtomicBool,
    /// Nothing was stored when it was first asked for, and nobody else uses the store.
    began_empty: AtomicBool,
}

impl Bench {
    /// Notes what a batch leaves behind.
    pub(in crate::session) fn note_held(&self, batch: &Batch) {
        if batch.put.iter().any(is_meant_to_stay) {
            self.hold();
        }
    }

    /// From now on the bench counts.
    pub fn hold(&self) {
        self.holding.something.store(true, Ordering::Relaxed);
    }

    /// Whether the bench counts: it holds something, or its records are nowhere else.
    pub(super) fn holds_something(&self) -> bool {
        let always = self.name.is_local() || is_run_name(&self.name);
        always || self.holding.something.load(Ordering::Relaxed)
    }

    /// Asks the store for the first time whether there is anything.
    pub(super) async fn look_whether_empty(&self, changed: u64) -> Result<(), StorageError> {
        if self.sharing == Sharing::Alone && changed == 0 {
            let empty = self.last_event().await?.0 == 0;
            self.holding.began_empty.store(empty, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Removes the anonymous sessions that visits left, where there is nothing else.
    pub(super) async fn remove_traces(&self) -> Result<(), StorageError> {
        if self.holding.began_empty.load(Ordering::Relaxed) && !self.holds_something() {
            // A bench that was made for a student is theirs before they do anything there.
            self.storage.clear(&self.name, &[RecordKind::Owner]).await?;
        }
        Ok(())
    }
}

fn is_meant_to_stay(put: &Put) -> bool {
    match put.key.kind() {
        RecordKind::Counter | RecordKind::Throttle | RecordKind::Denylist => false,
        RecordKind::Session => put.owner.as_deref() != Some(ANONYMOUS),
        _ => true,
    }
}
