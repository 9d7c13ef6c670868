//! The disk refuses in the middle of a commit, and the process goes on.

use super::*;

/// The disk refuses. Then readers, the next commit and the next start agree on what happened.
fn refuses(fault: fn(usize) -> Fault) {
    let mut answers = [0; 2];
    let changes = at_every_change(|at| {
        let disk = Disk::prepared();
        let (answer, met) = fault::with(fault(at), || disk.commit(change()));
        let expected = if answer.is_ok() { after(3) } else { before(1) };
        assert_eq!(disk.state(), expected, "{at}: {answer:?}");
        answers[usize::from(answer.is_ok())] += 1;
        // One goes on, the other one starts again at once.
        goes_on(disk, expected.clone());
        let disk = Disk::prepared();
        let _ = fault::with(fault(at), || disk.commit(change()));
        let disk = disk.restart();
        assert_eq!(disk.state(), expected, "{at}: after a restart");
        disk.is_tidy();
        met
    });
    assert!(changes > 8 && answers.iter().all(|n| *n > 1), "{answers:?}");
}

#[test]
fn a_disk_that_refuses_one_change_of_a_commit_leaves_it_whole_or_absent() {
    refuses(Fault::Once);
}

#[test]
fn a_disk_that_becomes_full_in_a_commit_leaves_it_whole_or_absent() {
    refuses(Fault::Full);
}

#[test]
fn a_file_that_cannot_get_its_name_stops_the_next_commit_and_not_what_was_done() {
    let disk = Disk::prepared();
    // The last changes of the commit are the three names.
    let needed = at_every_change(|at| {
        let disk = Disk::prepared();
        fault::with(Fault::Once(at), || disk.commit(change())).1
    });
    let (answer, _) = fault::with(Fault::Death(needed - 3), || disk.commit(change()));
    assert!(matches!(answer, Ok(Commit::Done)), "{answer:?}");
    assert_eq!(disk.state(), after(3));
    let other = Batch {
        put: vec![put("other", "3")],
        ..Batch::default()
    };
    let (refused, _) = fault::with(Fault::Death(0), || disk.commit(other.clone()));
    assert!(matches!(refused, Err(StorageError::Full(_))));
    assert_eq!(disk.state(), after(3));
    let mut writer = disk.bench.writer.try_lock().unwrap();
    assert!(!writer.is_synced());
    // A flush and a sweep wait for the names as well, so that neither is undone by one.
    let (swept, _) = fault::with(Fault::Death(0), || {
        writer.sweep(&disk.bench.records, BenchTime::FOREVER, 9)
    });
    assert!(swept.is_err());
    drop(writer);
    // The folder with all temporary files was deleted: memory has what they said.
    fs::remove_dir_all(disk.root.path().join("sessions")).unwrap();
    fs::create_dir_all(disk.root.path().join("sessions/local/hardened")).unwrap();
    assert!(matches!(disk.commit(other), Ok(Commit::Done)));
    let disk = disk.restart();
    let names: Vec<_> = disk.state().0.into_keys().collect();
    assert_eq!(names, ["new", "new-id", "other", "overwritten"]);
}

#[test]
fn a_torn_line_that_could_not_be_cut_is_cut_before_the_next_one() {
    let disk = Disk::prepared();
    let journal = disk.root.path().join("journal/local.jsonl");
    let line = Batch {
        events: vec![event()],
        ..Batch::default()
    };
    // Opened, then torn; and dead at the cut.
    let (answer, _) = fault::with(Fault::Death(1), || disk.commit(line.clone()));
    assert!(answer.is_err());
    assert!(!fs::read(&journal).unwrap().ends_with(b"\n"));
    assert!(matches!(disk.commit(line), Ok(Commit::Done)));
    let text = fs::read_to_string(&journal).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert_eq!(disk.restart().state(), before(2));
}

#[test]
fn the_journal_names_no_record_that_goes() {
    let disk = Disk::prepared();
    assert!(matches!(disk.commit(change()), Ok(Commit::Done)));
    let text = fs::read_to_string(disk.root.path().join("journal/local.jsonl")).unwrap();
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["commit"], &last["events"][1]["id"]),
        (&2.into(), &3.into())
    );
    let gone = last["gone"].as_array().unwrap();
    assert_eq!(gone.len(), 2, "the removed one and the rotated one");
    for hash in gone {
        let hash = hash.as_str().unwrap();
        assert!(hash.len() == 32 && hash.bytes().all(|letter| (b'a'..=b'p').contains(&letter)));
    }
    assert!(
        !text.contains("removed") && !text.contains("rotated"),
        "{text}"
    );
}
