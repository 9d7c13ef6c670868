//! What the desk keeps: over `kill -9`, in Redis, in a backup, and from older formats.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use session_lab::classroom::desk::class_record::ClassRecord;
use session_lab::classroom::desk::format::{self, FormatError};
use session_lab::classroom::desk::student_record::StudentRecord;

use super::people::{StudentLab, solved};
use super::program::DeskProgram;
use crate::support::redis::RedisServer;

const SHEET: &str = "01-a-session";
/// A class with a student who has reported something.
async fn class_with_alice(desk: &DeskProgram) -> (String, StudentLab) {
    let (class, code) = desk.teacher.make_class("Monday").await;
    let alice = StudentLab::join(&desk.teacher.doors, &code, "alice", 1).await;
    let answer = alice
        .report(1, json!([solved(SHEET, "a-stranger"), hand()]))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    (class, alice)
}

fn hand() -> Value {
    json!({ "at": 1, "happened": "hand", "up": true })
}

/// The same student finds everything there at the desk that was started again.
async fn finds_everything(desk: &DeskProgram, class: &str, alice: StudentLab) {
    let alice = StudentLab {
        doors: desk.teacher.doors.clone(),
        ..alice
    };
    let answer = alice.report(1, json!([hand(), hand()])).await;
    assert!(answer.body.contains("\"stored\":2"), "{}", answer.body);
    let board = desk.teacher.board(class).await;
    assert_eq!(board["rows"][0]["name"], "alice");
    assert_eq!(board["rows"][0]["needs"], "hand up");
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9_and_a_backup_brings_it_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let desk = DeskProgram::start(folder.path(), &[]).await;
    let (class, alice) = class_with_alice(&desk).await;
    desk.program.kill();
    let desk = DeskProgram::start(folder.path(), &[]).await;
    finds_everything(&desk, &class, alice).await;
    let alice = StudentLab {
        doors: desk.teacher.doors.clone(),
        secret: super::people::secret(1),
        number: 10_001,
        lab: "0011223344556677".into(),
    };
    desk.program.kill();

    let backup = folder.path().join("desk.json");
    let backup = backup.to_str().expect("a path");
    let session_lab = |words: &[&str], data: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_session-lab"));
        command.args(words).arg("--data-dir").arg(data);
        let output = command.current_dir(data).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), told + &error)
    };
    let (done, told) = session_lab(&["desk", "backup", backup], folder.path());
    assert!(done && told.contains("1 class is in"), "{told}");
    let (done, told) = session_lab(&["desk", "restore", backup], folder.path());
    assert!(!done && told.contains("has a class 1 already"), "{told}");
    let other = tempfile::tempdir().unwrap();
    let (done, told) = session_lab(&["desk", "restore", backup], other.path());
    assert!(done && told.contains("1 class was restored"), "{told}");
    let desk = DeskProgram::start(other.path(), &[]).await;
    finds_everything(&desk, &class, alice).await;
}

/// What `session-lab desk` says, and whether it succeeded.
fn desk_command(what: &str, file: &Path, data: &Path) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_session-lab"));
    command.args(["desk", what]).arg(file);
    command.arg("--data-dir").arg(data);
    let output = command.output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), told + &error)
}

#[test]
fn a_backup_of_a_folder_that_is_missing_or_has_no_lab_is_refused_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, missing) = (folder.path().join("b.json"), folder.path().join("nothing"));
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    for (data, words) in [
        (&missing, "there is no data folder"),
        (&empty, "no lab has stored anything"),
    ] {
        let (done, told) = desk_command("backup", &file, data);
        assert!(!done && told.contains(words), "{told}");
        assert!(told.contains("--data-dir"), "{told}");
    }
    assert!(!file.exists() && !missing.exists());
    assert_eq!(std::fs::read_dir(&empty).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_no_backup_is_named_and_the_data_folder_is_not_blamed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("utf-16"), b"\xff\xfe{\0}\0").unwrap();
    std::fs::write(path("cut"), "{\"kind\": \"session-lab-desk\", \"clas").unwrap();
    std::fs::write(path("page"), "<html>").unwrap();
    let data = path("data");
    for (what, file, words) in [
        ("restore", folder.path().to_owned(), "is a folder"),
        ("restore", path("none"), "there is no file"),
        ("restore", path("utf-16"), "it is UTF-16 text"),
        ("restore", path("cut"), "it ends too early"),
        ("restore", path("page"), "it is no JSON"),
        ("backup", folder.path().to_owned(), "is a folder"),
        ("backup", path("cut"), "is there already"),
        ("backup", path("none/b.json"), "there is no folder"),
    ] {
        let (done, told) = desk_command(what, &file, &data);
        assert!(!done && told.contains(words), "{what} {file:?}: {told}");
        assert!(!told.contains("--data-dir"), "{what} {file:?}: {told}");
    }
}

#[tokio::test]
#[ignore = "starts a Redis"]
async fn a_desk_in_redis_keeps_everything_and_deletes_it() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let url = redis.url();
    let flags = ["--sessions", &*url];
    let desk = DeskProgram::start(folder.path(), &flags).await;
    let (class, alice) = class_with_alice(&desk).await;
    desk.program.kill();
    let desk = DeskProgram::start(folder.path(), &flags).await;
    finds_everything(&desk, &class, alice).await;
    let settings = format!("{class}/settings");
    desk.teacher.done(&settings, &[("do", "end")]).await;
    desk.teacher
        .done(&settings, &[("do", "delete"), ("name", "Monday")])
        .await;
    desk.program.kill();
    let desk = DeskProgram::start(folder.path(), &flags).await;
    assert_eq!(desk.teacher.get(&class).await.status, 404);
}

/// A class as format 1 had it.
fn old_class() -> Value {
    json!({
        "format": 1, "number": 1, "name": "Monday", "code": "K7Q2MA", "is-open": true,
        "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "stuck-minutes": 5, "made": 0,
        "ended": null, "keep-days": 90, "next-place": 2, "questions": [],
        "leads": { "closed": [], "now": null, "deadlines": {}, "released": [], "message": null,
                   "asks": false },
    })
}

#[test]
fn an_older_format_is_brought_up_to_date_and_a_newer_one_is_refused() {
    let read = |value: &Value| format::read::<ClassRecord>(value.to_string().as_bytes());
    let class = read(&old_class()).expect("a class of format 1");
    assert_eq!(
        (&*class.name, class.projector.len(), class.joins_freely),
        ("Monday", 22, true)
    );
    let again = format::write(&class).expect("bytes");
    assert_eq!(
        format::read::<ClassRecord>(&again).expect("a class of today"),
        class
    );

    let student = json!({
        "format": 1, "number": 10_001, "name": "alice", "on-roster": false, "id-number": "",
        "email": "", "state": "member", "secret": null, "pin-round": 0, "stored": 3,
        "clock-ahead": -5, "seen": null, "hand": null, "resets": 1, "sheets": {}, "votes": {},
    });
    let student = format::read::<StudentRecord>(student.to_string().as_bytes());
    let student = student.expect("a student of format 1");
    assert_eq!(
        (student.labs.len(), student.restores, student.resets),
        (0, 0, 1)
    );

    let mut newer = old_class();
    newer["format"] = 3.into();
    let error = read(&newer).expect_err("a newer format");
    assert_eq!(
        error,
        FormatError::Newer {
            what: "a class",
            found: 3,
            known: 2
        }
    );
    assert!(
        error.to_string().contains("start the later version"),
        "{error}"
    );
    for damaged in [
        json!({}),
        json!([]),
        json!({ "format": 0 }),
        json!({ "format": 2 }),
    ] {
        let error = read(&damaged).expect_err("it is damaged");
        assert!(
            matches!(error, FormatError::Damaged { .. }),
            "{damaged}: {error}"
        );
    }
}
