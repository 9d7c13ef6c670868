//! What only the storage in files can show: what is on the disk, and what comes back from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use session_lab::storage::file::OpenFolderError;
use tempfile::TempDir;

use super::*;

/// A data folder with a storage that can be closed and opened again.
pub struct Disk {
    pub folder: TempDir,
}

impl Disk {
    pub fn new() -> (Self, FileStorage) {
        let disk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let storage = disk.open();
        (disk, storage)
    }

    pub fn open(&self) -> FileStorage {
        FileStorage::open(self.folder.path()).unwrap()
    }

    pub fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    pub fn sessions(&self) -> PathBuf {
        self.path("sessions/local/hardened")
    }

    /// What `ls -A` shows there.
    pub fn list(&self) -> Vec<String> {
        list(&self.sessions())
    }
}

pub fn list(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .map(|entries| {
            entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    names
}

#[tokio::test]
async fn ls_shows_a_file_come_and_go() {
    let (disk, storage) = Disk::new();
    assert!(disk.list().is_empty());
    done(&storage, put_all(&[&session("a"), &session("b")])).await;
    assert_eq!(disk.list(), ["a.json", "b.json"]);
    done(&storage, remove(&[&session("a")])).await;
    assert_eq!(disk.list(), ["b.json"]);
    let rotation = Put {
        replaces: Some(session("b")),
        owner: Some("alice".into()),
        ..put(&session("c"))
    };
    done(&storage, put_one(rotation)).await;
    assert_eq!(disk.list(), ["c.json"]);
    let text = fs::read_to_string(disk.sessions().join("c.json")).unwrap();
    let expected = r#"{
  "version": 1,
  "seen": 10,
  "until": 100,
  "owner": "alice",
  "replaces": {
    "world": "hardened",
    "kind": "session",
    "name": "b"
  },
  "place": 3,
  "turn": 3,
  "value": "c"
}
"#;
    assert_eq!(text, expected);
    assert_eq!(storage.sweep(&bench(), at(100), 9).await.unwrap(), 1);
    assert!(disk.list().is_empty());
}

#[tokio::test]
async fn everything_survives_a_reopen() {
    let (disk, storage) = Disk::new();
    let setting = RecordKey::new(None, RecordKind::Setting, "clock").unwrap();
    let single = "without-rotation".parse().unwrap();
    let single = RecordKey::new(Some(single), RecordKind::Session, "s").unwrap();
    let owned = Put {
        owner: Some("alice".into()),
        ..put(&session("z"))
    };
    done(&storage, put_one(owned)).await;
    let batch = Batch {
        events: vec![event("alice")],
        ..put_all(&[&session("a"), &setting, &single])
    };
    done(&storage, batch).await;
    done(&storage, put_all(&[&setting])).await;
    drop(storage);

    let storage = disk.open();
    assert_eq!(names(&storage, sessions(), 9).await, ["z", "a"]);
    assert_eq!(names(&storage, sessions_of("alice"), 9).await, ["z"]);
    assert_eq!(version(&storage, &setting).await, Some(2));
    assert_eq!(version(&storage, &single).await, Some(1));
    done(&storage, put_with_event("bob", &[&session("b")])).await;
    assert_eq!(names(&storage, sessions(), 9).await, ["z", "a", "b"]);
    let events = storage.events(&bench(), EventId(0), 9).await.unwrap();
    assert_eq!(
        events,
        [(EventId(1), event("alice")), (EventId(2), event("bob"))]
    );
    assert!(storage.set_aside().is_empty());
}

#[tokio::test]
async fn a_copied_file_is_a_second_session() {
    let (disk, storage) = Disk::new();
    done(&storage, put_all(&[&session("a"), &session("b")])).await;
    drop(storage);
    fs::copy(
        disk.sessions().join("a.json"),
        disk.sessions().join("c.json"),
    )
    .unwrap();
    let storage = disk.open();
    assert_eq!(names(&storage, sessions(), 9).await, ["a", "b", "c"]);
    storage.flush().await.unwrap();
    done(&storage, remove(&[&session("a")])).await;
    drop(storage);
    assert_eq!(names(&disk.open(), sessions(), 9).await, ["b", "c"]);
}

#[tokio::test]
async fn touches_are_written_by_a_flush_but_never_for_a_record_that_is_gone() {
    let (disk, storage) = Disk::new();
    let keys: Vec<_> = (0..200).map(|n| session(&format!("s{n}"))).collect();
    done(&storage, put_all(&keys.iter().collect::<Vec<_>>())).await;
    for key in &keys {
        storage.touch(&bench(), key, at(50), at(150)).await.unwrap();
    }
    done(&storage, remove(&[&keys[7]])).await;
    done(&storage, put_all(&[&keys[8]])).await;
    assert_eq!(storage.flush().await.unwrap(), 198);
    assert_eq!(storage.flush().await.unwrap(), 0);
    drop(storage);

    let storage = disk.open();
    let stored = storage.read(&bench(), &keys[0]).await.unwrap().unwrap();
    assert_eq!(
        (stored.version, stored.last_used, stored.expires_at),
        (1, at(50), at(150))
    );
    assert_eq!(version(&storage, &keys[7]).await, None);
    assert_eq!(version(&storage, &keys[8]).await, Some(2));
}

#[tokio::test]
async fn idle_benches_leave_memory_but_not_the_disk() {
    let (_disk, storage) = Disk::new();
    done(&storage, put_all(&[&session("a")])).await;
    storage
        .touch(&bench(), &session("a"), at(50), at(150))
        .await
        .unwrap();
    assert_eq!(storage.unload_idle(Duration::from_secs(60)).await, 0);
    assert_eq!(storage.benches(), [bench()]);
    assert_eq!(storage.unload_idle(Duration::ZERO).await, 1);
    assert!(storage.benches().is_empty());
    let stored = storage
        .read(&bench(), &session("a"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.last_used, at(50));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bench_that_is_unloaded_while_in_use_loses_nothing() {
    let (_disk, storage) = Disk::new();
    let storage = Arc::new(storage);
    let worker = {
        let storage = Arc::clone(&storage);
        tokio::spawn(async move {
            for version in 0..200 {
                let key = session("a");
                let expect = vec![(key.clone(), Expect::Version(version))];
                done(
                    &*storage,
                    Batch {
                        expect,
                        ..put_all(&[&key])
                    },
                )
                .await;
                storage
                    .touch(&bench(), &key, at(version), at(version))
                    .await
                    .unwrap();
            }
        })
    };
    while !worker.is_finished() {
        storage.unload_idle(Duration::ZERO).await;
        tokio::task::yield_now().await;
    }
    worker.await.unwrap();
    assert_eq!(version(&*storage, &session("a")).await, Some(200));
}

#[tokio::test]
async fn a_journal_that_has_outgrown_its_limit_is_written_anew() {
    let (disk, storage) = Disk::new();
    let lines = || {
        let text = fs::read_to_string(disk.path("journal/local.jsonl")).unwrap();
        let commits = text.lines().filter(|line| line.starts_with("{\"commit\":"));
        (text.lines().count(), commits.count())
    };
    let half = Batch {
        events: vec![event("a"); JOURNAL_LIMIT],
        ..Batch::default()
    };
    done(&storage, half.clone()).await;
    done(&storage, half).await;
    assert_eq!(lines(), (2, 2));
    let batch = Batch {
        events: vec![event("b")],
        ..put_all(&[&session("a")])
    };
    done(&storage, batch).await;
    assert_eq!(
        lines(),
        (JOURNAL_LIMIT + 1, 1),
        "the number of the last commit stays"
    );
    done(&storage, put_all(&[&session("b")])).await;
    drop(storage);
    let last = EventId(2 * JOURNAL_LIMIT as u64);
    let storage = disk.open();
    let events = storage.events(&bench(), last, 9).await.unwrap();
    assert_eq!(events, [(EventId(last.0 + 1), event("b"))]);
    assert_eq!(names(&storage, sessions(), 9).await, ["a", "b"]);
}

#[tokio::test]
async fn a_data_folder_is_opened_by_one_program_only() {
    let (disk, storage) = Disk::new();
    let error = FileStorage::open(disk.folder.path()).unwrap_err();
    assert!(matches!(error, OpenFolderError::InUse { .. }));
    assert!(
        error
            .to_string()
            .ends_with("is in use by another session-lab"),
        "{error}"
    );
    drop(storage);
    disk.open();
}

#[tokio::test]
async fn a_lock_that_is_just_being_lifted_is_waited_for() {
    let (disk, storage) = Disk::new();
    let closing = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        drop(storage);
    });
    disk.open();
    closing.join().unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn files_and_folders_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("lab-data");
    let storage = FileStorage::open(&root).unwrap();
    done(&storage, put_with_event("a", &[&session("a")])).await;
    let mut open = vec![root];
    let mut files = 0;
    while let Some(path) = open.pop() {
        let about = fs::metadata(&path).unwrap();
        let mode = about.permissions().mode() & 0o777;
        if about.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            open.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
            files += 1;
        }
    }
    assert_eq!(files, 3, "the lock, the journal and the session");
}
