//! Marks as CSV, read back by a library.

use serde_json::json;
use session_lab::classroom::desk::marks::harmless;

use super::people::solved;
use super::{DeskLab, StudentLab};

const SHEET: &str = "01-a-session";

#[tokio::test]
async fn the_csv_has_the_rosters_identifiers_and_no_cell_that_a_spreadsheet_runs() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let roster = "\"Adams, \"\"Al\"\"\";007;al@school.example\n=1+1;+2;@x\n";
    teacher
        .done(&format!("{class}/roster"), &[("roster", roster)])
        .await;
    let student = StudentLab::join(&lab.doors, &code, "-3", 1).await;
    let sheet = lab
        .running()
        .lessons
        .library()
        .find(SHEET)
        .expect("the sheet")
        .clone();
    let step = sheet.steps().next().expect("a step");
    student
        .report(1, json!([solved(SHEET, &step.common.id)]))
        .await;
    for file in ["moodle", "canvas"] {
        let answer = teacher.get(&format!("{class}/marks.csv?for={file}")).await;
        let text = answer.body.trim_start_matches('\u{feff}');
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head = reader.headers().expect("a head").clone();
        let id = if file == "moodle" {
            "ID number"
        } else {
            "SIS User ID"
        };
        let id = head
            .iter()
            .position(|name| name == id)
            .expect("the identifier");
        let points = head
            .iter()
            .position(|name| name == sheet.heading())
            .expect("the sheet");
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let row = |name: &str| rows.iter().find(|row| &row[0] == name).expect("a row");
        assert_eq!(&row("Adams, \"Al\"")[id], "007");
        assert_eq!(&row("'=1+1")[id], "'+2");
        assert_eq!(row("'-3")[points], step.common.points.to_string());
        assert_eq!(&row("'=1+1")[points], "0");
        for cell in rows.iter().flat_map(|row| row.iter()) {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell}"
            );
        }
    }
}

#[tokio::test]
async fn late_is_what_the_desk_received_late_whatever_the_students_clock_says() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let student = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    let lead = format!("{class}/lead");
    let deadline = [("do", "deadline"), ("sheet", SHEET), ("minutes", "0")];
    teacher.done(&lead, &deadline).await;
    let sheet = lab
        .running()
        .lessons
        .library()
        .find(SHEET)
        .expect("the sheet")
        .clone();
    let step = &sheet.steps().next().expect("a step").common;
    // The item says 1 ms after 1970.
    student.report(1, json!([solved(SHEET, &step.id)])).await;
    let page = teacher.get(&format!("{class}/marks")).await.body;
    assert!(
        page.contains(&format!("<td>0 ({} late)</td>", step.points)),
        "{page}"
    );
    let page = teacher
        .get(&format!("{class}/student/{}", student.number))
        .await
        .body;
    assert!(
        page.contains("1970-01-01 00:00:00") && page.contains("<b>late</b>"),
        "{page}"
    );
    let details = teacher
        .get(&format!("{class}/marks.csv?for=details"))
        .await
        .body;
    let mut reader = csv::Reader::from_reader(details.trim_start_matches('\u{feff}').as_bytes());
    let row = reader
        .records()
        .next()
        .expect("a row")
        .expect("a whole row");
    assert_eq!((&row[0], &row[4], &row[9]), ("alice", &*step.id, "late"));
    // Without the deadline it is in time.
    teacher
        .done(&lead, &[("do", "deadline"), ("sheet", SHEET)])
        .await;
    let page = teacher.get(&format!("{class}/marks")).await.body;
    assert!(
        page.contains(&format!("<td>{}</td>", step.points)),
        "{page}"
    );
}

#[tokio::test]
async fn a_reflection_gets_a_remark_that_the_student_reads() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let student = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    let library = lab.running().lessons.library();
    let sheet = library
        .sheets()
        .iter()
        .find(|sheet| sheet.reflections().next().is_some());
    let sheet = sheet.expect("a sheet with a reflection");
    let id = &sheet.reflections().next().expect("a reflection").common.id;
    let text = json!([{ "at": 1, "happened": "reflected", "sheet": sheet.slug, "reflection": id,
                        "text": "My <i>words</i>." }]);
    student.report(1, text).await;
    let page = format!("{class}/student/{}", student.number);
    assert!(
        teacher
            .get(&page)
            .await
            .body
            .contains("My &lt;i&gt;words&lt;/i&gt;.")
    );
    let mut remark = vec![("do", "remark"), ("sheet", &sheet.slug), ("reflection", id)];
    remark.extend([("comment", "Well said."), ("points", "2")]);
    teacher.done(&page, &remark).await;
    let told = student.lead(2).await["remarks"][0].clone();
    assert_eq!(
        (&told["comment"], &told["points"]),
        (&json!("Well said."), &json!(2))
    );
}

#[tokio::test]
async fn what_a_reader_does_not_see_is_an_escape_in_the_csv_as_on_the_page() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let hidden = "Ada\u{202e}\u{200b}\u{feff}\u{2066}";
    StudentLab::join(&lab.doors, &code, hidden, 1).await;
    let shown = "Ada\\u202e\\u200b\\ufeff\\u2066";
    // Marks of Hebrew and Arabic are letters of a name.
    let roster = "אב\u{200f}ג;7\u{200b}";
    teacher
        .done(&format!("{class}/roster"), &[("roster", roster)])
        .await;
    let page = teacher.get(&format!("{class}/roster")).await.body;
    assert!(page.contains(shown), "{page}");
    for file in ["moodle", "canvas"] {
        let answer = teacher.get(&format!("{class}/marks.csv?for={file}")).await;
        let text = answer.body.trim_start_matches('\u{feff}');
        for words in [shown, "אב\u{200f}ג", "7\\u200b"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let raw = ['\u{202e}', '\u{200b}', '\u{feff}', '\u{2066}'];
        assert!(!text.contains(raw), "{text}");
    }
}

#[test]
fn no_cell_is_a_formula() {
    for text in ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"] {
        assert_eq!(harmless(text), format!("'{text}"));
    }
    assert_eq!(harmless("alice-1"), "alice-1");
}
