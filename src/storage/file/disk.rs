//! Files that are there as a whole or not at all.
//!
//! A file is written under a temporary name in its own folder and then renamed, so that no reader
//! and no crash ever meets half of it. Where it is part of a commit, the temporary name carries the
//! commit's number: `.<name>.json.<number>.tmp`. There is no `fsync`: the promise is that what was
//! answered survives the death of the process, not a power cut. Everything made here is for its
//! owner's eyes only (CWE-732), because with the defence `at-rest` weak a file's name *is* a session
//! id.
//!
//! Every change of the disk is made in this file, so that a test can end the process, or have the
//! disk refuse, at any of them (`fault.rs`).

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

#[cfg(test)]
use super::fault;

/// How the name of a temporary file ends; it begins with a dot, so no record is called so.
const TEMPORARY: &str = ".tmp";

/// A file that is written and waits for its name. Dropped before that, it is removed.
#[derive(Debug)]
#[must_use]
pub struct Staged {
    temporary: PathBuf,
    target: PathBuf,
    stays: bool,
}

impl Staged {
    /// Gives the file its name, in place of any file that bears it.
    pub fn persist(mut self) -> io::Result<()> {
        rename(&self.temporary, &self.target)?;
        self.stays = true;
        Ok(())
    }

    /// Leaves the file under its temporary name, for somebody else to rename. Returns that name and
    /// the one that it is to get.
    pub fn leave(mut self) -> (PathBuf, PathBuf) {
        self.stays = true;
        (self.temporary.clone(), self.target.clone())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.stays {
            // One that stays behind is found by its name and deleted when its bench is next loaded.
            let _ = remove(&self.temporary);
        }
    }
}

/// Writes a temporary file beside `target`, which belongs to no commit. No two may be staged for
/// one target at the same time.
pub fn stage(target: &Path, content: &[u8]) -> io::Result<Staged> {
    stage_as(temporary_of(target), target, content)
}

/// The same for the commit of this number.
pub fn stage_for(commit: u64, target: &Path, content: &[u8]) -> io::Result<Staged> {
    let temporary = temporary_name(target, &format!(".{commit}{TEMPORARY}"));
    stage_as(temporary, target, content)
}

fn stage_as(temporary: PathBuf, target: &Path, content: &[u8]) -> io::Result<Staged> {
    let staged = Staged {
        temporary,
        target: target.into(),
        stays: false,
    };
    let mut file = in_folder(&staged.temporary, create)?;
    write(&mut file, content)?;
    Ok(staged)
}

/// The temporary name of a file that belongs to no commit.
pub fn temporary_of(target: &Path) -> PathBuf {
    temporary_name(target, TEMPORARY)
}

fn temporary_name(target: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(ending);
    target.with_file_name(name)
}

/// Whether a file of this name waits for another one, or was left behind by a crash.
pub fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(TEMPORARY)
}

/// The name that a temporary file was to get, and the number of its commit; `None` where it belongs
/// to no commit.
pub fn commit_of(name: &str) -> Option<(&str, u64)> {
    let inside = name.strip_prefix('.')?.strip_suffix(TEMPORARY)?;
    let (target, number) = inside.rsplit_once('.')?;
    Some((target, number.parse().ok()?))
}

/// Gives a file another name, in place of any file that bears it.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(test)]
    fault::before_change()?;
    fs::rename(from, to)
}

/// Removes a file; one that is not there is no error.
pub fn remove(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    fault::before_change()?;
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes at the place where the file is.
pub fn write(file: &mut File, content: &[u8]) -> io::Result<()> {
    #[cfg(test)]
    if let Err(refused) = fault::before_write() {
        file.write_all(&content[..fault::torn(content.len())])?;
        return Err(refused);
    }
    file.write_all(content)
}

/// Cuts a file off.
pub fn cut(file: &File, length: u64) -> io::Result<()> {
    #[cfg(test)]
    fault::before_change()?;
    file.set_len(length)
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
    #[cfg(test)]
    fault::before_write()?;
    owner_only()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)
}

/// Opens a file to be written at its end.
pub fn append(path: &Path) -> io::Result<File> {
    #[cfg(test)]
    fault::before_change()?;
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
    #[cfg(test)]
    fault::before_write()?;
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_name_tells_its_commit() {
        let target = Path::new("sessions/a.b.json");
        let staged = stage_for(7, &tempfile::tempdir().unwrap().path().join("a.json"), b"");
        let name = staged.unwrap().temporary.file_name().unwrap().to_owned();
        assert_eq!(name, ".a.json.7.tmp");
        assert_eq!(commit_of(".a.json.7.tmp"), Some(("a.json", 7)));
        assert_eq!(commit_of(".7.json.7.tmp"), Some(("7.json", 7)));
        // Of no commit, or none of ours.
        for other in [".a.json.tmp", ".a.json.x.tmp", "a.json", ".tmp", ".7.tmp"] {
            assert_eq!(commit_of(other), None, "{other}");
        }
        assert_eq!(temporary_of(target), Path::new("sessions/.a.b.json.tmp"));
    }
}
