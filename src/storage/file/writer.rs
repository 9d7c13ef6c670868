//! The writer of a bench's files. Each bench has one, behind a lock, so commits happen one
//! after the other; readers do not wait for it, because memory changes only when the disk has.
//!
//! A commit of several files must be whole or absent, also where the process dies in the middle of
//! it (`kill -9`). So it has one moment at which it is done:
//!
//! 1. The new files are written under temporary names that carry the commit's number. If anything
//!    fails, they are deleted, and nothing has changed.
//! 2. One line is appended to the journal ([`super::journal`]): **the commit point**.
//! 3. Records that go are removed, and the new files get their names. Whatever fails here, or is
//!    not reached, is done by the next commit or the next start: both know from the journal what
//!    belongs to the commit.
//!
//! Next: `load.rs`, what a start does.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::disk::{self, Staged};
use super::failure::is_full;
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
    /// Files of the last commit that have not got their names yet. No other commit is begun before
    /// they have, so that two are never mixed.
    pending_names: Vec<PendingName>,
    /// Records that are gone from memory, but whose files could not be removed. Each commit tries
    /// again, and its line in the journal names them.
    pending_deletes: BTreeSet<RecordKey>,
}

/// A file that is written and must get its name.
struct PendingName {
    key: Arc<RecordKey>,
    commit: u64,
    temporary: PathBuf,
    target: PathBuf,
}

impl BenchWriter {
    /// The writer of a bench, and the records whose files must still be removed.
    pub fn new(
        folder: Arc<Folder>,
        bench: BenchName,
        journal: JournalFile,
        pending_deletes: BTreeSet<RecordKey>,
    ) -> Self {
        Self {
            folder,
            bench,
            journal,
            pending_names: Vec::new(),
            pending_deletes,
        }
    }

    /// Whether the files are as memory says.
    pub fn is_synced(&self) -> bool {
        self.pending_names.is_empty() && self.pending_deletes.is_empty()
    }

    /// For tests: the next commit makes the journal shorter.
    #[cfg(test)]
    pub fn outgrow(&mut self) {
        self.journal.outgrow();
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
            Some(plan) => self.carry_out(records, &plan).map(|()| {
                lock(records).apply(plan);
                self.shorten_journal(records);
                Commit::Done
            }),
            None => Ok(Commit::Conflict),
        }
    }

    /// Removes at most `limit` records whose time is over. They are no longer accepted anyway, so a
    /// crash may come between any two.
    pub fn sweep(
        &mut self,
        records: &Mutex<BenchRecords>,
        now: BenchTime,
        limit: usize,
    ) -> Result<usize, StorageError> {
        self.finish(records)?;
        let gone = lock(records).due(now, limit);
        let mut result = Ok(gone.len());
        for key in gone {
            lock(records).remove(&key);
            if let Err(error) = self.remove(&key) {
                self.pending_deletes.insert(key);
                result = Err(error);
            }
        }
        result
    }

    /// Writes those of the records that are still touched, and says how many. One that is gone is
    /// not written, and none can go meanwhile: that takes this writer.
    pub fn write_touched(
        &mut self,
        records: &Mutex<BenchRecords>,
        keys: &[Arc<RecordKey>],
    ) -> Result<usize, StorageError> {
        self.finish(records)?;
        let mut result = Ok(0);
        for key in keys {
            let touched = lock(records).take_touched(key);
            let Some(record) = touched else {
                continue;
            };
            let staged = encoded(&record)
                .and_then(|text| disk::stage(&self.folder.of_record(&self.bench, key), &text));
            match staged.and_then(Staged::persist) {
                Ok(()) => result = result.map(|written| written + 1),
                Err(error) => {
                    lock(records).mark_touched(key);
                    result = Err(self.unavailable(key, error));
                }
            }
        }
        result
    }

    /// Makes the changes of a plan on the disk.
    ///
    /// An error means that nothing has changed. From the commit point on there is none: what the
    /// disk refuses then is noted, and done as soon as the disk takes it.
    fn carry_out(
        &mut self,
        records: &Mutex<BenchRecords>,
        plan: &Plan,
    ) -> Result<(), StorageError> {
        self.finish(records)?;
        if plan.is_empty() {
            return Ok(());
        }
        let commit = self.journal.begin();
        let mut staged = Vec::with_capacity(plan.puts.len());
        for (key, record) in &plan.puts {
            let file = self
                .stage(commit, key, record)
                .map_err(|error| self.unavailable(key, error))?;
            staged.push((Arc::clone(key), file));
        }
        let goes = plan.gone.iter().chain(&plan.replaced);
        // A record that comes again is no longer one to delete.
        let stays_gone = |key: &RecordKey| plan.puts.iter().all(|(put, _)| **put != *key);
        let pending = self.pending_deletes.iter().filter(|key| stays_gone(key));
        self.journal
            .append(commit, goes.clone().chain(pending), &plan.events)
            .map_err(|error| {
                let path = self.journal.path();
                self.folder.failure().note(path.parent().unwrap_or(path));
                unavailable(path, &error)
            })?;
        // The commit is done. It only has to be seen in the folder.
        self.pending_deletes.retain(stays_gone);
        self.pending_deletes.extend(goes.cloned());
        self.pending_names
            .extend(staged.into_iter().map(|(key, file)| {
                let (temporary, target) = file.leave();
                PendingName {
                    key,
                    commit,
                    temporary,
                    target,
                }
            }));
        if let Err(error) = self.finish_with(|key| {
            let put = plan.puts.iter().find(|(put, _)| **put == *key);
            put.map(|(_, record)| record.clone())
        }) {
            error.report();
        }
        Ok(())
    }

    fn stage(&self, commit: u64, key: &RecordKey, record: &RecordEntry) -> io::Result<Staged> {
        let target = self.folder.of_record(&self.bench, key);
        // A folder of that name, which only a person can have made, would keep the file from its
        // name. It is found here, where nothing has changed yet.
        if target.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        disk::stage_for(commit, &target, &encoded(record)?)
    }

    /// Does what is left to do of commits before.
    fn finish(&mut self, records: &Mutex<BenchRecords>) -> Result<(), StorageError> {
        self.finish_with(|key| lock(records).record(key).cloned())
    }

    /// The same, with the records as they are to be. An error means that a file has not got its
    /// name. A file that stays although it should be gone is no error: it is named in the journal
    /// until it is.
    fn finish_with(
        &mut self,
        record: impl Fn(&RecordKey) -> Option<RecordEntry>,
    ) -> Result<(), StorageError> {
        for key in std::mem::take(&mut self.pending_deletes) {
            if let Err(error) = self.remove(&key) {
                error.report();
                self.pending_deletes.insert(key);
            }
        }
        let mut result = Ok(());
        for name in std::mem::take(&mut self.pending_names) {
            if let Err(error) = self.give_name(&name, &record) {
                result = Err(self.unavailable(&name.key, error));
                self.pending_names.push(name);
            }
        }
        result
    }

    /// Gives a file its name. Where somebody removed it meanwhile, as with its whole folder, it is
    /// written again.
    fn give_name(
        &self,
        name: &PendingName,
        record: impl Fn(&RecordKey) -> Option<RecordEntry>,
    ) -> io::Result<()> {
        match disk::rename(&name.temporary, &name.target) {
            Err(error) if error.kind() == ErrorKind::NotFound => match record(&name.key) {
                Some(record) => {
                    let staged = self.stage(name.commit, &name.key, &record)?;
                    let (temporary, target) = staged.leave();
                    disk::rename(&temporary, &target)
                }
                None => Ok(()),
            },
            renamed => renamed,
        }
    }

    /// Removes a record's file.
    fn remove(&self, key: &RecordKey) -> Result<(), StorageError> {
        let removed = disk::remove(&self.folder.of_record(&self.bench, key));
        removed.map_err(|error| self.unavailable(key, error))
    }

    fn shorten_journal(&mut self, records: &Mutex<BenchRecords>) {
        if !self.journal.has_outgrown() || !self.pending_names.is_empty() {
            return;
        }
        let kept = lock(records).journal().after(EventId(0), JOURNAL_LIMIT);
        let shortened = self.journal.shorten(self.pending_deletes.iter(), &kept);
        if let Err(error) = shortened {
            log::warn!("cannot shorten {}: {error}", self.journal.path().display());
        }
    }

    /// The answer when a record's file made trouble. It names the folder only: the file's name may
    /// be a session id, where `at-rest` is weak.
    fn unavailable(&self, key: &RecordKey, error: io::Error) -> StorageError {
        let file = self.folder.of_record(&self.bench, key);
        let folder = file.parent().unwrap_or(&file);
        self.folder.failure().note(folder);
        unavailable(folder, &error)
    }
}

/// The answer when the disk refuses something.
fn unavailable(path: &Path, error: &io::Error) -> StorageError {
    let said = format!("{}: {error}", path.display());
    if is_full(error) {
        StorageError::Full(said)
    } else {
        StorageError::Unreachable(said)
    }
}

fn encoded(record: &RecordEntry) -> io::Result<Vec<u8>> {
    Ok(record::encode(record)?.into_bytes())
}
