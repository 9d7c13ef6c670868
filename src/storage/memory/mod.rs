//! Storage in memory: one shelf a bench, each behind its own lock. Everything is gone when the
//! program ends, which suits the benches of the matrix and of the tests.
//!
//! Next: `plan.rs`, what a commit changes; `shelf.rs`, which holds the records. [`super::file`] is
//! the same shelf, written through to the disk.

pub(super) mod journal;
pub(super) mod plan;
pub(super) mod shelf;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;

use super::{Batch, Commit, EventId, Index, RecordKey, Storage, StorageError, Stored};
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::base::event::Event;
use shelf::Shelf;

/// One shelf a bench, in memory only.
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
    benches: RwLock<HashMap<BenchName, Arc<Mutex<Shelf>>>>,
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

    /// What `look` sees on the bench's shelf; `None` when the bench has none yet.
    fn look<T>(&self, bench: &BenchName, look: impl FnOnce(&mut Shelf) -> T) -> Option<T> {
        let shelf = {
            let benches = self.benches.read().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(benches.get(bench)?)
        };
        Some(look(&mut lock(&shelf)))
    }

    /// The bench's shelf, made on first use.
    fn shelf(&self, bench: &BenchName) -> Arc<Mutex<Shelf>> {
        let benches = self.benches.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(shelf) = benches.get(bench) {
            return Arc::clone(shelf);
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
    ) -> Result<Option<Stored>, StorageError> {
        Ok(self.look(bench, |shelf| shelf.read(key)).flatten())
    }

    async fn members(
        &self,
        bench: &BenchName,
        index: &Index,
        limit: usize,
    ) -> Result<Vec<RecordKey>, StorageError> {
        Ok(self
            .look(bench, |shelf| shelf.members(index, limit))
            .unwrap_or_default())
    }

    async fn may_exceed(
        &self,
        bench: &BenchName,
        index: &Index,
        limit: usize,
    ) -> Result<bool, StorageError> {
        let count = self.look(bench, |shelf| shelf.count(index));
        Ok(count.is_some_and(|count| count > limit))
    }

    async fn commit(&self, bench: &BenchName, batch: Batch) -> Result<Commit, StorageError> {
        let shelf = self.shelf(bench);
        let mut shelf = lock(&shelf);
        match shelf.plan(batch) {
            Some(plan) => {
                shelf.apply(plan);
                Ok(Commit::Done)
            }
            None => Ok(Commit::Lost),
        }
    }

    async fn touch(
        &self,
        bench: &BenchName,
        key: &RecordKey,
        seen: BenchTime,
        until: BenchTime,
    ) -> Result<(), StorageError> {
        self.look(bench, |shelf| shelf.touch(key, seen, until));
        Ok(())
    }

    async fn events(
        &self,
        bench: &BenchName,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<(EventId, Event)>, StorageError> {
        Ok(self
            .look(bench, |shelf| shelf.journal().after(after, limit))
            .unwrap_or_default())
    }

    async fn sweep(
        &self,
        bench: &BenchName,
        now: BenchTime,
        limit: usize,
    ) -> Result<usize, StorageError> {
        let swept = self.look(bench, |shelf| {
            let due = shelf.due(now, limit);
            due.iter().for_each(|key| shelf.remove(key));
            due.len()
        });
        Ok(swept.unwrap_or_default())
    }
}
