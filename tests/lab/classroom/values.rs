//! The values that a desk draws for its students: each has others, the key stays at the desk, and they
//! outlive a restart, a second joining and leaving.

use std::collections::BTreeMap;

use serde_json::Value;
use session_lab::base::clock::BenchTime;
use session_lab::base::keys::ServerKey;
use session_lab::session::bench::WORKSHEETS_LABEL;
use session_lab::session::bench::given_values::GivenValues;
use session_lab::storage::EventId;
use session_lab::worksheets::codes::Codes;
use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::placeholders::PlaceholderValues;
use session_lab::worksheets::progress::SheetProgress;
use session_lab::worksheets::report::{Attested, SheetReport};

use super::desk::people::{DeskLab, joining, secret};
use super::fake_desk::FakeDesk;
use super::member::join;
use crate::cli::shell::Shell;
use crate::support::{bench, lab};

/// What the desk answers to a request to join.
async fn joined(desk: &DeskLab, code: &str, name: &str, byte: u8) -> Value {
    let request = joining(code, name, &secret(byte));
    let answer = desk.doors.post("/join", None, &request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

fn given(answer: &Value) -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_value(answer["values"].clone()).expect("values")
}

/// The sheets as a student with these values has them.
fn sheets_with(values: &BTreeMap<String, BTreeMap<String, String>>) -> SheetLibrary {
    let of = |sheet: &str, name: &str| values.get(sheet)?.get(name).cloned();
    SheetLibrary::built_in().with_values(|sheet, rule| of(sheet, rule.name()))
}

#[tokio::test]
async fn two_students_have_different_values_and_none_of_them_the_key() {
    let desk = DeskLab::start().await;
    let teacher = desk.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let (ada, ben) = (
        joined(&desk, &code, "Ada", 1).await,
        joined(&desk, &code, "Ben", 2).await,
    );
    assert_ne!(given(&ada), given(&ben));
    let sheets: Vec<_> = given(&ada).into_keys().collect();
    assert_eq!(sheets.len(), 5, "{sheets:?}");
    assert_eq!(joined(&desk, &code, "Ada", 1).await, ada, "the same again");

    let export = teacher.get(&format!("{class}/export.json")).await.body;
    let export: Value = serde_json::from_str(&export).expect("JSON");
    let key = export["class"]["key"].as_str().expect("the class's key");
    assert_eq!(key.len(), 43);
    for answer in [&ada, &ben] {
        assert!(!answer.to_string().contains(key), "{answer}");
        assert_eq!(answer["class"], "Monday");
    }
}

/// A name of the roster that nobody has claimed may be asked for by anyone.
#[tokio::test]
async fn whoever_waits_for_a_name_gets_none_of_its_values() {
    let desk = DeskLab::start().await;
    let teacher = desk.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    teacher
        .done(&format!("{class}/roster"), &[("roster", "Ada")])
        .await;
    let waiting = joined(&desk, &code, "Ada", 1).await;
    assert_eq!(waiting["state"], "waiting", "{waiting}");
    assert!(given(&waiting).is_empty(), "{waiting}");
}

#[tokio::test]
async fn a_lab_uses_the_values_of_its_class_and_keeps_them_when_it_leaves() {
    let desk = FakeDesk::start().await;
    let bench = bench();
    let mut student = bench.student();
    let opened = bench.open().await;
    assert_eq!(*opened.given_values(), GivenValues::default());
    let value = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let values = BTreeMap::from([
        ("05-samesite-and-csrf".to_owned(), value("amount", "97")),
        ("12-jwt-attacks".to_owned(), value("jwt-word", "master")),
        ("19-other-pages".to_owned(), value("amount", "9; rm -r /")),
    ]);
    desk.state().values = values.clone();
    join(&mut student, &desk).await;
    let has_them = async |student: &mut crate::support::Client| {
        let csrf = student.get("/labs/05-samesite-and-csrf").await.body;
        assert!(csrf.contains("amount=97"), "{csrf}");
        let other = student.get("/labs/19-other-pages").await.body;
        assert!(!other.contains("rm -r"), "{other}");
        let answer = [
            ("id", "key-word".to_owned()),
            ("answer", "master".to_owned()),
        ];
        let kept = student
            .post_form("/labs/12-jwt-attacks/answer", &answer)
            .await;
        assert_eq!(kept.status, 303, "{}", kept.body);
        let page = student.get("/labs/12-jwt-attacks").await.body;
        assert!(page.contains("a word that is in every list"), "{page}");
    };
    has_them(&mut student).await;
    assert_eq!(opened.jwt_word(), 6);

    // The lab was killed between storing the desk's answer and using it.
    opened
        .set_given_values(GivenValues::default())
        .await
        .expect("the store");
    let sheets = || lab().lessons.library();
    lab()
        .members
        .tend(&opened, sheets)
        .await
        .expect("the store");
    assert_eq!(opened.given_values().0, values);

    let left = student
        .post_form("/class/leave", &[("x", String::new())])
        .await;
    assert_eq!(left.status, 303, "{}", left.body);
    opened.reset().await.expect("the store");
    has_them(&mut student).await;
    // An older desk says nothing of values.
    desk.state().values.clear();
    join(&mut student, &desk).await;
    has_them(&mut student).await;
}

#[tokio::test]
async fn the_teacher_prints_what_the_lab_of_a_student_accepts() {
    let desk = DeskLab::start().await;
    let teacher = desk.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let ada = given(&joined(&desk, &code, "Ada", 1).await);
    joined(&desk, &code, "Ben", 2).await;
    let shell = Shell::new();
    let export = teacher.get(&format!("{class}/export.json")).await.body;
    shell.write("class.json", &export);
    let own = sheets_with(&ada);
    let answer = |sheet: &str, student: &str| {
        let words = ["labs", "print", sheet, "--answers", "--student", student];
        shell.run(&[&words[..], &["--class-file", "class.json"]].concat())
    };
    let printed = answer("12", "ada");
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    let word = &ada["12-jwt-attacks"]["jwt-word"];
    assert!(printed.stdout.contains(&format!("jwt-word <b>{word}</b>")));
    assert!(
        printed
            .stdout
            .contains(&format!("<p>{word}. Right: a word"))
    );
    assert!(printed.stdout.contains("Values of Ada (10001)"));
    let printed = answer("05", "10001").stdout;
    let amount = &ada["05-samesite-and-csrf"]["amount"];
    assert!(printed.contains(&format!("amount={amount}")));
    let sheet = own.find("10").expect("a sheet");
    let seconds = sheet.questions().find_map(|question| match question.kind {
        session_lab::worksheets::sheet::QuestionKind::Number { equals, .. } => Some(equals),
        _ => None,
    });
    let seconds = seconds.expect("a number");
    assert!(
        answer("10", "Ada")
            .stdout
            .contains(&format!("<p>{seconds} seconds. 14 million"))
    );

    let unknown = answer("05", "Carol");
    assert_eq!(unknown.code, Some(2));
    unknown.assert_one_error_and_one_hint();
    let without = shell.run(&["labs", "print", "05", "--student", "Ada"]);
    assert_eq!(without.code, Some(2), "answers are asked for: {without:?}");
}

/// Ben hands in what Ada did: the lab of Ada, with the name of Ben.
#[tokio::test]
async fn a_report_with_the_values_of_another_student_is_named() {
    const GIVEN: &str = "a secret of this test that is long enough for a lab";
    let desk = DeskLab::start().await;
    let teacher = desk.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let ada = given(&joined(&desk, &code, "Ada", 1).await);
    joined(&desk, &code, "Ben", 2).await;
    let shell = Shell::new().set("SESSION_LAB_SECRET_KEY", GIVEN);
    let export = teacher.get(&format!("{class}/export.json")).await.body;
    shell.write("class.json", &export);
    let key = ServerKey::load(shell.path(), Some(GIVEN)).expect("a key");
    let key = key.derive(WORKSHEETS_LABEL);
    let now = BenchTime::from_millis(1_767_225_600_000);
    let verify = |values: &SheetLibrary, name: &str, flags: &[&str]| {
        let report = SheetReport {
            sheet: values.find("05").expect("a sheet"),
            progress: &SheetProgress::new(EventId(0), now),
            values: &PlaceholderValues::usual(),
            name: Some(name),
            bench: "local",
            now,
            attested: Attested::BySelf,
        };
        shell.write("report.md", &report.to_markdown(Codes::new(&key)));
        shell.run(&[&["labs", "verify", "report.md"], flags].concat())
    };
    let (own, with_class) = (sheets_with(&ada), &["--class-file", "class.json"][..]);
    let right = verify(&own, "Ada", with_class);
    assert_eq!(right.code, Some(0), "{right:?}");
    assert!(right.stdout.contains("of Ada"), "{right:?}");
    let copied = verify(&own, "Ben", with_class);
    assert_eq!(copied.code, Some(1), "{copied:?}");
    assert!(
        copied.stdout.contains("WRONG: of Ada, not of Ben"),
        "{copied:?}"
    );
    assert!(
        copied
            .stderr
            .contains("was not made with the values of Ben"),
        "{copied:?}"
    );
    let before = SheetLibrary::built_in().with_values(|_, rule| Some(rule.draw(&[3; 32])));
    let before = verify(&before, "Ada", with_class);
    assert!(
        before.stdout.contains("WRONG: of no student of the class"),
        "{before:?}"
    );
    let unknown = verify(&own, "Ben", &[]);
    assert_eq!(unknown.code, Some(0), "{unknown:?}");
    assert!(
        unknown.stdout.contains("not drawn by this lab"),
        "{unknown:?}"
    );
}
