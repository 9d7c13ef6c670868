//! A commit of several records is whole or absent: the process dies at every change of the disk,
//! and the disk refuses every one of them.

mod refusals;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::LoadedBench;
use super::fault::{self, Fault};
use super::folder::Folder;
use super::load::load;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::base::event::{ClientKind, Event, EventKind};
use crate::defences::policy::Variant;
use crate::storage::memory::lock;
use crate::storage::{Batch, Commit, EventId, Put, RecordKey, RecordKind, StorageError};

/// A data folder, and its bench `local` as the running program has it.
struct Disk {
    root: TempDir,
    folder: Arc<Folder>,
    bench: LoadedBench,
}

/// The records by name with their values, and how many events there are.
type State = (BTreeMap<String, String>, usize);

impl Disk {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(root.path()).unwrap());
        let bench = load(&folder, &BenchName::local()).unwrap().bench;
        Self {
            root,
            folder,
            bench,
        }
    }

    /// With the records that [`change`] changes.
    fn prepared() -> Self {
        let disk = Self::new();
        let first = Batch {
            put: ["overwritten", "rotated", "removed", "stays"]
                .map(|name| put(name, "1"))
                .into(),
            events: vec![event()],
            ..Batch::default()
        };
        assert!(matches!(disk.commit(first), Ok(Commit::Done)));
        disk
    }

    fn commit(&self, batch: Batch) -> Result<Commit, StorageError> {
        let mut writer = self.bench.writer.try_lock().unwrap();
        writer.commit(&self.bench.records, batch)
    }

    /// What readers see.
    fn state(&self) -> State {
        let records = lock(&self.bench.records);
        let value = |key: &RecordKey| {
            let record = records.record(key).expect("it is among the keys");
            String::from_utf8_lossy(&record.value).into_owned()
        };
        let values = records.keys().map(|key| (key.name().into(), value(key)));
        let events = records.journal().after(EventId(0), usize::MAX).len();
        (values.collect(), events)
    }

    /// The next start, which finds what is on the disk.
    fn restart(self) -> Self {
        let Self {
            root,
            folder,
            bench,
        } = self;
        drop((bench, folder));
        let folder = Arc::new(Folder::open(root.path()).unwrap());
        let loaded = load(&folder, &BenchName::local()).unwrap();
        assert!(loaded.set_aside.is_empty());
        Self {
            root,
            folder,
            bench: loaded.bench,
        }
    }

    /// The files are what readers see, and nothing else is there.
    fn is_tidy(&self) {
        let mut expected: Vec<_> = self.state().0.into_keys().collect();
        expected.iter_mut().for_each(|name| name.push_str(".json"));
        expected.sort();
        assert_eq!(
            list(&self.root.path().join("sessions/local/hardened")),
            expected
        );
        assert_eq!(list(&self.root.path().join("journal")), ["local.jsonl"]);
    }
}

fn list(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn key(name: &str) -> RecordKey {
    RecordKey::new(Some(Variant::Hardened), RecordKind::Session, name).unwrap()
}

fn put(name: &str, value: &str) -> Put {
    Put {
        key: key(name),
        value: value.into(),
        last_used: BenchTime::from_millis(1),
        expires_at: BenchTime::from_millis(100),
        owner: None,
        replaces: None,
    }
}

fn event() -> Event {
    Event {
        at: BenchTime::from_millis(1),
        variant: None,
        client: ClientKind::Other,
        what: EventKind::BenchReset,
    }
}

/// New, overwritten, rotated and removed records, and two events.
fn change() -> Batch {
    let rotation = Put {
        replaces: Some(key("rotated")),
        ..put("new-id", "2")
    };
    Batch {
        put: vec![put("new", "2"), put("overwritten", "2"), rotation],
        remove: vec![key("removed")],
        events: vec![event(), event()],
        ..Batch::default()
    }
}

fn state(records: &[(&str, &str)], events: usize) -> State {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    (records.iter().map(own).collect(), events)
}

fn before(events: usize) -> State {
    let names = ["overwritten", "removed", "rotated", "stays"];
    state(&names.map(|name| (name, "1")), events)
}

fn after(events: usize) -> State {
    let records = [
        ("new", "2"),
        ("new-id", "2"),
        ("overwritten", "2"),
        ("stays", "1"),
    ];
    state(&records, events)
}

/// A commit after a fault: it is done, and mixed with nothing that was left behind.
fn goes_on(disk: Disk, was: State) {
    let next = Batch {
        put: vec![put("next", "3")],
        remove: vec![key("stays")],
        events: vec![event()],
        ..Batch::default()
    };
    assert!(matches!(disk.commit(next), Ok(Commit::Done)));
    let (mut records, events) = was;
    records.insert("next".into(), "3".into());
    records.remove("stays");
    let expected = (records, events + 1);
    assert_eq!(disk.state(), expected);
    disk.is_tidy();
    let disk = disk.restart();
    assert_eq!(disk.state(), expected);
    disk.is_tidy();
}

/// Runs a test for each change of the disk, until it says that the work needs no more of them.
/// Returns how many there are.
fn at_every_change(mut test: impl FnMut(usize) -> bool) -> usize {
    (0..).find(|at| !test(*at)).expect("an end")
}

/// Dies at every change of a commit, and at every change of the start after that.
fn dies_everywhere(batch: &Batch, prepare: impl Fn() -> Disk, was: &State, becomes: &State) {
    let mut seen = [false; 2];
    let changes = at_every_change(|at| {
        let mut met = false;
        at_every_change(|later| {
            let disk = prepare();
            let (answer, died) = fault::with(Fault::Death(at), || disk.commit(batch.clone()));
            met = died;
            let Disk {
                root,
                folder,
                bench,
            } = disk;
            // What is dropped of a process that died changes nothing either.
            let ((), _) = fault::with(Fault::Death(0), || drop((bench, folder)));
            let folder = Arc::new(Folder::open(root.path()).unwrap());
            let name = BenchName::local();
            let (loaded, again) = fault::with(Fault::Death(later), || load(&folder, &name));
            drop((loaded, folder));

            let folder = Arc::new(Folder::open(root.path()).unwrap());
            let bench = load(&folder, &name).unwrap().bench;
            let disk = Disk {
                root,
                folder,
                bench,
            };
            let found = disk.state();
            assert!(
                found == *was || found == *becomes,
                "{at}, {later}: {found:?}"
            );
            // What was answered is there.
            assert!(answer.is_err() || found == *becomes, "{at}, {later}");
            seen[usize::from(found == *becomes)] = true;
            disk.is_tidy();
            goes_on(disk, found);
            again
        });
        met
    });
    assert!(changes > 8, "{changes}");
    assert_eq!(seen, [true; 2], "it dies before and after the commit point");
}

#[test]
fn a_process_that_dies_anywhere_in_a_commit_leaves_it_whole_or_absent() {
    dies_everywhere(&change(), Disk::prepared, &before(1), &after(3));
}

#[test]
fn the_same_holds_without_events() {
    let silent = Batch {
        events: Vec::new(),
        ..change()
    };
    dies_everywhere(&silent, Disk::prepared, &before(1), &after(1));
}

#[test]
fn the_same_holds_where_the_journal_is_made_shorter() {
    let prepare = || {
        let disk = Disk::prepared();
        disk.bench.writer.try_lock().unwrap().outgrow();
        disk
    };
    dies_everywhere(&change(), prepare, &before(1), &after(3));
}

#[test]
fn the_same_holds_for_a_bench_that_is_cleared() {
    let clear = Batch {
        clear: Some(vec![RecordKind::Setting]),
        put: vec![put("new", "2")],
        events: vec![event()],
        ..Batch::default()
    };
    let becomes = state(&[("new", "2")], 2);
    let mut seen = [false; 2];
    at_every_change(|at| {
        let disk = Disk::prepared();
        let (_, died) = fault::with(Fault::Death(at), || disk.commit(clear.clone()));
        let (root, rest) = (disk.root, (disk.bench, disk.folder));
        let ((), _) = fault::with(Fault::Death(0), || drop(rest));
        let folder = Arc::new(Folder::open(root.path()).unwrap());
        let bench = load(&folder, &BenchName::local()).unwrap().bench;
        let disk = Disk {
            root,
            folder,
            bench,
        };
        let found = disk.state();
        assert!(found == before(1) || found == becomes, "{at}: {found:?}");
        seen[usize::from(found == becomes)] = true;
        disk.is_tidy();
        died
    });
    assert_eq!(seen, [true; 2]);
}
