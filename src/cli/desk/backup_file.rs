//! The file of a backup: it is the user's own and can be anywhere, so what is wrong with it is never blamed
//! on the data folder.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::base::byte_order_mark;
use crate::base::private_file::{self, Readers};
use crate::base::start_error::StartError;

/// What a restore asks for.
const WANTED: &str = "name the file that session-lab desk backup wrote";

/// Refuses a name under which no new file can be made.
///
/// # Errors
/// Something has this name, or its folder is missing.
pub(super) fn check_new(file: &Path) -> Result<(), StartError> {
    let shown = file.display();
    if file.is_dir() {
        let hint = format!(
            "name a new file in it: '{}'",
            file.join("desk.json").display()
        );
        return Err(StartError::new(format!("{shown} is a folder"), hint));
    }
    if file.exists() {
        let message = format!("{shown} is there already");
        return Err(StartError::new(message, "name a new file"));
    }
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => {
            let message = format!("there is no folder {} for the backup", folder.display());
            let hint = "make it first, or name a file in another folder";
            Err(StartError::new(message, hint))
        }
        _ => Ok(()),
    }
}

/// Writes a backup, for its owner only.
///
/// # Errors
/// It cannot be written; then there is no file.
pub(super) fn write(file: &Path, text: &str) -> Result<(), StartError> {
    private_file::try_write(file, text, Readers::Owner).map_err(|error| {
        let hint = match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                "name a file in a folder that this user may write"
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "make room on the disk, or name a file on another one"
            }
            _ => "name a file in another folder",
        };
        cannot("write", file, &error, hint)
    })
}

/// The text of a backup.
///
/// # Errors
/// It cannot be read, or it is no text.
pub(super) fn read(file: &Path) -> Result<String, StartError> {
    let shown = file.display();
    let bytes = fs::read(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => StartError::new(format!("there is no file {shown}"), WANTED),
        ErrorKind::IsADirectory => StartError::new(format!("{shown} is a folder"), WANTED),
        ErrorKind::PermissionDenied => {
            let hint = format!("let this user read it, as with chmod u+r '{shown}'");
            cannot("read", file, &error, &hint)
        }
        _ => cannot("read", file, &error, WANTED),
    })?;
    let text = byte_order_mark::text(&bytes).map_err(|reason| {
        let message = format!("{shown} is not as a backup is written: {reason}");
        StartError::new(message, WANTED)
    })?;
    Ok(text.to_owned())
}

fn cannot(verb: &str, file: &Path, error: &io::Error, hint: &str) -> StartError {
    StartError::new(format!("cannot {verb} {}: {error}", file.display()), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_users_file_is_never_blamed_on_the_data_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("there"), "x").unwrap();
        fs::write(path("utf-16"), b"\xff\xfe{\0}\0").unwrap();
        for (error, message) in [
            (read(folder.path()).unwrap_err(), "is a folder"),
            (read(&path("none")).unwrap_err(), "there is no file"),
            (read(&path("utf-16")).unwrap_err(), "UTF-16"),
            (check_new(folder.path()).unwrap_err(), "is a folder"),
            (check_new(&path("there")).unwrap_err(), "is there already"),
            (check_new(&path("a/b")).unwrap_err(), "there is no folder"),
            (write(&path("there/b"), "x").unwrap_err(), "cannot write"),
            (
                write(Path::new("/proc/b"), "x").unwrap_err(),
                "cannot write",
            ),
        ] {
            assert!(error.message.contains(message), "{error:?}");
            assert!(!error.hint.contains("--data-dir"), "{error:?}");
        }
        check_new(&path("new")).unwrap();
        write(&path("new"), "text").unwrap();
        assert_eq!(read(&path("new")).unwrap(), "text");
        assert_eq!(check_new(Path::new("new.json")), Ok(()));
    }
}
