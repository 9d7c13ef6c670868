//! Files that are there as a whole or not at all.
//!
//! A file is written under a temporary name in its own folder and then renamed, so that no reader
//! and no crash ever meets half of it. There is no `fsync`: the promise is that what was answered
//! survives the death of the process, not a power cut. Everything made here is for its owner's eyes
//! only (CWE-732), because with the defence `at-rest` weak a file's name *is* a session id.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// How the name of a temporary file ends; it begins with a dot, so no record is called so.
const TEMPORARY: &str = ".tmp";

/// A file that is written and waits for its name. Dropped before that, it is removed.
#[derive(Debug)]
#[must_use]
pub struct Staged {
    temporary: PathBuf,
    target: PathBuf,
    persisted: bool,
}

impl Staged {
    /// Gives the file its name, in place of any file that bears it.
    pub fn persist(mut self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.target)?;
        self.persisted = true;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.persisted {
            // One that stays behind is found by its name and deleted when its bench is next loaded.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Writes a temporary file beside `target`. No two may be staged for one target at the same time.
pub fn stage(target: &Path, content: &[u8]) -> io::Result<Staged> {
    let staged = Staged {
        temporary: temporary_of(target),
        target: target.into(),
        persisted: false,
    };
    let mut file = in_folder(&staged.temporary, create)?;
    file.write_all(content)?;
    Ok(staged)
}

/// The temporary name of a file.
pub fn temporary_of(target: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(TEMPORARY);
    target.with_file_name(name)
}

/// Whether a file of this name was left behind by a crash.
pub fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(TEMPORARY)
}

/// Removes a file; one that is not there is no error.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens a file in a folder that is only made when it turns out to be missing.
pub fn in_folder(path: &Path, open: fn(&Path) -> io::Result<File>) -> io::Result<File> {
    match (open(path), path.parent()) {
        (Err(error), Some(folder)) if error.kind() == ErrorKind::NotFound => {
            make_folder(folder)?;
            open(path)
        }
        (opened, _) => opened,
    }
}

/// Opens a file to be written from its beginning.
pub fn create(path: &Path) -> io::Result<File> {
    owner_only()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)
}

/// Opens a file to be written at its end.
pub fn append(path: &Path) -> io::Result<File> {
    owner_only().append(true).create(true).open(path)
}

fn owner_only() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is no mode to set"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a folder and those above it, where they are missing.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path)
}
