//! Reading one bench from the disk, with what a crash or a curious student may have left there.
//!
//! What was left to do of the last commit is done: the journal tells its number, so its temporary
//! files get their names, and which records it removed, so those go. Every other temporary file is
//! deleted, because its commit was never done. A record whose successor is also there is dropped:
//! an earlier lab could leave both behind, and the old one must not come back. A file that cannot be
//! read is set aside, and the rest load.
//!
//! A crash in the middle of this does no harm: the next start finds the same line in the journal.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::folder::{Folder, key_of_file, world_of_folder};
use super::journal::{JournalFile, LastCommit, ReadJournal};
use super::writer::BenchWriter;
use super::{LoadedBench, disk, record};
use crate::base::bench_name::BenchName;
use crate::storage::memory::bench_records::BenchRecords;
use crate::storage::memory::record::RecordEntry;
use crate::storage::{EventId, JOURNAL_LIMIT, RecordKey, RecordKind};

/// A bench in memory, and the broken files that were set aside on the way.
pub struct Loaded {
    pub bench: LoadedBench,
    /// The paths that the files have now.
    pub set_aside: Vec<PathBuf>,
}

/// Loads a bench; one that was never used is empty.
///
/// # Errors
///
/// The disk did not answer as it should. Nothing is known of the bench then, and a later attempt
/// may succeed.
pub fn load(folder: &Arc<Folder>, name: &BenchName) -> io::Result<Loaded> {
    let ReadJournal {
        file: mut journal,
        events,
        last,
    } = JournalFile::load(folder.of_journal(name))?;
    let mut records = Vec::new();
    let mut set_aside = Vec::new();
    let mut pending_deletes = BTreeSet::new();
    for kind in RecordKind::ALL {
        for (world, path) in entries(&folder.of_kind(name, kind))? {
            let Some(world) = world_of_folder(&world) else {
                continue;
            };
            for (file, path) in finish(folder, &last, &path, &mut set_aside)? {
                let Some(key) = key_of_file(world, kind, &file) else {
                    continue;
                };
                if last.removed(&key) {
                    if let Err(error) = disk::remove(&path) {
                        log::warn!("a file in {} stays: {error}", parent(&path).display());
                        pending_deletes.insert(key);
                    }
                    continue;
                }
                match read_record(&path)? {
                    Some(record) => records.push((key, record)),
                    None => set_aside.push(move_aside(folder, path)),
                }
            }
        }
    }
    for key in take_replaced(&mut records) {
        disk::remove(&folder.of_record(name, &key))?;
    }

    let mut loaded = BenchRecords::default();
    fill(&mut loaded, records);
    for (id, event) in events {
        loaded.journal_mut().add(id, event);
    }
    if journal.has_outgrown() {
        let kept = loaded.journal().after(EventId(0), JOURNAL_LIMIT);
        journal.shorten(pending_deletes.iter(), &kept)?;
    }
    let bench = LoadedBench {
        records: Mutex::new(loaded),
        writer: Arc::new(tokio::sync::Mutex::new(BenchWriter::new(
            Arc::clone(folder),
            name.clone(),
            journal,
            pending_deletes,
        ))),
    };
    Ok(Loaded { bench, set_aside })
}

/// The files of one folder, by name, after the temporary ones have got their names or are deleted.
fn finish(
    folder: &Folder,
    last: &LastCommit,
    path: &Path,
    set_aside: &mut Vec<PathBuf>,
) -> io::Result<BTreeMap<String, PathBuf>> {
    let (temporary, mut files): (Vec<_>, BTreeMap<_, _>) = {
        let (temporary, files): (Vec<_>, Vec<_>) = entries(path)?
            .into_iter()
            .partition(|(file, _)| disk::is_temporary(file));
        (temporary, files.into_iter().collect())
    };
    for (file, from) in temporary {
        let named = disk::commit_of(&file).filter(|(_, commit)| *commit == last.number);
        let Some((target, _)) = named.filter(|(_, commit)| *commit > 0) else {
            disk::remove(&from)?;
            continue;
        };
        let to = path.join(target);
        if disk::rename(&from, &to).is_err() {
            // Something is in its way that is no file of ours.
            set_aside.push(move_aside(folder, to.clone()));
            disk::rename(&from, &to)?;
        }
        files.insert(target.to_owned(), to);
    }
    Ok(files)
}

/// The folder of a file. A file's name may be a session id.
fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

/// Names and paths of what is in a folder; nothing when there is no such folder.
pub(super) fn entries(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in listing {
        let entry = entry?;
        // No name of ours is anything but ASCII.
        if let Ok(name) = entry.file_name().into_string() {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

/// The record in a file; `None` when the file is broken.
fn read_record(path: &Path) -> io::Result<Option<RecordEntry>> {
    let broken = |error: &dyn std::fmt::Display| {
        // The name may be an id, where `at-rest` is weak. It is no longer accepted.
        log::warn!("cannot read {}, it is set aside: {error}", path.display());
        Ok(None)
    };
    match fs::read_to_string(path) {
        Ok(text) => match record::decode(&text) {
            Ok(record) => Ok(Some(record)),
            Err(error) => broken(&error),
        },
        // Not UTF-8; not ours to read; a folder with the name of a file.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidData | ErrorKind::PermissionDenied | ErrorKind::IsADirectory
            ) =>
        {
            broken(&error)
        }
        // Anything else, such as too many open files, says nothing about this file.
        Err(error) => Err(error),
    }
}

/// Moves a broken file out of the way, and returns its new path.
fn move_aside(folder: &Folder, path: PathBuf) -> PathBuf {
    let first = folder.of_set_aside(&path);
    // Never over one that was set aside before.
    let others = (2..).map(|n| first.with_extension(format!("{n}.json")));
    let target = std::iter::once(first.clone())
        .chain(others)
        .find(|target| !target.exists())
        .unwrap_or(first);
    let moved = match target.parent() {
        Some(parent) => disk::make_folder(parent).and_then(|()| disk::rename(&path, &target)),
        None => Ok(()),
    };
    match moved {
        Ok(()) => target,
        Err(error) => {
            log::warn!(
                "cannot move {} to {}: {error}",
                path.display(),
                target.display()
            );
            path
        }
    }
}

/// Takes out the records that a later one replaced, and says which.
pub(super) fn take_replaced(records: &mut Vec<(RecordKey, RecordEntry)>) -> Vec<RecordKey> {
    // A key that was put again *after* it was replaced has a higher sequence number than its
    // successor.
    let mut replaced: HashMap<RecordKey, u64> = HashMap::new();
    for (_, record) in records.iter() {
        if let Some(old) = &record.replaces {
            let sequence = replaced.entry(old.clone()).or_default();
            *sequence = record.sequence.max(*sequence);
        }
    }
    let is_replaced = |key: &RecordKey, record: &RecordEntry| {
        replaced
            .get(key)
            .is_some_and(|sequence| *sequence > record.sequence)
    };
    records
        .extract_if(.., |(key, record)| is_replaced(key, record))
        .map(|(key, _)| key)
        .collect()
}

/// Fills a bench with its records. A record's file that was copied makes two records of one
/// position: the copy, by name, is put behind all others.
fn fill(bench: &mut BenchRecords, mut records: Vec<(RecordKey, RecordEntry)>) {
    records.sort_by(|(a, x), (b, y)| (x.position, a).cmp(&(y.position, b)));
    let mut taken = HashSet::with_capacity(records.len());
    let (firsts, copies): (Vec<_>, Vec<_>) = records
        .into_iter()
        .partition(|(_, record)| taken.insert(record.position));
    for (key, record) in firsts {
        bench.insert(Arc::new(key), record);
    }
    for (key, mut record) in copies {
        record.position = bench.sequence() + 1;
        let key = Arc::new(key);
        bench.insert(Arc::clone(&key), record);
        bench.mark_touched(&key);
    }
}
