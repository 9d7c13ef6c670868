//! Files that only their owner may read: the TLS key and the server's key.
//!
//! A key file has mode 0600 from the moment it exists (a `chmod` afterwards leaves a gap) and
//! appears under its name in one step, so that a start that is killed leaves no half of a key.
//! Used by [`crate::base::keys`] and [`crate::base::tls`].

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use crate::base::byte_order_mark;
use crate::base::start_error::StartError;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner: 0600.
    Owner,
    /// Everybody: 0644. The folder around it may still be private.
    Everybody,
}

/// Makes `folder` and what leads to it, for its owner only (0700).
///
/// # Errors
/// The folder cannot be made, or something else has its name.
pub(crate) fn make_folder(folder: &Path) -> Result<(), StartError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| cannot("make the folder", folder, &error))?;
    close_to_others(folder);
    Ok(())
}

/// The text of a file, or `None` where there is no such file.
///
/// Bytes that are not UTF-8 become U+FFFD, which no key and no certificate has, so that its reader
/// calls the file broken and says what it should hold. An editor's byte order mark is left out.
///
/// # Errors
/// The file is there but cannot be read.
pub(crate) fn read(path: &Path) -> Result<Option<String>, StartError> {
    match fs::read(path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            Ok(Some(byte_order_mark::skip(&text).to_owned()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot("read", path, &error)),
    }
}

/// Writes a file whole: to a temporary name beside it, then renamed.
///
/// # Errors
/// The file cannot be written; then nothing has changed under its name.
pub(crate) fn write(path: &Path, text: &str, readers: Readers) -> Result<(), StartError> {
    try_write(path, text, readers).map_err(|error| cannot("write", path, &error))
}

/// The same for a file that is not the lab's own: its writer knows what to do about the cause.
///
/// # Errors
/// The file cannot be written; then nothing has changed under its name.
pub(crate) fn try_write(path: &Path, text: &str, readers: Readers) -> io::Result<()> {
    let temporary = temporary_name(path);
    // A start with the same process id may have died here; `create_new` would trip over its file.
    let _ = fs::remove_file(&temporary);
    let written = create(&temporary, readers)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&temporary, path));
    written.inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

/// Takes away what others may do with a key file or folder that is already there.
///
/// A file system without permissions (a USB stick) refuses; the lab says so and goes on.
#[cfg_attr(
    not(unix),
    expect(unused_variables, reason = "permissions are a matter of Unix")
)]
pub(crate) fn close_to_others(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        let closed = fs::metadata(path).and_then(|found| {
            let mode = found.permissions().mode() & 0o777;
            match mode & 0o077 {
                0 => Ok(()),
                _ => fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700)),
            }
        });
        if let Err(error) = closed {
            log::warn!("{} stays open to other users: {error}", path.display());
        }
    }
}

#[cfg_attr(
    not(unix),
    expect(unused_variables, reason = "permissions are a matter of Unix")
)]
fn create(path: &Path, readers: Readers) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        &mut options,
        match readers {
            Readers::Owner => 0o600,
            Readers::Everybody => 0o644,
        },
    );
    options.open(path)
}

fn temporary_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    name.into()
}

/// What could not be done with a file, with the step that its cause asks for.
fn cannot(verb: &str, path: &Path, error: &io::Error) -> StartError {
    let shown = path.display();
    let elsewhere = "choose another folder with --data-dir FOLDER";
    let hint = match error.kind() {
        ErrorKind::PermissionDenied if verb == "read" => {
            format!(
                "start the lab as the owner of the file, let that user read it (chmod u+r '{shown}'), or {elsewhere}"
            )
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "choose a folder that this user may write with --data-dir FOLDER".into()
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("make room on the disk, or {elsewhere}")
        }
        ErrorKind::IsADirectory | ErrorKind::DirectoryNotEmpty => {
            format!("a folder has the name of a file of the lab: move it away, or {elsewhere}")
        }
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            format!("a file has the name of a folder: move it away, or {elsewhere}")
        }
        _ => elsewhere.into(),
    };
    StartError::new(format!("cannot {verb} {shown}: {error}"), hint)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_secret_file_is_its_owners_and_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        make_folder(&inner).unwrap();
        write(&inner.join("key"), "one", Readers::Owner).unwrap();
        write(&inner.join("key"), "two", Readers::Owner).unwrap();
        assert_eq!(read(&inner.join("key")).unwrap().as_deref(), Some("two"));
        assert_eq!((mode(&inner), mode(&inner.join("key"))), (0o700, 0o600));
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 1);
    }

    #[test]
    fn what_was_open_to_others_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        fs::write(&file, "x").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        close_to_others(&file);
        assert_eq!(mode(&file), 0o600);
    }

    #[test]
    fn a_file_in_place_of_a_folder_is_one_clear_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lab-data");
        fs::write(&file, "").unwrap();
        let error = make_folder(&file.join("tls")).unwrap_err();
        assert!(
            error.message.starts_with("cannot make the folder "),
            "{}",
            error.message
        );
        assert!(error.hint.contains("--data-dir"));
    }

    #[test]
    fn a_missing_file_is_none_and_an_unreadable_one_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&folder.path().join("none")).unwrap(), None);
        let error = read(folder.path()).unwrap_err();
        assert!(
            error.hint.starts_with("a folder has the name of a file"),
            "{error:?}"
        );
    }

    #[test]
    fn a_file_is_never_given_a_false_reason() {
        let path = Path::new("lab-data/keys/server-key");
        for (verb, kind, hint) in [
            (
                "read",
                ErrorKind::PermissionDenied,
                "(chmod u+r 'lab-data/keys/server-key')",
            ),
            (
                "write",
                ErrorKind::PermissionDenied,
                "that this user may write",
            ),
            (
                "write",
                ErrorKind::ReadOnlyFilesystem,
                "that this user may write",
            ),
            ("write", ErrorKind::StorageFull, "make room on the disk"),
            (
                "write",
                ErrorKind::IsADirectory,
                "a folder has the name of a file",
            ),
            (
                "make the folder",
                ErrorKind::NotADirectory,
                "a file has the name of a folder",
            ),
            (
                "make the folder",
                ErrorKind::AlreadyExists,
                "a file has the name of a folder",
            ),
            ("read", ErrorKind::Other, "choose another folder"),
        ] {
            let error = cannot(verb, path, &kind.into());
            assert!(
                error
                    .message
                    .starts_with(&format!("cannot {verb} lab-data/"))
            );
            assert!(error.hint.contains(hint), "{kind:?}: {}", error.hint);
        }
    }

    #[test]
    fn a_file_that_is_not_text_is_read_all_the_same_and_a_byte_order_mark_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        fs::write(&file, b"\xef\xbb\xbfkey").unwrap();
        assert_eq!(read(&file).unwrap().as_deref(), Some("key"));
        fs::write(&file, b"\xffkey").unwrap();
        assert_eq!(read(&file).unwrap().as_deref(), Some("\u{fffd}key"));
    }
}
