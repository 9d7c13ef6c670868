//! The data folder: where each record and each journal is stored, and the lock that keeps a second
//! program out.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::disk;
use super::failure::LastFailure;
use crate::base::bench_name::BenchName;
use crate::defences::policy::Variant;
use crate::storage::{RecordKey, RecordKind};

/// The file in the data folder that a program locks while it uses the folder.
pub const LOCK_FILE: &str = "lock";

/// The data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenFolderError {
    /// It cannot be made, or nothing can be written to it.
    #[error("cannot write to the data folder {}: {cause}", .folder.display())]
    Unusable {
        folder: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Another program has it open. Two of them would undo each other's sign-outs.
    #[error("the data folder {} is in use by another session-lab", .folder.display())]
    InUse { folder: PathBuf },
}

impl OpenFolderError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unusable { .. } => {
                "choose a folder that this user may write with --data-dir FOLDER"
            }
            Self::InUse { .. } => "stop the other lab, or choose another folder with --data-dir",
        }
    }
}

/// The data folder, ours alone for as long as this value lives.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    failure: LastFailure,
    /// The system lifts the lock when this file is closed, however the process ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder where it is missing, and locks it.
    pub fn open(root: &Path) -> Result<Self, OpenFolderError> {
        let unusable = |cause| OpenFolderError::Unusable {
            folder: root.into(),
            cause,
        };
        disk::make_folder(root).map_err(unusable)?;
        // An absolute path keeps meaning the same folder, and reads better in the log.
        let root = root.canonicalize().map_err(unusable)?;
        let lock = disk::create(&root.join(LOCK_FILE)).map_err(unusable)?;
        match lock_patiently(&lock) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenFolderError::InUse { folder: root }),
            Err(TryLockError::Error(cause)) => return Err(unusable(cause)),
        }
        // A lock file that was there before does not show that new files can be made.
        drop(disk::stage(&root.join("trial"), b"").map_err(unusable)?);
        Ok(Self {
            root,
            failure: LastFailure::default(),
            _lock: lock,
        })
    }

    /// What of it made trouble last.
    pub fn failure(&self) -> &LastFailure {
        &self.failure
    }

    /// The folder of all records of one kind on a bench, one folder a world in it.
    pub fn of_kind(&self, bench: &BenchName, kind: RecordKind) -> PathBuf {
        let mut path = self.root.join(kind.folder());
        path.push(bench.as_str());
        path
    }

    /// The file of one record.
    pub fn of_record(&self, bench: &BenchName, key: &RecordKey) -> PathBuf {
        let mut path = self.of_kind(bench, key.kind());
        path.push(world_folder(key.world()));
        path.push(format!("{}.json", key.name()));
        path
    }

    /// The file of a bench's journal.
    pub fn of_journal(&self, bench: &BenchName) -> PathBuf {
        let mut path = self.root.join("journal");
        path.push(format!("{bench}.jsonl"));
        path
    }

    /// Where the broken file of a record is put: the same path, under `set-aside`.
    pub fn of_set_aside(&self, record: &Path) -> PathBuf {
        let aside = self.root.join("set-aside");
        match record.strip_prefix(&self.root) {
            Ok(inside) => aside.join(inside),
            Err(_) => aside,
        }
    }
}

/// How long a lock that is just being lifted is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Locks the file, and waits a little where somebody still holds it. A child process that was being
/// started when the folder was closed holds a copy of the lock until it has become its program; and
/// a lab that was told to stop may need a moment.
fn lock_patiently(lock: &File) -> Result<(), TryLockError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                thread::sleep(Duration::from_millis(10));
            }
            answer => return answer,
        }
    }
}

/// The folder name for what all variants of a bench share; no variant is called so.
const SHARED: &str = "bench";

/// The name of a world's folder.
pub fn world_folder(world: Option<Variant>) -> String {
    world.map_or_else(|| SHARED.into(), |variant| variant.to_string())
}

/// The world that a folder name means.
pub fn world_of_folder(name: &str) -> Option<Option<Variant>> {
    if name == SHARED {
        Some(None)
    } else {
        name.parse().ok().map(Some)
    }
}

/// The key that a file name means; `None` for files that are none of ours.
pub fn key_of_file(world: Option<Variant>, kind: RecordKind, file: &str) -> Option<RecordKey> {
    RecordKey::new(world, kind, file.strip_suffix(".json")?)
}
