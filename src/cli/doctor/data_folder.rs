//! The data folder and what is in it: whether it can be written, is free, and holds a key and a
//! certificate that can be read. Nothing is written to find out.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use time::OffsetDateTime;

use super::finding::Finding;
use crate::app::lab_keys;
use crate::app::settings::{SessionStore, Settings};
use crate::base::tls::Certificate;
use crate::storage::file::LOCK_FILE;

const TOPIC: &str = "data folder";
const OTHER_FOLDER: &str = "choose another folder with --data-dir";

/// The folder, then the certificate and the key in it.
pub fn look(settings: &Settings, a_lab_runs: bool) -> Vec<Finding> {
    let folder = settings.data_dir.as_path();
    let shown = folder.display();
    if folder.exists() && !folder.is_dir() {
        let found = format!("{shown} is no folder");
        return vec![Finding::bad(TOPIC, found, OTHER_FOLDER)];
    }
    let place = nearest(folder);
    if !can_write(&place) {
        let found = format!("{} cannot be written", place.display());
        return vec![Finding::bad(TOPIC, found, OTHER_FOLDER)];
    }
    if !folder.exists() {
        let found = format!("{shown} is not there yet; the first start makes it");
        let key = key(settings).err();
        return [Finding::good(TOPIC, found)]
            .into_iter()
            .chain(key)
            .collect();
    }
    let in_use = settings.sessions == SessionStore::File && is_locked(folder);
    let own = match (in_use, a_lab_runs) {
        (false, _) => Finding::good(TOPIC, format!("{shown} can be written")),
        (true, true) => Finding::good(TOPIC, format!("{shown} is in use by the lab that runs")),
        (true, false) => Finding::bad(
            TOPIC,
            format!("{shown} is in use by another session-lab"),
            "stop it, or choose another folder with --data-dir",
        ),
    };
    let mut findings = vec![own, certificate(folder)];
    findings.extend(key(settings).err());
    findings
}

/// The folder, or the nearest one above it that is there.
fn nearest(folder: &Path) -> PathBuf {
    let there = folder.ancestors().find(|path| path.exists());
    match there {
        Some(path) if !path.as_os_str().is_empty() => path.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Whether a file could be made in a folder. Only the system knows all that decides it (owner, lists,
/// a disk that is mounted read-only), and `test` asks it.
fn can_write(folder: &Path) -> bool {
    if !folder.is_dir() {
        return false;
    }
    if !cfg!(unix) {
        return folder
            .metadata()
            .is_ok_and(|found| !found.permissions().readonly());
    }
    let asked = Command::new("/bin/sh")
        .args(["-c", "test -w \"$1\" && test -x \"$1\"", "sh"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // Where nothing can be asked, the start will tell.
    asked.map_or(true, |status| status.success())
}

/// Whether a lab has locked the folder.
fn is_locked(folder: &Path) -> bool {
    let Ok(lock) = File::open(folder.join(LOCK_FILE)) else {
        return false;
    };
    // Shared, and given up at once: a lab that starts at this moment waits longer than that.
    matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
}

fn certificate(folder: &Path) -> Finding {
    let topic = "certificate";
    match Certificate::validity(&folder.join("tls")) {
        Err(error) => Finding::bad(topic, error.message, error.hint),
        Ok(None) => Finding::good(topic, "none yet; the first start makes one"),
        Ok(Some((_, until))) if until < OffsetDateTime::now_utc() => {
            let found = format!(
                "it ended on {}; the next start makes a new one",
                until.date()
            );
            Finding::good(topic, found)
        }
        Ok(Some((_, until))) => Finding::good(topic, format!("valid until {}", until.date())),
    }
}

/// Whether the keys can be read: the present one, and the earlier ones that the environment names.
fn key(settings: &Settings) -> Result<(), Finding> {
    let read = lab_keys::of_disk(settings).map(drop);
    read.map_err(|error| Finding::bad("server key", error.message, error.hint))
}
