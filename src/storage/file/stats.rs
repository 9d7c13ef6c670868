//! Counting the files of a data folder, beside a lab that may be at work on it.
//!
//! Nothing is written, nothing set aside and no lock taken. A file that goes away meanwhile is not
//! counted. When a session was last used may be some seconds old on the disk.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::{key_of_file, world_of_folder};
use super::load::{entries, take_replaced};
use super::record;
use super::{disk, journal};
use crate::base::bench_name::BenchName;
use crate::storage::memory::record::RecordEntry;
use crate::storage::stats::{BenchSettings, Census};
use crate::storage::{JOURNAL_LIMIT, RecordKey, RecordKind, StoredRecord};

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// Files.
    pub files: usize,
    /// Bytes in them.
    pub bytes: u64,
}

/// A folder cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {cause}", .folder.display())]
pub struct Unreadable {
    folder: PathBuf,
    cause: io::Error,
}

/// Reports everything in a data folder.
///
/// # Errors
/// The folder, or one in it, is not there or cannot be read.
pub fn read(root: &Path, census: &mut dyn Census) -> Result<Disk, Unreadable> {
    let unreadable = |folder: &Path, cause| Unreadable {
        folder: folder.to_owned(),
        cause,
    };
    fs::read_dir(root).map_err(|cause| unreadable(root, cause))?;
    let journals = root.join("journal");
    let mut reader = FolderReader {
        root,
        census,
        disk: Disk::default(),
    };
    let mut benches = BTreeSet::new();
    for folder in RecordKind::ALL.map(|kind| root.join(kind.folder())) {
        let found = folders(&folder).map_err(|cause| unreadable(&folder, cause))?;
        benches.extend(found.iter().filter_map(|(name, _)| name.parse().ok()));
    }
    for (name, _) in entries(&journals).map_err(|cause| unreadable(&journals, cause))? {
        let name = name.strip_suffix(".jsonl");
        benches.extend(name.and_then(|name| name.parse::<BenchName>().ok()));
    }
    for bench in &benches {
        let done = reader.bench(bench);
        done.map_err(|(folder, cause)| unreadable(&folder, cause))?;
    }
    Ok(reader.disk)
}

struct FolderReader<'a> {
    root: &'a Path,
    census: &'a mut dyn Census,
    disk: Disk,
}

impl FolderReader<'_> {
    fn bench(&mut self, bench: &BenchName) -> Result<(), (PathBuf, io::Error)> {
        let settings = self.root.join(RecordKind::Setting.folder());
        let settings = settings.join(bench.as_str()).join("bench");
        let setting = |name: &str| {
            let text = fs::read_to_string(settings.join(name)).ok()?;
            Some(record::decode(&text).ok()?.value.to_vec())
        };
        let settings = BenchSettings {
            clock: setting("clock.json"),
            custom: setting("custom.json"),
        };
        self.census.bench(bench, &settings);
        let journal = self.root.join("journal").join(format!("{bench}.jsonl"));
        let lines = fs::read(journal).unwrap_or_default();
        if !lines.is_empty() {
            self.disk.files += 1;
            self.disk.bytes += lines.len() as u64;
        }
        let (events, last) = journal::census(&lines);
        for kind in RecordKind::ALL {
            let folder = self.root.join(kind.folder()).join(bench.as_str());
            for (world, folder) in folders(&folder).map_err(|cause| (folder, cause))? {
                let Some(world) = world_of_folder(&world) else {
                    continue;
                };
                let files = entries(&folder).map_err(|cause| (folder, cause))?;
                let of_kind = |(file, path): (String, PathBuf)| {
                    let key = key_of_file(world, kind, &file)?;
                    // After a crash a record may still be there that the next start removes.
                    let stays = !disk::is_temporary(&file) && !last.removed(&key);
                    stays.then_some((key, path))
                };
                self.world(bench, kind, files.into_iter().filter_map(of_kind));
            }
        }
        // A file may hold older events than are kept.
        self.census.journal(bench, events.min(JOURNAL_LIMIT));
        Ok(())
    }

    /// The records of one kind in one world.
    fn world(
        &mut self,
        bench: &BenchName,
        kind: RecordKind,
        files: impl Iterator<Item = (RecordKey, PathBuf)>,
    ) {
        let mut sessions: Vec<(RecordKey, RecordEntry)> = Vec::new();
        for (key, path) in files {
            let Ok(about) = fs::metadata(&path) else {
                continue;
            };
            if kind != RecordKind::Session {
                self.census.record(bench, &key);
            } else {
                match fs::read_to_string(&path).map(|text| record::decode(&text)) {
                    Ok(Ok(record)) => sessions.push((key, record)),
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Ok(Err(_)) | Err(_) => self.census.unreadable(),
                }
            }
            self.disk.files += 1;
            self.disk.bytes += about.len();
        }
        // So may the old record of a rotation that an earlier lab did.
        take_replaced(&mut sessions);
        for (key, record) in sessions {
            let stored = StoredRecord {
                value: Arc::clone(&record.value),
                version: record.version,
                last_used: record.last_used,
                expires_at: record.expires_at,
            };
            self.census.session(bench, &key, &stored);
        }
    }
}

/// The folders in a folder, by name.
fn folders(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = entries(folder)?;
    found.retain(|(_, path)| path.is_dir());
    found.sort();
    Ok(found)
}
