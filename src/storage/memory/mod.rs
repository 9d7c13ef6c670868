//! Storage in memory: the records of each bench, behind a lock for each bench. Everything is gone
//! when the program ends, which suits the benches of the matrix and of the tests.
//!
//! Next: `plan.rs`, what a commit changes; `bench_records.rs`, which holds the records.
//! [`super::file`] keeps the same records, and writes them through to the disk.

pub(super) mod bench_records;
pub(super) mod journal;
pub(super) mod plan;
pub(super) mod record;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;

use super::{Batch, Commit, EventId, RecordIndex, RecordKey, Storage, StorageError, StoredRecord};
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::base::event::Event;
use bench_records::BenchRecords;

/// The records of each bench, in memory only.
///
/// ```
/// use session_lab::base::bench_name::BenchName;
/// use session_lab::storage::{Batch, Commit, MemoryStorage, Storage};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let storage = MemoryStorage::new();
/// let answer = storage.commit(&BenchName::local(), Batch::default()).await;
/// assert_eq!(answer.unwrap(), Commit::Done);
/// # }
/// ```
#[derive(Default)]
pub struct MemoryStorage {
    // This lock is held only while a bench is looked up; the work is done under the bench's own.
    benches: RwLock<HashMap<BenchName, Arc<Mutex<BenchRecords>>>>,
}

impl MemoryStorage {
    /// A storage without any bench.
    pub fn new() -> Self {
        Self::default()
    }

    /// The benches that something was committed to.
    pub fn benches(&self) -> Vec<BenchName> {
        let benches = self.benches.read().unwrap_or_else(PoisonError::into_inner);
        benches.keys().cloned().collect()
    }

    /// Throws a bench away with all that is on it, as the matrix does after a run.
    pub fn forget(&self, bench: &BenchName) {
        let mut benches = self.benches.write().unwrap_or_else(PoisonError::into_inner);
        benches.remove(bench);
    }

    /// What `look` sees in the bench's records; `None` when the bench has none yet.
    fn look<T>(&self, bench: &BenchName, look: impl FnOnce(&mut BenchRecords) -> T) -> Option<T> {
        let records = {
            let benches = self.benches.read().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(benches.get(bench)?)
        };
        Some(look(&mut lock(&records)))
    }

    /// The bench's records, which are made on first use.
    fn records(&self, bench: &BenchName) -> Arc<Mutex<BenchRecords>> {
        let benches = self.benches.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(records) = benches.get(bench) {
            return Arc::clone(records);
        }
        drop(benches);
        let mut benches = self.benches.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(benches.entry(bench.clone()).or_default())
    }
}

impl fmt::Debug for MemoryStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStorage").finish_non_exhaustive()
    }
}

/// Locks a mutex that may be poisoned: one request that panicked must not end the bench for all
/// others. What the lock guards is changed by code that does not panic half-way.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Storage for MemoryStorage {
    async fn read(
        &self,
        bench: &BenchName,
        key: &RecordKey,
    ) -> Result<Option<StoredRecord>, StorageError> {
        Ok(self.look(bench, |records| records.read(key)).flatten())
    }

    async fn members(
        &self,
        bench: &BenchName,
        index: &RecordIndex,
        limit: usize,
    ) -> Result<Vec<RecordKey>, StorageError> {
        Ok(self
            .look(bench, |records| records.members(index, limit))
            .unwrap_or_default())
    }

    async fn may_exceed(
        &self,
        bench: &BenchName,
        index: &RecordIndex,
        limit: usize,
    ) -> Result<bool, StorageError> {
        let count = self.look(bench, |records| records.count(index));
        Ok(count.is_some_and(|count| count > limit))
    }

    async fn commit(&self, bench: &BenchName, batch: Batch) -> Result<Commit, StorageError> {
        let records = self.records(bench);
        let mut records = lock(&records);
        match records.plan(batch) {
            Some(plan) => {
                records.apply(plan);
                Ok(Commit::Done)
            }
            None => Ok(Commit::Conflict),
        }
    }

    async fn touch(
        &self,
        bench: &BenchName,
        key: &RecordKey,
        last_used: BenchTime,
        expires_at: BenchTime,
    ) -> Result<(), StorageError> {
        self.look(bench, |records| records.touch(key, last_used, expires_at));
        Ok(())
    }

    async fn events(
        &self,
        bench: &BenchName,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<(EventId, Event)>, StorageError> {
        Ok(self
            .look(bench, |records| records.journal().after(after, limit))
            .unwrap_or_default())
    }

    async fn last_event(&self, bench: &BenchName) -> Result<EventId, StorageError> {
        let last = self.look(bench, |records| records.journal().last());
        Ok(last.unwrap_or_default())
    }

    async fn sweep(
        &self,
        bench: &BenchName,
        now: BenchTime,
        limit: usize,
    ) -> Result<usize, StorageError> {
        let swept = self.look(bench, |records| {
            let due = records.due(now, limit);
            due.iter().for_each(|key| records.remove(key));
            due.len()
        });
        Ok(swept.unwrap_or_default())
    }
}
