//! Paper: the printed sheet, the teacher's copy, and that no answer reaches a student's page.

use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::placeholders::PlaceholderValues;
use session_lab::worksheets::sheet::{QuestionKind, SheetBlock};
use session_lab::worksheets::view::{self, SheetReader};

use super::walk::Walk;
use crate::cli::shell::Shell;

/// The texts that only a teacher may see.
fn secrets(sheet: &session_lab::worksheets::sheet::Sheet) -> Vec<String> {
    let mut secrets: Vec<String> = sheet.front.teacher.iter().cloned().collect();
    for part in &sheet.parts {
        if let SheetBlock::Teacher(text) = &part.what {
            secrets.push(text.clone());
        }
        if let Some(common) = part.what.common() {
            secrets.extend(common.teacher.clone());
            secrets.extend(common.hints.clone());
        }
        if let SheetBlock::Question(question) = &part.what {
            match &question.kind {
                QuestionKind::Choice(options) => {
                    secrets.extend(options.iter().filter_map(|option| option.because.clone()));
                }
                QuestionKind::Prediction { reveal, .. } => secrets.push(reveal.clone()),
                QuestionKind::Text { because, wrong, .. }
                | QuestionKind::Number { because, wrong, .. } => {
                    secrets.push(because.clone());
                    secrets.extend(wrong.iter().map(|one| one.because.clone()));
                }
            }
        }
    }
    secrets
}

/// The longest piece of a text that Markdown does not change.
fn piece(text: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || c == ' ' || c == ',';
    let lines = text.lines().map(str::trim);
    let pieces = lines.flat_map(|line| line.split(move |c| !plain(c)));
    let longest = pieces.map(str::trim).max_by_key(|piece| piece.len())?;
    (longest.len() >= 32).then(|| longest.to_owned())
}

#[tokio::test]
async fn no_page_of_a_student_holds_what_is_the_teachers() {
    let walk = Walk::begin("00").await;
    for sheet in SheetLibrary::built_in().sheets() {
        let base = format!("/labs/{}", sheet.slug);
        let pages = [
            base.clone(),
            format!("{base}/print"),
            format!("{base}/report"),
        ];
        for page in pages {
            let body = walk.student().get(&page).await.body;
            for secret in secrets(sheet).iter().filter_map(|text| piece(text)) {
                assert!(!body.contains(&secret), "{page}: {secret}");
            }
        }
    }
}

#[tokio::test]
async fn the_teachers_key_that_the_start_prints_opens_the_answers() {
    let walk = Walk::begin("06").await;
    let told = walk.lab.told.join("\n");
    let key = told
        .split("Teacher's key")
        .nth(1)
        .expect("the key is printed");
    let key = key.split_whitespace().next().expect("a key");
    let path = walk.path("/print");
    let copy = walk.try_post(&path, &[("key", key)]).await;
    assert_eq!(copy.status, 200);
    for secret in secrets(&walk.sheet).iter().filter_map(|text| piece(text)) {
        assert!(copy.body.contains(&secret), "{secret}");
    }
    for wrong in ["", "x", &key[1..]] {
        let refused = walk.try_post(&path, &[("key", wrong)]).await;
        assert_eq!(refused.status, 422);
        assert!(!refused.body.contains(key));
    }
    assert!(!walk.lab.log().contains(key), "the log holds no key");
}

#[test]
fn a_sheet_is_printed_from_the_command_line_with_and_without_answers() {
    let shell = Shell::new();
    let plain = shell.run(&["labs", "print", "06"]);
    let answers = shell.run(&["labs", "print", "06-session-fixation", "--answers"]);
    for printed in [&plain, &answers] {
        assert_eq!(printed.code, Some(0), "{printed:?}");
        assert!(printed.stdout.starts_with("<!doctype html>"));
        assert!(printed.stdout.contains("@page"), "the styles come along");
        assert!(
            !printed.stdout.contains("/static/"),
            "nothing is needed from a lab"
        );
        assert!(
            printed
                .stdout
                .contains("http://localhost:7080/insecure/login")
        );
    }
    assert!(!plain.stdout.contains("For the teacher"));
    assert!(answers.stdout.contains("For the teacher"));
    let unknown = shell.run(&["labs", "print", "99"]);
    assert_eq!(unknown.code, Some(2));
    unknown.assert_one_error_and_one_hint();
}

#[test]
fn every_sheet_shows_on_paper_where_to_write() {
    let values = PlaceholderValues::usual();
    for sheet in SheetLibrary::built_in().sheets() {
        let parts = view::parts(sheet, &values, SheetReader::Paper);
        let html = serde_json::to_string(&parts).expect("JSON");
        for name in ["{{lab", "{{portal", "{{attacker", "{{cookie", "{{cert"] {
            assert!(!html.contains(name), "{}: {name} is not filled", sheet.slug);
        }
        assert!(
            !html.contains("because\":\""),
            "{}: a reason is printed",
            sheet.slug
        );
    }
}
