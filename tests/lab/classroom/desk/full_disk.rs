//! A disk without room, on both sides: each says so in words, goes on by itself, and loses nothing that
//! it acknowledged.
//!
//! `/dev/full` refuses every write as a full disk does. It takes the place of a bench's journal, to which
//! every commit writes.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::StudentLab;
use super::people::{reason, solved};
use super::program::DeskProgram;
use crate::app::program::Program;
use crate::classroom::fake_desk::FakeDesk;
use crate::support::POLL;

const SHEET: &str = "01-a-session";

/// A bench that cannot be written until this goes.
struct FullDisk(PathBuf);

impl FullDisk {
    fn of(data: &Path, bench: &str) -> Self {
        let journal = data.join("journal").join(bench).with_extension("jsonl");
        fs::remove_file(&journal).expect("a journal");
        symlink("/dev/full", &journal).expect("a link");
        Self(journal)
    }

    fn has_room_again(self) {
        fs::remove_file(self.0).expect("a link");
    }
}

fn stored(answer: &str) -> u64 {
    let answer: Value = serde_json::from_str(answer).expect("JSON");
    answer["stored"].as_u64().expect("a number")
}

#[tokio::test]
async fn a_desk_whose_disk_is_full_says_so_and_keeps_what_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let desk = DeskProgram::start(folder.path(), &[]).await;
    let (class, code) = desk.teacher.make_class("Monday").await;
    let alice = StudentLab::join(&desk.teacher.doors, &code, "alice", 1).await;
    let hand = json!({ "at": 1, "happened": "hand", "up": true });
    let items = json!([hand, solved(SHEET, "a-stranger")]);
    assert_eq!(stored(&alice.report(1, json!([hand])).await.body), 1);

    let full = FullDisk::of(folder.path(), "teacher-desk-1");
    let refused = alice.report(1, items.clone()).await;
    assert_eq!((refused.status, &*reason(&refused)), (503, "unavailable"));
    assert!(
        refused.body.contains("The disk of the desk is full"),
        "{}",
        refused.body
    );
    let message = [("do", "message"), ("message", "Begin.")];
    let page = desk.teacher.post(&format!("{class}/lead"), &message).await;
    assert_eq!(page.status, 503);
    for words in [
        "Make room on the disk",
        "Begin.</textarea>",
        "Send it again",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    // What is there is read, and nothing that was refused is part of it.
    let board = desk.teacher.board(&class).await;
    assert_eq!(board["rows"][0]["needs"], "hand up");
    assert!(!board.to_string().contains("solved"), "{board}");
    assert_eq!(stored(&alice.report(1, json!([])).await.body), 1);

    full.has_room_again();
    assert_eq!(stored(&alice.report(1, items).await.body), 2);
    desk.program.kill();
    let desk = DeskProgram::start(folder.path(), &[]).await;
    let alice = StudentLab {
        doors: desk.teacher.doors.clone(),
        ..alice
    };
    assert_eq!(stored(&alice.report(1, json!([])).await.body), 2);
    assert!(
        desk.teacher
            .board(&class)
            .await
            .to_string()
            .contains("solved")
    );
}

#[tokio::test]
async fn a_students_lab_whose_disk_is_full_says_so_and_sends_what_it_kept() {
    let mut desk = FakeDesk::start().await;
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--join", &desk.link()]);
    let mut student = program.visitor("lab", "");
    let origin = student.origin();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", origin.as_str()),
    ];
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("link", &desk.link())
        .append_pair("name", "Ada")
        .finish();
    let joined = student.send("POST", "/class/join", &headers, form).await;
    assert_eq!(joined.status, 303, "{}", joined.body);
    desk.until("a report", |desk| desk.reports > 1).await;
    desk.close().await;
    let raise = async |student: &mut crate::app::program::Visitor, up: &str| {
        let form = format!("up={up}");
        student.send("POST", "/class/hand", &headers, form).await
    };
    assert_eq!(raise(&mut student, "1").await.status, 303);

    let full = FullDisk::of(folder.path(), "local");
    desk.open().await;
    let refused = raise(&mut student, "0").await;
    assert_eq!(refused.status, 503);
    assert!(
        refused.body.contains("The store is full"),
        "{}",
        refused.body
    );
    loop {
        let page = student.get("/class").await.body;
        if page.contains("The disk of this lab is full since") {
            assert!(page.contains("1 report waits in this lab."), "{page}");
            break;
        }
        tokio::time::sleep(POLL).await;
    }

    full.has_room_again();
    desk.until("the hand", |desk| desk.items.len() == 1).await;
    loop {
        let page = student.get("/class").await.body;
        if page.contains("Everything is reported.") {
            break;
        }
        tokio::time::sleep(POLL).await;
    }
    assert_eq!(desk.state().items.len(), 1);
}
