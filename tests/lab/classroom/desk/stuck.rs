//! Who is stuck: trying for some minutes without a solved step, and still trying.

use std::time::Duration;

use serde_json::{Value, json};
use session_lab::base::clock::BenchTime;
use session_lab::classroom::desk::board;
use session_lab::classroom::desk::class_record::ClassRecord;
use session_lab::classroom::desk::reported::apply;
use session_lab::classroom::desk::student_record::{StudentRecord, StudentState};
use session_lab::worksheets::library::SheetLibrary;

use super::people::{solved, tried};

const SHEET: &str = "01-a-session";
const FIVE: Duration = Duration::from_secs(300);

fn at_minute(minute: u64) -> BenchTime {
    BenchTime::from_millis(1_000_000_000 + minute * 60_000)
}

/// A student who reported one item in each of these minutes.
fn student(name: &str, number: u32, items: &[(u64, Value)]) -> StudentRecord {
    let library = SheetLibrary::built_in();
    let mut student = StudentRecord::new(number, name.into(), StudentState::Member);
    for (first, (minute, item)) in (1_u64..).zip(items) {
        let report = json!({
            "protocol": 1, "student": number, "lab": "0011223344556677", "first": first,
            "sent-at": 0, "items": [item],
        });
        let report = serde_json::from_value(report).expect("a report");
        apply(&mut student, &library, report, at_minute(*minute)).expect("it is stored");
    }
    student
}

fn refused() -> Value {
    tried(SHEET, "signed-in", "Not yet.")
}

#[test]
fn a_student_is_stuck_who_tries_for_minutes_and_solves_nothing() {
    let tries = [(0, refused()), (4, refused())];
    let alice = student("alice", 1, &tries);
    assert!(!alice.is_stuck(at_minute(4), FIVE));
    assert!(alice.is_stuck(at_minute(5), FIVE) && alice.is_stuck(at_minute(13), FIVE));
    // They do something else: nothing was tried for ten minutes.
    assert!(!alice.is_stuck(at_minute(14), FIVE));
    // Another step that is solved in between counts as getting on.
    let between = [
        (0, refused()),
        (4, solved(SHEET, "a-stranger")),
        (6, refused()),
    ];
    let alice = student("alice", 1, &between);
    assert!(!alice.is_stuck(at_minute(8), FIVE) && alice.is_stuck(at_minute(9), FIVE));
    let done = [(0, refused()), (6, solved(SHEET, "signed-in"))];
    assert!(!student("alice", 1, &done).is_stuck(at_minute(7), FIVE));
}

#[test]
fn those_who_need_help_are_first() {
    let hand = json!({ "at": 1, "happened": "hand", "up": true });
    let mut students = vec![
        student("fine", 1, &[(5, solved(SHEET, "a-stranger"))]),
        student("stuck", 2, &[(0, refused()), (5, refused())]),
        student("hand", 3, &[(5, hand.clone())]),
        student("earlier hand", 4, &[(4, hand), (5, refused())]),
        student("gone", 5, &[(1, refused())]),
    ];
    let expected = StudentRecord::new(6, "expected".into(), StudentState::Expected);
    let waiting = StudentRecord::new(7, "waiting".into(), StudentState::Waiting);
    students.extend([expected, waiting]);
    let class = ClassRecord::new(1, "Monday".into(), at_minute(0)).expect("a class");
    let library = SheetLibrary::built_in();
    let board = board::of_class(&class, students.iter(), &library, at_minute(5));
    let names: Vec<&str> = board.rows.iter().map(|row| &*row.name).collect();
    let wanted = [
        "waiting",
        "earlier hand",
        "hand",
        "stuck",
        "fine",
        "gone",
        "expected",
    ];
    assert_eq!(names, wanted);
    let needs: Vec<Option<&str>> = board.rows.iter().map(|row| row.needs).collect();
    assert_eq!(needs[3..6], [Some("stuck"), None, Some("offline")]);
    assert_eq!((board.members, board.waiting), (5, 1));
    let projected = board::without_names(board);
    assert_eq!(projected.rows.len(), 5);
    assert!(
        projected
            .rows
            .iter()
            .all(|row| row.number == 0 && row.needs.is_none())
    );
}
