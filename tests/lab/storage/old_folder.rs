//! A data folder that an earlier lab wrote: one event a line of the journal, and temporary files
//! without a number.

use std::fs;

use super::files::Disk;
use super::*;

const RECORD: &str = r#"{
  "version": 3,
  "seen": 10,
  "until": 100,
  "owner": "alice",
  "place": 4,
  "turn": 9,
  "value": "a"
}
"#;

const JOURNAL: &str = concat!(
    r#"{"id":1,"at":1,"variant":"hardened","client":"curl","event":"notice-posted","user":"a"}"#,
    "\n",
    r#"{"id":2,"at":1,"variant":"hardened","client":"curl","event":"notice-posted","user":"b"}"#,
    "\n",
);

#[tokio::test]
async fn its_records_and_events_load_and_new_ones_join_them() {
    let (disk, storage) = Disk::new();
    drop(storage);
    fs::create_dir_all(disk.sessions()).unwrap();
    fs::create_dir_all(disk.path("journal")).unwrap();
    fs::write(disk.sessions().join("a.json"), RECORD).unwrap();
    // A crash left a new record and half a line behind. The commit was not answered.
    fs::write(disk.sessions().join(".b.json.tmp"), RECORD).unwrap();
    let torn = [JOURNAL, "{\"id\":3,\"at\":1,"].concat();
    fs::write(disk.path("journal/local.jsonl"), torn).unwrap();

    let storage = disk.open();
    assert_eq!(names(&storage, sessions_of("alice"), 9).await, ["a"]);
    assert_eq!(version(&storage, &session("a")).await, Some(3));
    assert_eq!(disk.list(), ["a.json"]);
    let change = Batch {
        remove: vec![session("a")],
        events: ["c", "d"].map(event).into(),
        ..put_all(&[&session("b")])
    };
    done(&storage, change).await;
    drop(storage);

    let storage = disk.open();
    assert_eq!(names(&storage, sessions(), 9).await, ["b"]);
    let events = storage.events(&bench(), EventId(0), 9).await.unwrap();
    let users = ["a", "b", "c", "d"].map(event);
    assert!(events.into_iter().map(|(_, event)| event).eq(users));
    let journal = fs::read_to_string(disk.path("journal/local.jsonl")).unwrap();
    assert!(journal.starts_with(JOURNAL), "{journal}");
    assert_eq!(journal.lines().count(), 3, "one line for the commit");
    assert!(storage.set_aside().is_empty());
}

#[tokio::test]
async fn a_bench_without_a_journal_loads_and_its_temporary_files_go() {
    let (disk, storage) = Disk::new();
    drop(storage);
    fs::create_dir_all(disk.sessions()).unwrap();
    fs::write(disk.sessions().join("a.json"), RECORD).unwrap();
    // Nothing says that this commit was done.
    fs::write(disk.sessions().join(".a.json.1.tmp"), "{").unwrap();
    let storage = disk.open();
    assert_eq!(version(&storage, &session("a")).await, Some(3));
    assert_eq!(disk.list(), ["a.json"]);
    // Reading alone writes no journal.
    assert!(!disk.path("journal").exists());
    done(&storage, put_all(&[&session("a")])).await;
    drop(storage);
    assert_eq!(version(&disk.open(), &session("a")).await, Some(4));
}
