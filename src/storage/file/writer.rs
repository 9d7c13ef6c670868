//! The writer of a bench's files. Each bench has one, behind a lock, so commits happen one
//! after the other; readers do not wait for it, because memory changes only when the disk has.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::disk::{self, Staged};
use super::folder::Folder;
use super::journal::JournalFile;
use super::record;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::storage::memory::bench_records::BenchRecords;
use crate::storage::memory::lock;
use crate::storage::memory::plan::Plan;
use crate::storage::memory::record::RecordEntry;
use crate::storage::{Batch, Commit, EventId, JOURNAL_LIMIT, RecordKey, StorageError};

/// What it takes to write a bench's files.
pub struct BenchWriter {
    folder: Arc<Folder>,
    bench: BenchName,
    journal: JournalFile,
    /// Records that are gone from memory, but whose files could not be removed. Each commit tries
    /// again.
    pending_deletes: BTreeSet<RecordKey>,
}

impl BenchWriter {
    /// The writer of a bench.
    pub fn new(folder: Arc<Folder>, bench: BenchName, journal: JournalFile) -> Self {
        Self {
            folder,
            bench,
            journal,
            pending_deletes: BTreeSet::new(),
        }
    }

    /// Whether no file is left that should be gone.
    pub fn is_synced(&self) -> bool {
        self.pending_deletes.is_empty()
    }

    /// Writes a batch to the disk, then to memory.
    pub fn commit(
        &mut self,
        records: &Mutex<BenchRecords>,
        batch: Batch,
    ) -> Result<Commit, StorageError> {
        // The lock is let go at the end of this line: planning is quick, and writing is not.
        let plan = lock(records).plan(batch);
        match plan {
            Some(plan) => self.carry_out(records, plan).map(|()| Commit::Done),
            None => Ok(Commit::Conflict),
        }
    }

    /// Removes at most `limit` records whose time is over.
    pub fn sweep(
        &mut self,
        records: &Mutex<BenchRecords>,
        now: BenchTime,
        limit: usize,
    ) -> Result<usize, StorageError> {
        let gone = lock(records).due(now, limit);
        let swept = gone.len();
        let plan = Plan {
            gone,
            ..Plan::default()
        };
        self.carry_out(records, plan)?;
        Ok(swept)
    }

    /// Writes those of the records that are still touched, and says how many. One that is gone is
    /// not written, and none can go meanwhile: that takes this writer.
    pub fn write_touched(
        &mut self,
        records: &Mutex<BenchRecords>,
        keys: &[Arc<RecordKey>],
    ) -> Result<usize, StorageError> {
        let mut result = Ok(0);
        for key in keys {
            let touched = lock(records).take_touched(key);
            let Some(record) = touched else {
                continue;
            };
            match self.stage(key, &record).and_then(Staged::persist) {
                Ok(()) => result = result.map(|written| written + 1),
                Err(error) => {
                    lock(records).mark_touched(key);
                    result = Err(self.unavailable(key, error));
                }
            }
        }
        result
    }

    /// Makes the changes of a plan, on the disk first.
    ///
    /// Whatever can fail without having changed anything comes first. A failure after that fails
    /// closed: what was to go is gone, what was to come is not there.
    fn carry_out(&mut self, records: &Mutex<BenchRecords>, plan: Plan) -> Result<(), StorageError> {
        self.retry_pending_deletes();
        let mut staged = Vec::with_capacity(plan.puts.len());
        for (key, record) in &plan.puts {
            let file = self
                .stage(key, record)
                .map_err(|error| self.unavailable(key, error))?;
            staged.push((&**key, file));
        }
        let journal = self.journal.append(&plan.events).map_err(|error| {
            let path = self.journal.path();
            self.folder.failure().note(path.parent().unwrap_or(path));
            unavailable(path, error)
        })?;

        let written = self
            .remove_all(&plan.gone)
            .and_then(|()| self.persist_all(records, staged));
        if let Err(error) = written {
            self.journal.rewind(journal);
            let mut records = lock(records);
            plan.gone.iter().for_each(|key| records.remove(key));
            return Err(error);
        }
        // From here on each record that comes is there, and says itself which one it replaces: a
        // crash between these lines brings none of those back.
        let removed = self.remove_all(&plan.replaced);
        lock(records).apply(plan);
        if self.journal.has_outgrown() {
            let kept = lock(records).journal().after(EventId(0), JOURNAL_LIMIT);
            if let Err(error) = self.journal.rewrite(&kept) {
                log::warn!("cannot shorten {}: {error}", self.journal.path().display());
            }
        }
        removed
    }

    fn stage(&self, key: &RecordKey, record: &RecordEntry) -> io::Result<Staged> {
        let text = record::encode(record)?;
        disk::stage(&self.folder.of_record(&self.bench, key), text.as_bytes())
    }

    /// Gives the new files their names, all or none.
    fn persist_all(
        &mut self,
        records: &Mutex<BenchRecords>,
        staged: Vec<(&RecordKey, Staged)>,
    ) -> Result<(), StorageError> {
        let mut persisted = Vec::with_capacity(staged.len());
        for (key, file) in staged {
            if let Err(error) = file.persist() {
                persisted
                    .into_iter()
                    .for_each(|key| self.restore(records, key));
                return Err(self.unavailable(key, error));
            }
            self.pending_deletes.remove(key);
            persisted.push(key);
        }
        Ok(())
    }

    /// Makes a file again what memory says it is.
    fn restore(&mut self, records: &Mutex<BenchRecords>, key: &RecordKey) {
        let before = lock(records).record(key).cloned();
        let done = match &before {
            Some(record) => self.stage(key, record).and_then(Staged::persist),
            None => disk::remove(&self.folder.of_record(&self.bench, key)),
        };
        if done.is_err() {
            lock(records).remove(key);
            self.pending_deletes.insert(key.clone());
        }
    }

    /// Removes the files of these records. Where one stays, the others go all the same.
    fn remove_all(&mut self, keys: &[RecordKey]) -> Result<(), StorageError> {
        let mut result = Ok(());
        for key in keys {
            if let Err(error) = disk::remove(&self.folder.of_record(&self.bench, key)) {
                self.pending_deletes.insert(key.clone());
                result = Err(self.unavailable(key, error));
            }
        }
        result
    }

    fn retry_pending_deletes(&mut self) {
        let (folder, bench) = (&self.folder, &self.bench);
        self.pending_deletes
            .retain(|key| disk::remove(&folder.of_record(bench, key)).is_err());
    }

    /// The answer when a record's file made trouble. It names the folder only: the file's name may
    /// be a session id, where `at-rest` is weak.
    fn unavailable(&self, key: &RecordKey, error: io::Error) -> StorageError {
        let file = self.folder.of_record(&self.bench, key);
        let folder = file.parent().unwrap_or(&file);
        self.folder.failure().note(folder);
        unavailable(folder, error)
    }
}

/// The answer when the disk refuses something.
pub fn unavailable(path: &Path, error: impl Display) -> StorageError {
    StorageError::Unreachable(format!("{}: {error}", path.display()))
}
