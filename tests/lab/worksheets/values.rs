//! Values that each student has for themselves: every one can be drawn, a sheet is walked through with
//! those of others, paper has one set, and a report says whose it has.

use std::collections::BTreeSet;

use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::sheet::Sheet;

use super::walk::{Walk, sheet};
use crate::cli::shell::Shell;

/// A sheet with the values of a student is the same sheet: it has the same ids and points, and no
/// placeholder is left.
#[test]
fn every_sheet_can_be_read_with_the_values_of_any_student() {
    let library = SheetLibrary::built_in();
    let sheets: Vec<_> = library.sheets().iter().collect();
    let sheets: Vec<_> = sheets
        .into_iter()
        .filter(|sheet| !sheet.values.is_empty())
        .collect();
    let numbers: Vec<_> = sheets.iter().map(|sheet| sheet.number()).collect();
    assert_eq!(numbers, ["03", "05", "10", "12", "19"]);
    let ids = |sheet: &Sheet| {
        let common = sheet.parts.iter().filter_map(|part| part.what.common());
        common.map(|common| common.id.clone()).collect::<Vec<_>>()
    };
    for byte in 0..40 {
        let own = library.with_values(|_, rule| Some(rule.draw(&[byte; 32])));
        for of_paper in &sheets {
            let own = own.find(&of_paper.slug).expect("the sheet");
            // One that cannot be read would have the values of paper.
            for (rule, value) in own.values.iter() {
                assert_eq!(value, rule.draw(&[byte; 32]), "{}", own.slug);
            }
            assert_eq!((ids(own), own.points()), (ids(of_paper), of_paper.points()));
            let text = format!("{:?}", own.parts);
            assert!(!text.contains("{{value"), "{}", own.slug);
        }
    }
}

/// What another student has. Neither paper nor a lab draws these together.
const OTHER: [u8; 32] = [0xfb; 32];

/// Walks through a sheet with the values of another student.
async fn walks_with_others(number: &str) {
    let mut walk = Walk::begin_with(number, |rule| rule.draw(&OTHER)).await;
    assert_ne!(walk.sheet.values, sheet(number).values);
    walk.do_steps().await;
    walk.answer().await;
    let live = walk.live().await;
    assert_eq!(live["points"], walk.sheet.points(), "{live}");
}

#[tokio::test]
async fn stealing_a_cookie_with_the_values_of_another_student() {
    walks_with_others("03").await;
}

#[tokio::test]
async fn csrf_with_the_values_of_another_student() {
    walks_with_others("05").await;
}

#[tokio::test]
async fn a_signed_cookie_with_the_values_of_another_student() {
    walks_with_others("10").await;
}

/// The portal signs with the word that the value says: the sheet's search finds it, and the token that
/// is made with it is accepted.
#[tokio::test]
async fn attacks_on_tokens_with_the_values_of_another_student() {
    walks_with_others("12").await;
}

#[tokio::test]
async fn other_pages_with_the_values_of_another_student() {
    walks_with_others("19").await;
}

/// A transfer of the neighbour's amount is no solution, and the page says why.
#[tokio::test]
async fn the_amount_of_a_neighbour_does_not_count() {
    let mut walk = Walk::begin_with("19", |rule| rule.draw(&OTHER)).await;
    walk.sheet = sheet("19");
    let wrong = walk.do_steps_rightly_at_once().await.join("\n");
    assert!(wrong.contains("method-field"), "{wrong}");
    assert!(
        wrong.contains("That transfer had another amount."),
        "{wrong}"
    );
}

#[tokio::test]
async fn a_lab_draws_its_own_values_and_keeps_them_over_a_restart() {
    let mut walk = Walk::begin("05").await;
    // The link of section 3 has another amount, which is the same for everybody.
    let amount = |body: &str| {
        let amounts = body.match_indices("amount=").map(|(at, text)| {
            let digits = body[at + text.len()..].chars();
            digits.take_while(char::is_ascii_digit).collect::<String>()
        });
        let own = amounts.filter(|digits| !digits.is_empty() && digits != "100");
        own.collect::<BTreeSet<_>>()
    };
    let before = amount(&walk.student().get(&walk.path("")).await.body);
    let own: BTreeSet<_> = walk
        .sheet
        .values
        .iter()
        .map(|(_, value)| value.to_owned())
        .collect();
    assert_eq!(before, own, "the page has one amount");
    walk.restart();
    assert_eq!(
        amount(&walk.student().get(&walk.path("")).await.body),
        before
    );
    let paper = walk.student().get(&walk.path("/print")).await.body;
    assert_eq!(amount(&paper), BTreeSet::from(["25".to_owned()]));
    assert!(paper.contains("This paper has one set for all"), "{paper}");
    let printed = Shell::new().run(&["labs", "print", "05"]).stdout;
    assert_eq!(amount(&printed), BTreeSet::from(["25".to_owned()]));
}

/// Without a class the report has the values that its own lab drew, and `labs verify` draws them again.
#[tokio::test]
async fn a_report_of_a_lab_without_a_class_has_the_values_of_that_lab() {
    let walk = Walk::begin("05").await;
    let report = walk.student().get(&walk.path("/report.md")).await.body;
    let mark = walk.sheet.values.mark(&walk.sheet.slug);
    assert!(report.contains(&format!("| Values | {mark} |")), "{report}");
    let shell = Shell::new();
    let key = walk.data().join("keys/server-key");
    let key = std::fs::read_to_string(key).expect("the lab's key");
    shell.write("lab-data/keys/server-key", &key);
    shell.write("report.md", &report);
    let verified = shell.run(&["labs", "verify", "report.md"]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    assert!(
        verified.stdout.contains("drawn by this lab"),
        "{verified:?}"
    );
}
