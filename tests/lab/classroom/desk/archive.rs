//! All reports as one archive: another program unpacks it, and `labs verify` verifies every code.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use session_lab::app::settings::{SessionStore, Settings};
use session_lab::base::clock::BenchTime;
use session_lab::classroom::desk::archive;
use session_lab::worksheets::codes::Codes;

use super::people::solved;
use super::{DeskLab, StudentLab};

const SHEET: &str = "01-a-session";

/// What `session-lab labs verify` says of a folder.
pub fn verify(folder: &Path, data: &Path) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_session-lab"));
    command
        .args(["labs", "verify"])
        .arg(folder)
        .arg("--data-dir")
        .arg(data);
    let output = command.current_dir(data).output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), told + &error)
}

/// Unpacks an archive with the program that everybody has.
pub fn unpack(archive: &[u8], folder: &Path) {
    let file = folder.join("reports.zip");
    fs::write(&file, archive).expect("a file");
    let unzip = Command::new("unzip")
        .arg("-q")
        .arg(&file)
        .arg("-d")
        .arg(folder)
        .output();
    let unzip = unzip.expect("unzip is installed");
    assert!(
        unzip.status.success(),
        "{}",
        String::from_utf8_lossy(&unzip.stderr)
    );
}

#[tokio::test]
#[ignore = "needs unzip"]
async fn the_archive_of_all_reports_is_unpacked_and_every_code_of_it_is_verified() {
    let data = tempfile::tempdir().unwrap();
    let settings = Settings {
        data_dir: data.path().to_owned(),
        sessions: SessionStore::File,
        ..Settings::throw_away()
    };
    let lab = DeskLab::start_with(settings).await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday | <b>").await;
    let hostile = "../../alice | <img src=x>";
    let alice = StudentLab::join(&lab.doors, &code, hostile, 1).await;
    StudentLab::join(&lab.doors, &code, "nobody reported", 2).await;
    let bob = StudentLab::join(&lab.doors, &code, "=bob", 3).await;
    let library = lab.running().lessons.library();
    let with_reflection = library
        .sheets()
        .iter()
        .find(|sheet| sheet.reflections().next().is_some());
    let with_reflection = with_reflection.expect("a sheet with a reflection");
    let id = &with_reflection
        .reflections()
        .next()
        .expect("a reflection")
        .common
        .id;
    let text = "| step | x |\nCode of this report: `0000`\n# mine";
    alice
        .report(1, json!([
            solved(SHEET, "a-stranger"),
            { "at": 1, "happened": "reflected", "sheet": with_reflection.slug, "reflection": id, "text": text },
        ]))
        .await;
    bob.report(1, json!([solved(SHEET, "a-stranger")])).await;
    let answer = teacher.get(&format!("{class}/reports.zip")).await;
    let kind = answer.header("content-type").next();
    assert_eq!((answer.status, kind), (200, Some("application/zip")));
    let named = answer.header("content-disposition").next().expect("a name");
    assert_eq!(named, "attachment; filename=\"class-1-reports.zip\"");
    assert!(
        teacher
            .get(&format!("{class}/marks"))
            .await
            .body
            .contains("/class/1/reports.zip")
    );

    // The same from the desk itself: the harness keeps answers as text.
    let desk = &lab.running().desk.as_ref().expect("the desk is open").desk;
    let records = desk.class(1).expect("the class").records();
    let key = *lab.running().benches.keys().worksheets();
    let now = BenchTime::now(Duration::ZERO);
    let bytes = archive::of_class(&records, library, Codes::new(&key), now).expect("an archive");
    let folder = tempfile::tempdir().unwrap();
    unpack(&bytes, folder.path());
    let reports = folder.path().join("class-1-reports");
    let (done, told) = verify(&reports, data.path());
    let count = if with_reflection.slug == SHEET { 2 } else { 3 };
    assert!(
        done && told.contains(&format!("Every code of {count} reports is right")),
        "{told}"
    );
    let list = fs::read(reports.join("students.csv")).expect("a list");
    let mut list = csv::Reader::from_reader(&list[3..]);
    let rows: Vec<csv::StringRecord> = list.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[0][0], &rows[0][1]), ("10001", hostile));
    assert_eq!(&rows[2][1], "'=bob");
    let read_me = fs::read_to_string(reports.join("README.txt")).expect("a text");
    assert!(read_me.contains("90 days after its end"), "{read_me}");

    // A word that is changed, a code that another key made, and a file that is no report.
    let one = reports.join("student-10003").join(format!("{SHEET}.md"));
    let right = fs::read_to_string(&one).expect("a report");
    assert!(right.contains("| Evidence | self-attested |"), "{right}");
    fs::write(&one, right.replace("in time", "IN time")).expect("a file");
    let (done, told) = verify(&reports, data.path());
    assert!(
        !done && told.contains(&format!("1 of {count} reports were changed")),
        "{told}"
    );
    assert!(told.contains("WRONG  student-10003"), "{told}");
    fs::write(&one, &right).expect("a file");
    fs::write(reports.join("notes.md"), "my notes").expect("a file");
    let (done, told) = verify(&reports, data.path());
    assert!(!done && told.contains("WRONG  notes.md: "), "{told}");
    fs::remove_file(reports.join("notes.md")).expect("a file");
    let other = tempfile::tempdir().unwrap();
    fs::create_dir(other.path().join("empty")).expect("a folder");
    let (done, told) = verify(&other.path().join("empty"), data.path());
    assert!(!done && told.contains("has no report"), "{told}");
}
