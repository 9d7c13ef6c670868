//! What the disk refused last, and whether it still would.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::{FileStorage, blocking, disk};
use crate::storage::Trouble;
use crate::storage::memory::lock;

const FULL: Trouble = Trouble {
    what: "is full",
    next: "Make room on the disk that holds the data folder.",
};
const UNWRITABLE: Trouble = Trouble {
    what: "cannot be written",
    next: "Look whether the data folder is whole, and who may write to it.",
};

/// What the trial writes: a disk may be full and still take an empty file.
const TRIAL: [u8; 4096] = [b' '; 4096];

/// The folder that could not be written or read last.
#[derive(Debug, Default)]
pub struct LastFailure(Mutex<Option<PathBuf>>);

impl LastFailure {
    /// Notes a folder that made trouble.
    pub fn note(&self, folder: &Path) {
        *lock(&self.0) = Some(folder.to_owned());
    }

    /// Tries to write a file in that folder, and forgets it where that goes well.
    fn again(&self) -> io::Result<()> {
        let Some(folder) = lock(&self.0).clone() else {
            return Ok(());
        };
        drop(disk::stage(&folder.join("trial"), &TRIAL)?);
        let mut last = lock(&self.0);
        if last.as_ref() == Some(&folder) {
            *last = None;
        }
        Ok(())
    }
}

impl FileStorage {
    /// What keeps the files from being written. The disk is only asked when a request failed there,
    /// and until it takes a file in the same folder again.
    pub async fn trouble(&self) -> Option<Trouble> {
        let failure = self.folder.failure();
        if lock(&failure.0).is_none() {
            return None;
        }
        let folder = self.folder.clone();
        let tried = blocking(move || Ok(folder.failure().again())).await;
        // The lab is stopping where the trial itself could not be done.
        match tried.ok()? {
            Ok(()) => None,
            Err(error) if is_full(&error) => Some(FULL),
            Err(_) => Some(UNWRITABLE),
        }
    }
}

/// Whether the disk has no room.
pub fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_failed_is_tried_until_it_takes_a_file() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("sessions");
        let last = LastFailure::default();
        assert!(last.again().is_ok());
        std::fs::write(&folder, "in the way").unwrap();
        last.note(&folder);
        assert!(last.again().is_err() && last.again().is_err());
        std::fs::remove_file(&folder).unwrap();
        assert!(last.again().is_ok());
        assert!(lock(&last.0).is_none());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    }
}
