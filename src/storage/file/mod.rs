//! Storage in files: the records of [`super::memory`], written through to one file for each record.
//!
//! `ls -la lab-data/sessions/local/hardened` shows a sign-in come and a sign-out go. A commit
//! answers when its files are in place; reads come from memory; when a record was last used is
//! written in the background, by [`FileStorage::flush`].
//!
//! ```text
//! lab-data/lock                                       held while the program runs
//! lab-data/<kind>/<bench>/<variant>/<name>.json       one record; `bench` for what all share
//! lab-data/journal/<bench>.jsonl                      one commit a line, with its events
//! lab-data/set-aside/<kind>/<bench>/<variant>/…       files that could not be read
//! ```
//!
//! Next: `writer.rs`, in what order a commit touches the disk; `load.rs`, what is made of the files
//! at the next start; `record.rs`, the form of one file.

mod disk;
mod failure;
#[cfg(test)]
mod fault;
mod folder;
mod journal;
mod load;
mod record;
pub mod stats;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::memory::bench_records::BenchRecords;
use super::memory::lock;
use super::{
    Batch, Commit, EventId, RecordIndex, RecordKey, RecordKind, Storage, StorageError, StoredRecord,
};
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::base::event::Event;
use folder::Folder;
pub use folder::{LOCK_FILE, OpenFolderError};
use load::Loaded;
use writer::BenchWriter;

/// The highest count believed of a file, which somebody may have edited: more than anyone will
/// reach, and far enough from the end of the numbers to count on from there.
const HIGHEST: u64 = 1 << 53;

/// How many touched records are written before a commit may go on: about 5 ms of work.
const FLUSH_BATCH: usize = 64;

/// One file a record in a data folder, and all of it in memory while a bench is in use.
pub struct FileStorage {
    folder: Arc<Folder>,
    // This lock is held only while a bench is looked up.
    benches: RwLock<HashMap<BenchName, Arc<BenchSlot>>>,
    set_aside: Arc<Mutex<Vec<PathBuf>>>,
    opened: Instant,
}

/// Where a bench is once it is loaded, so that two benches can load at the same time.
#[derive(Default)]
struct BenchSlot {
    bench: OnceCell<Arc<LoadedBench>>,
    /// When it was last asked for, in milliseconds after the storage was opened.
    used: AtomicU64,
}

/// A bench in memory.
struct LoadedBench {
    /// Locked for memory work only, never while the disk is at work.
    records: Mutex<BenchRecords>,
    /// Locked for as long as the disk is at work.
    writer: Arc<tokio::sync::Mutex<BenchWriter>>,
}

impl FileStorage {
    /// Opens a data folder, which is made when it is missing. Benches are loaded on first use.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or written to, or another program has it open.
    pub fn open(root: &Path) -> Result<Self, OpenFolderError> {
        Ok(Self {
            folder: Arc::new(Folder::open(root)?),
            benches: RwLock::default(),
            set_aside: Arc::default(),
            opened: Instant::now(),
        })
    }

    /// The benches in memory.
    pub fn benches(&self) -> Vec<BenchName> {
        let benches = self.benches.read().unwrap_or_else(PoisonError::into_inner);
        benches.keys().cloned().collect()
    }

    /// The files that could not be read since the start, by the paths that they have now.
    pub fn set_aside(&self) -> Vec<PathBuf> {
        lock(&self.set_aside).clone()
    }

    /// Writes down when records were last used, and says how many it wrote. To be called every
    /// few seconds and before the program ends.
    ///
    /// # Errors
    ///
    /// Some could not be written. All others were, and the next call tries these again.
    pub async fn flush(&self) -> Result<usize, StorageError> {
        let mut written = 0;
        let mut result = Ok(());
        for bench in self.loaded() {
            // What is touched from here on is for the next call: a busy bench would never end.
            let touched = lock(&bench.records).touched();
            for batch in touched.chunks(FLUSH_BATCH) {
                let batch = batch.to_vec();
                let work = move |writer: &mut BenchWriter, records: &Mutex<BenchRecords>| {
                    writer.write_touched(records, &batch)
                };
                match write(Arc::clone(&bench), work).await {
                    Ok(more) => written += more,
                    Err(error) => result = Err(error),
                }
            }
        }
        result.map(|()| written)
    }

    /// Takes benches out of memory that nobody asked for in this time, and says how many. Their
    /// files stay, and bring them back when they are asked for.
    pub async fn unload_idle(&self, unused_for: Duration) -> usize {
        // A bench whose records cannot be written stays in memory; the next flush reports it.
        let _ = self.flush().await;
        let now = self.now();
        let unload = |slot: &mut Arc<BenchSlot>| {
            // Two copies of one bench in memory would be two truths. `get_mut` proves that no
            // request holds this one, and the lock on the map keeps new ones away.
            let Some(slot) = Arc::get_mut(slot) else {
                return false;
            };
            let unused = now.saturating_sub(*slot.used.get_mut());
            Duration::from_millis(unused) >= unused_for
                && slot
                    .bench
                    .get_mut()
                    .is_none_or(|bench| Arc::get_mut(bench).is_some_and(LoadedBench::is_written))
        };
        let mut benches = self.benches.write().unwrap_or_else(PoisonError::into_inner);
        let unloaded: Vec<_> = benches.extract_if(|_, slot| unload(slot)).collect();
        // Many records take a while to be dropped, and nobody needs to wait for that.
        drop(benches);
        unloaded.len()
    }

    fn now(&self) -> u64 {
        self.opened
            .elapsed()
            .as_millis()
            .try_into()
            .unwrap_or(u64::MAX)
    }

    /// All benches that are loaded.
    fn loaded(&self) -> Vec<Arc<LoadedBench>> {
        let benches = self.benches.read().unwrap_or_else(PoisonError::into_inner);
        benches
            .values()
            .filter_map(|slot| slot.bench.get().cloned())
            .collect()
    }

    fn slot(&self, name: &BenchName) -> Arc<BenchSlot> {
        let benches = self.benches.read().unwrap_or_else(PoisonError::into_inner);
        let found = benches.get(name).cloned();
        drop(benches);
        let slot = found.unwrap_or_else(|| {
            let mut benches = self.benches.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(benches.entry(name.clone()).or_default())
        });
        slot.used.store(self.now(), Ordering::Relaxed);
        slot
    }

    /// The bench, loaded on first use.
    async fn bench(&self, name: &BenchName) -> Result<Arc<LoadedBench>, StorageError> {
        let slot = self.slot(name);
        if let Some(bench) = slot.bench.get() {
            return Ok(Arc::clone(bench));
        }
        let (folder, name) = (Arc::clone(&self.folder), name.clone());
        let set_aside = Arc::clone(&self.set_aside);
        // A separate task goes on when the request is given up: loading tidies files, and must
        // not happen twice at the same time.
        let loading = tokio::spawn(async move {
            let load = || async {
                let Loaded {
                    bench,
                    set_aside: found,
                } = blocking(move || {
                    load::load(&folder, &name).map_err(|error| {
                        folder
                            .failure()
                            .note(&folder.of_kind(&name, RecordKind::Session));
                        StorageError::Unreachable(format!("bench {name}: {error}"))
                    })
                })
                .await?;
                lock(&set_aside).extend(found);
                Ok(Arc::new(bench))
            };
            slot.bench.get_or_try_init(load).await.cloned()
        });
        loading
            .await
            .map_err(|error| StorageError::of_thread(&error))?
    }
}

impl LoadedBench {
    /// Whether the disk says all that memory says.
    fn is_written(&mut self) -> bool {
        let records = self
            .records
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let writer = Arc::get_mut(&mut self.writer).map(tokio::sync::Mutex::get_mut);
        records.touched().is_empty() && writer.is_some_and(|writer| writer.is_synced())
    }
}

impl fmt::Debug for FileStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStorage").finish_non_exhaustive()
    }
}

/// Waits for the bench's writer and has it work.
///
/// The work owns all that it needs: it is done to its end, and the next one waits for it, even when
/// the request that asked for it is given up.
async fn write<T: Send + 'static>(
    bench: Arc<LoadedBench>,
    work: impl FnOnce(&mut BenchWriter, &Mutex<BenchRecords>) -> Result<T, StorageError>
    + Send
    + 'static,
) -> Result<T, StorageError> {
    let mut writer = Arc::clone(&bench.writer).lock_owned().await;
    blocking(move || work(&mut writer, &bench.records)).await
}

/// Does work that waits for the disk on a thread that may wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| StorageError::of_thread(&error))?
}

#[async_trait]
impl Storage for FileStorage {
    async fn read(
        &self,
        bench: &BenchName,
        key: &RecordKey,
    ) -> Result<Option<StoredRecord>, StorageError> {
        let bench = self.bench(bench).await?;
        Ok(lock(&bench.records).read(key))
    }

    async fn members(
        &self,
        bench: &BenchName,
        index: &RecordIndex,
        limit: usize,
    ) -> Result<Vec<RecordKey>, StorageError> {
        let bench = self.bench(bench).await?;
        Ok(lock(&bench.records).members(index, limit))
    }

    async fn may_exceed(
        &self,
        bench: &BenchName,
        index: &RecordIndex,
        limit: usize,
    ) -> Result<bool, StorageError> {
        let bench = self.bench(bench).await?;
        Ok(lock(&bench.records).count(index) > limit)
    }

    async fn commit(&self, bench: &BenchName, batch: Batch) -> Result<Commit, StorageError> {
        let bench = self.bench(bench).await?;
        write(bench, |writer, records| writer.commit(records, batch)).await
    }

    async fn touch(
        &self,
        bench: &BenchName,
        key: &RecordKey,
        last_used: BenchTime,
        expires_at: BenchTime,
    ) -> Result<(), StorageError> {
        let bench = self.bench(bench).await?;
        lock(&bench.records).touch(key, last_used, expires_at);
        Ok(())
    }

    async fn events(
        &self,
        bench: &BenchName,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<(EventId, Event)>, StorageError> {
        let bench = self.bench(bench).await?;
        Ok(lock(&bench.records).journal().after(after, limit))
    }

    async fn last_event(&self, bench: &BenchName) -> Result<EventId, StorageError> {
        let bench = self.bench(bench).await?;
        Ok(lock(&bench.records).journal().last())
    }

    async fn sweep(
        &self,
        bench: &BenchName,
        now: BenchTime,
        limit: usize,
    ) -> Result<usize, StorageError> {
        let bench = self.bench(bench).await?;
        write(bench, move |writer, records| {
            writer.sweep(records, now, limit)
        })
        .await
    }
}
