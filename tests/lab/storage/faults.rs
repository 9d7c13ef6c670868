//! What the storage in files makes of a crash, of a broken file and of a disk that refuses.

use std::fs;
use std::time::Duration;

use super::files::{Disk, list};
use super::*;

async fn fails(storage: &FileStorage, batch: Batch) -> String {
    storage
        .commit(&bench(), batch)
        .await
        .unwrap_err()
        .to_string()
}

#[tokio::test]
async fn a_broken_file_is_set_aside_and_the_rest_load() {
    let (disk, storage) = Disk::new();
    let keys: Vec<_> = ["good", "torn", "binary"].map(session).into();
    done(&storage, put_all(&keys.iter().collect::<Vec<_>>())).await;
    drop(storage);
    let sessions_folder = disk.sessions();
    fs::write(sessions_folder.join("torn.json"), "{\"version\": 1, \"se").unwrap();
    fs::write(sessions_folder.join("binary.json"), b"\xff\xfe").unwrap();
    fs::create_dir(sessions_folder.join("folder.json")).unwrap();
    // None of ours, and left alone.
    fs::write(sessions_folder.join("notes.txt"), "mine").unwrap();
    fs::write(sessions_folder.join("no name.json"), "mine").unwrap();
    fs::create_dir(disk.path("sessions/local/no-variant")).unwrap();
    // Left by a crash.
    fs::write(sessions_folder.join(".new.json.tmp"), "{").unwrap();

    let storage = disk.open();
    assert_eq!(names(&storage, sessions(), 9).await, ["good"]);
    assert_eq!(disk.list(), ["good.json", "no name.json", "notes.txt"]);
    let mut aside = storage.set_aside();
    aside.sort();
    let folder = disk
        .folder
        .path()
        .canonicalize()
        .unwrap()
        .join("set-aside/sessions/local/hardened");
    assert_eq!(
        aside,
        ["binary.json", "folder.json", "torn.json"].map(|name| folder.join(name))
    );
    assert_eq!(list(&folder), ["binary.json", "folder.json", "torn.json"]);

    // A second one of that name does not hide the first.
    done(&storage, put_all(&[&session("torn")])).await;
    drop(storage);
    fs::write(sessions_folder.join("torn.json"), "").unwrap();
    let storage = disk.open();
    assert_eq!(version(&storage, &session("torn")).await, None);
    assert_eq!(storage.set_aside(), [folder.join("torn.2.json")]);
}

#[tokio::test]
async fn a_crash_in_the_middle_of_a_rotation_does_not_bring_the_old_session_back() {
    let (disk, storage) = Disk::new();
    done(&storage, put_all(&[&session("old")])).await;
    let old = fs::read(disk.sessions().join("old.json")).unwrap();
    let rotation = Put {
        replaces: Some(session("old")),
        ..put(&session("new"))
    };
    done(&storage, put_one(rotation)).await;
    drop(storage);
    fs::write(disk.sessions().join("old.json"), old).unwrap();

    let storage = disk.open();
    assert_eq!(names(&storage, sessions(), 9).await, ["new"]);
    assert_eq!(disk.list(), ["new.json"]);

    // The same name may be put again, and then it is no left-over.
    done(&storage, put_all(&[&session("old")])).await;
    drop(storage);
    assert_eq!(names(&disk.open(), sessions(), 9).await, ["new", "old"]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_changes_nothing() {
    let (disk, storage) = Disk::new();
    done(&storage, put_all(&[&session("a")])).await;
    let journal = || fs::read(disk.path("journal/local.jsonl")).unwrap();
    let before = journal();
    // Root writes to any folder; nobody writes into a file that is where a folder must be.
    fs::write(disk.path("accounts"), "").unwrap();
    let account = RecordKey::new(HARDENED, RecordKind::Account, "alice").unwrap();
    let batch = Batch {
        put: vec![put(&session("b")), put(&account), put(&session("c"))],
        remove: vec![session("a")],
        events: vec![event("alice")],
        ..Batch::default()
    };
    let told = fails(&storage, batch.clone()).await;
    assert!(told.contains("accounts/local/hardened: "), "{told}");
    assert_eq!(names(&storage, sessions(), 9).await, ["a"]);
    assert_eq!(disk.list(), ["a.json"]);
    assert!(
        storage
            .events(&bench(), EventId(0), 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(journal(), before);

    // It works again as soon as the cause is gone.
    fs::remove_file(disk.path("accounts")).unwrap();
    done(&storage, batch).await;
    assert_eq!(disk.list(), ["b.json", "c.json"]);
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_changes_nothing() {
    let (disk, storage) = Disk::new();
    done(&storage, put_all(&[&session("a")])).await;
    fs::remove_file(disk.path("journal/local.jsonl")).unwrap();
    fs::create_dir(disk.path("journal/local.jsonl")).unwrap();
    let batch = Batch {
        remove: vec![session("a")],
        events: vec![event("alice")],
        ..put_all(&[&session("b")])
    };
    fails(&storage, batch).await;
    assert_eq!(names(&storage, sessions(), 9).await, ["a"]);
    assert_eq!(disk.list(), ["a.json"]);
}

#[tokio::test]
async fn a_put_whose_place_is_taken_by_a_folder_changes_nothing() {
    let (disk, storage) = Disk::new();
    done(&storage, put_with_event("a", &[&session("b")])).await;
    let before = fs::read(disk.sessions().join("b.json")).unwrap();
    // A file can be written beside this folder, but not take its name.
    fs::create_dir_all(disk.sessions().join("c.json/full")).unwrap();
    let keys = [&session("a"), &session("b"), &session("c")];
    fails(&storage, put_with_event("b", &keys)).await;
    assert_eq!(names(&storage, sessions(), 9).await, ["b"]);
    assert_eq!(disk.list(), ["b.json", "c.json"]);
    assert_eq!(fs::read(disk.sessions().join("b.json")).unwrap(), before);
    let journal = fs::read_to_string(disk.path("journal/local.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), 1);
}

#[tokio::test]
async fn a_record_whose_file_cannot_be_removed_is_gone_all_the_same() {
    let (disk, storage) = Disk::new();
    done(
        &storage,
        put_all(&[&session("a"), &session("b"), &session("c")]),
    )
    .await;
    let [a, b] = ["a.json", "b.json"].map(|name| disk.sessions().join(name));
    let files = [&a, &b].map(|file| fs::read(file).unwrap());
    for file in [&a, &b] {
        fs::remove_file(file).unwrap();
        fs::create_dir(file).unwrap();
    }
    done(&storage, remove(&[&session("a"), &session("c")])).await;
    assert_eq!(names(&storage, sessions(), 9).await, ["b"]);
    assert!(storage.trouble().await.is_none(), "the folder takes files");
    let rotation = Put {
        replaces: Some(session("b")),
        ..put(&session("d"))
    };
    done(&storage, put_one(rotation)).await;
    assert_eq!(version(&storage, &session("b")).await, None);

    // What is owed keeps the bench in memory, and the next start knows of it.
    assert_eq!(storage.unload_idle(Duration::ZERO).await, 0);
    drop(storage);
    let storage = disk.open();
    assert_eq!(names(&storage, sessions(), 9).await, ["d"]);
    done(&storage, put_all(&[&session("e")])).await;
    drop(storage);
    for (file, text) in [&a, &b].into_iter().zip(files) {
        fs::remove_dir(file).unwrap();
        fs::write(file, text).unwrap();
    }
    let storage = disk.open();
    assert_eq!(names(&storage, sessions(), 9).await, ["d", "e"]);
    assert_eq!(disk.list(), ["d.json", "e.json"]);
    assert_eq!(storage.unload_idle(Duration::ZERO).await, 1);
}

#[tokio::test]
async fn a_folder_that_was_deleted_is_made_again() {
    let (disk, storage) = Disk::new();
    done(&storage, put_with_event("a", &[&session("a")])).await;
    fs::remove_dir_all(disk.path("sessions")).unwrap();
    fs::remove_dir_all(disk.path("journal")).unwrap();
    done(&storage, put_with_event("a", &[&session("b")])).await;
    done(&storage, remove(&[&session("a")])).await;
    assert_eq!(disk.list(), ["b.json"]);
    assert_eq!(list(&disk.path("journal")), ["local.jsonl"]);
}

#[tokio::test]
async fn a_flush_that_fails_is_tried_again() {
    let (disk, storage) = Disk::new();
    done(&storage, put_all(&[&session("a")])).await;
    storage
        .touch(&bench(), &session("a"), at(50), at(150))
        .await
        .unwrap();
    let (sessions, away) = (disk.path("sessions"), disk.path("away"));
    fs::rename(&sessions, &away).unwrap();
    fs::write(&sessions, "").unwrap();
    storage.flush().await.unwrap_err();
    assert_eq!(storage.unload_idle(Duration::ZERO).await, 0);
    fs::remove_file(&sessions).unwrap();
    fs::rename(&away, &sessions).unwrap();
    assert_eq!(storage.flush().await.unwrap(), 1);
}

#[tokio::test]
async fn a_torn_last_line_of_the_journal_is_ignored() {
    let (disk, storage) = Disk::new();
    done(
        &storage,
        Batch {
            events: ["a", "b"].map(event).into(),
            ..Batch::default()
        },
    )
    .await;
    drop(storage);
    let path = disk.path("journal/local.jsonl");
    let mut text = fs::read_to_string(&path).unwrap();
    let event = |id: u64, user: &str| {
        let event = r#""variant":"hardened","client":"curl","event":"notice-posted""#;
        format!(r#"{{"id":{id},"at":1,{event},"user":"{user}"}}"#)
    };
    let line = [event(1, "a"), event(2, "b")].join(",");
    assert_eq!(text, format!("{{\"commit\":1,\"events\":[{line}]}}\n"));
    text.push_str("not an event\n{\"commit\":2,\"events\":[{\"id\":3,\"at\"");
    fs::write(&path, text).unwrap();

    let storage = disk.open();
    done(
        &storage,
        Batch {
            events: vec![super::event("c")],
            ..Batch::default()
        },
    )
    .await;
    drop(storage);
    let event = super::event;
    let events = disk.open().events(&bench(), EventId(1), 9).await.unwrap();
    assert_eq!(events, [(EventId(2), event("b")), (EventId(3), event("c"))]);
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = FileStorage::open(&file.join("lab-data"))
        .unwrap_err()
        .to_string();
    let start = format!(
        "cannot write to the data folder {}: ",
        file.join("lab-data").display()
    );
    assert!(
        error.starts_with(&start) && !error.contains('\n'),
        "{error}"
    );
}

#[tokio::test]
async fn a_bench_that_cannot_be_read_is_unavailable_and_another_is_not() {
    let (disk, storage) = Disk::new();
    fs::create_dir_all(disk.path("sessions")).unwrap();
    fs::write(disk.path("sessions/local"), "").unwrap();
    assert!(storage.read(&bench(), &session("a")).await.is_err());
    fails(&storage, put_all(&[&session("a")])).await;
    let other: BenchName = "team-7".parse().unwrap();
    assert!(storage.read(&other, &session("a")).await.unwrap().is_none());
    fs::remove_file(disk.path("sessions/local")).unwrap();
    done(&storage, put_all(&[&session("a")])).await;
}
