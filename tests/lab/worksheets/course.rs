//! The course as a whole: no attack is left out, no sheet needs what comes later, and what the teacher
//! reads of the order is what the sheets say.

use std::collections::BTreeSet;

use session_lab::attacks::ALL;
use session_lab::attacks::word_list::WORDS;
use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::sheet::{Sheet, SheetBlock};

/// The sheets that are made of the others: they do not count as the place where an attack is taught.
const ABOUT_ALL: [&str; 2] = ["14", "15"];

/// Everything that a student reads or types in a sheet.
fn body(sheet: &Sheet) -> String {
    let path = format!("{}/labs/{}.md", env!("CARGO_MANIFEST_DIR"), sheet.slug);
    let text = std::fs::read_to_string(path).expect("a sheet");
    let (_, body) = text.split_once("\n+++\n").expect("a front matter");
    body.to_owned()
}

#[test]
fn every_attack_is_a_step_of_some_sheet() {
    let library = SheetLibrary::built_in();
    let sheets = library.sheets().iter();
    let teaching: Vec<_> = sheets
        .filter(|sheet| !ABOUT_ALL.contains(&sheet.number()))
        .collect();
    let mut missing = Vec::new();
    for card in ALL.iter().map(|attack| attack.card()) {
        let lists = |sheet: &&&std::sync::Arc<Sheet>| {
            sheet.front.attacks.iter().any(|name| name == card.name)
        };
        if !teaching.iter().any(|sheet| lists(&sheet)) {
            missing.push(card.name);
        }
    }
    assert!(missing.is_empty(), "no sheet is about {missing:?}");
}

/// A sheet that lists an attack has a step in which a defence that stops it decides, or the attack runs.
#[test]
fn a_sheet_does_what_its_list_of_attacks_says() {
    for sheet in SheetLibrary::built_in().sheets() {
        let text = body(sheet);
        for name in &sheet.front.attacks {
            let card = session_lab::attacks::find(name).expect("an attack").card();
            let stopped = card.stopped_by.iter().flat_map(|set| set.iter());
            let mut words = stopped.map(|defence| defence.slug());
            let done = text.contains(name.as_str()) || words.any(|slug| text.contains(slug));
            assert!(done, "{}: {name}", sheet.slug);
        }
    }
}

/// All that comes before a sheet, however far.
fn before(library: &SheetLibrary, number: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut open = vec![number.to_owned()];
    while let Some(number) = open.pop() {
        let sheet = library.find(&number).expect("a sheet");
        for earlier in &sheet.front.after {
            if all.insert(earlier.clone()) {
                open.push(earlier.clone());
            }
        }
    }
    all
}

/// What a sheet uses without explaining it, and the sheet that explains it.
const NEEDS: [(&str, &str); 10] = [
    ("09", "06"), // rotation, at a new password
    ("12", "11"), // the three parts of a token
    ("13", "12"), // what a verifier checks
    ("14", "11"), // tokens among the attacks
    ("14", "12"), // forgeries among the attacks
    ("15", "06"), // rotation, claim 7
    ("15", "10"), // the signed cookie, claims 5 and 6
    ("16", "13"), // revocation, section 6
    ("17", "05"), // CSRF tokens and Origin, section 5
    ("19", "05"), // preflights and sites
];

#[test]
fn a_sheet_comes_after_what_it_needs() {
    let library = SheetLibrary::built_in();
    for (sheet, needed) in NEEDS {
        let earlier = before(&library, sheet);
        assert!(earlier.contains(needed), "{sheet} needs {needed}");
    }
}

/// The numbers of sheets in a text: `sheet 06`, `sheets 03 and 06`.
fn named(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for after in text.split("sheet").skip(1) {
        let words = after.trim_start_matches('s').split_whitespace();
        let numbers = words.map(|word| word.trim_matches([',', '.', ')', ':', ';', '*']));
        let numbers = numbers.take_while(|word| *word == "and" || word.parse::<u8>().is_ok());
        let numbers = numbers.filter(|word| word.len() == 2);
        found.extend(numbers.map(str::to_owned));
    }
    found
}

/// A step or a question that speaks of an earlier sheet can be understood only after it.
#[test]
fn a_step_and_a_question_speak_of_sheets_that_come_before() {
    let library = SheetLibrary::built_in();
    for sheet in library.sheets() {
        let earlier = before(&library, sheet.number());
        for part in &sheet.parts {
            let text = match &part.what {
                SheetBlock::Step(step) => &step.task,
                SheetBlock::Question(question) => &question.ask,
                SheetBlock::Reflection(reflection) => &reflection.ask,
                _ => continue,
            };
            for number in named(text) {
                let known = earlier.contains(&number) || number == sheet.number();
                assert!(known, "{}:{}: sheet {number}", sheet.slug, part.line);
            }
        }
    }
    assert_eq!(named("as in worksheet 06. Sheets 1 and 2"), ["06"]);
}

/// Where a student types a CSRF token for the first time, the sheet has said what it is, or one that
/// comes before has.
#[test]
fn a_csrf_token_is_explained_before_it_is_typed() {
    let library = SheetLibrary::built_in();
    let explains = |text: &str| text.contains("CSRF token") || text.contains("**CSRF\ntoken**");
    for sheet in library.sheets() {
        let mut told = before(&library, sheet.number())
            .iter()
            .filter_map(|number| library.find(number))
            .any(|earlier| explains(&body(earlier)));
        for part in &sheet.parts {
            match &part.what {
                SheetBlock::Text(text) => told |= explains(text),
                SheetBlock::Console(console) if console.text.contains("csrf-token") => {
                    assert!(told, "{}:{}", sheet.slug, part.line);
                }
                _ => {}
            }
        }
    }
}

/// The teacher's table has each sheet with its level and with what comes before it.
#[test]
fn the_manual_tells_the_order_that_the_sheets_have() {
    let library = SheetLibrary::built_in();
    let manual = library.manual().expect("a manual");
    for sheet in library.sheets() {
        let start = format!("| {} | ", sheet.number());
        let row = manual.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("no row {start}"));
        let after = match sheet.front.after.join(", ") {
            none if none.is_empty() => "-".to_owned(),
            some => some,
        };
        let end = format!(" | {} | {after} |", sheet.front.level.word());
        assert!(row.ends_with(&end), "{row} does not end with {end}");
    }
}

/// Sheet 17 types the attacker's list, which is the one that the attacks and `session-lab guess` use.
#[test]
fn the_sheet_about_guessing_has_the_attackers_list() {
    let library = SheetLibrary::built_in();
    let sheet = body(library.find("17").expect("sheet 17"));
    let (_, list) = sheet.split_once("printf '%s\\n' ").expect("a list");
    let (list, _) = list.split_once(" > words.txt").expect("an end");
    let words = list
        .split_whitespace()
        .filter(|word| !["\\", ">"].contains(word));
    assert_eq!(words.collect::<Vec<_>>(), WORDS);
}
