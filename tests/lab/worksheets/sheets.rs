//! Every sheet, from its first command to its last point.

use std::collections::BTreeSet;

use session_lab::defences::policy::Name;
use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::markdown;
use session_lab::worksheets::sheet::{QuestionKind, SheetBlock};

use super::walk::{Walk, sheet};
use crate::support::redis::RedisServer;

/// Walks through the sheet of that number: all its points can be reached, by doing what it says.
async fn walks(number: &str) {
    let mut walk = begin(number).await;
    walk.do_steps().await;
    walk.answer().await;
    let live = walk.live().await;
    assert_eq!(live["points"], walk.sheet.points(), "{live}");
}

async fn begin(number: &str) -> Walk {
    Walk::begin_on(number, redis_for(number)).await
}

/// A Redis for a sheet about one.
fn redis_for(number: &str) -> Option<RedisServer> {
    let sheet = sheet(number);
    let mut needs = sheet.front.needs.iter();
    let needs_redis = needs.any(|needs| needs.contains("redis-server"));
    needs_redis.then(RedisServer::start)
}

/// Issue 17.7: whoever does what the sheet says takes one attempt a step, reads no complaint on the
/// way, and has a report that says the same.
async fn takes_one_attempt_a_step(number: &str) {
    let mut walk = begin(number).await;
    let wrong = walk.do_steps_rightly_at_once().await;
    assert!(wrong.is_empty(), "{number}: {wrong:#?}");
    let report = walk.student().get(&walk.path("/report.md")).await.body;
    for step in walk.sheet.steps() {
        let id = &step.common.id;
        let row = report
            .lines()
            .find(|row| row.starts_with(&format!("| {id} | 20")));
        let row = row.unwrap_or_else(|| panic!("{number}: {id}: {report}"));
        assert_eq!(row.split(" | ").nth(2), Some("1"), "{number}: {row}");
    }
}

/// A sheet in a class, from the commands that a student of the class sees, without the server's folder.
async fn walks_in_class(number: &str) {
    let mut walk = Walk::begin_in_class(number, redis_for(number)).await;
    walk.do_steps().await;
    walk.answer().await;
    let live = walk.live().await;
    assert_eq!(live["points"], walk.sheet.points(), "{live}");
}

mod long {
    /// Issue 17.7: one sheet after the other on one bench. What was done for one sheet is no attempt at another.
    #[tokio::test]
    #[ignore = "long: minutes"]
    async fn the_first_sheets_on_one_bench_take_one_attempt_a_step() {
        let mut walk = super::Walk::begin("00").await;
        for number in &super::WALKED[..6] {
            if *number != "00" {
                walk.go_on_with(number).await;
            }
            let wrong = walk.do_steps_rightly_at_once().await;
            assert!(wrong.is_empty(), "{number}: {wrong:#?}");
            walk.answer().await;
        }
    }
}

macro_rules! sheets {
    ($($(#[$attribute:meta])* $test:ident => $number:literal),+ $(,)?) => {
        mod first_try {
            $(
                #[tokio::test]
                $(#[$attribute])*
                async fn $test() {
                    super::takes_one_attempt_a_step($number).await;
                }
            )+
        }

        mod in_class {
            $(
                #[tokio::test]
                $(#[$attribute])*
                async fn $test() {
                    super::walks_in_class($number).await;
                }
            )+
        }

        $(
            #[tokio::test]
            $(#[$attribute])*
            async fn $test() {
                walks($number).await;
            }
        )+

        const WALKED: &[&str] = &[$($number),+];
    };
}

sheets! {
    the_lab_and_its_certificate => "00",
    a_session => "01",
    cookie_attributes => "02",
    stealing_a_cookie => "03",
    on_the_wire => "04",
    same_site_and_csrf => "05",
    session_fixation => "06",
    guessing_ids => "07",
    timeouts => "08",
    signing_out => "09",
    signed_is_not_secret => "10",
    jwt => "11",
    jwt_attacks => "12",
    refresh_and_revocation => "13",
    harden_it => "14",
    audit => "15",
    #[ignore = "needs Redis"]
    a_server_side_store => "16",
    signing_in => "17",
    audit_what_you_built => "18",
    other_pages => "19",
}

#[test]
fn every_sheet_of_the_folder_is_read_and_walked_through() {
    let library = SheetLibrary::built_in();
    let mistakes: Vec<_> = library.mistakes().iter().map(ToString::to_string).collect();
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    let numbers: Vec<_> = library
        .sheets()
        .iter()
        .map(|sheet| sheet.number())
        .collect();
    assert_eq!(numbers, WALKED);
    assert!(library.manual().is_some());
}

#[test]
fn the_readme_lists_every_sheet_with_its_minutes() {
    let readme = include_str!("../../../README.md");
    for sheet in SheetLibrary::built_in().sheets() {
        let (number, slug) = (sheet.number(), &sheet.slug);
        let start = format!("| [{number}](labs/{slug}.md) | ");
        let row = readme.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("no row {start}"));
        assert!(
            row.ends_with(&format!(" | {} |", sheet.front.minutes)),
            "{row}"
        );
    }
}

#[test]
fn every_sheet_has_what_a_lesson_needs() {
    for sheet in SheetLibrary::built_in().sheets() {
        let slug = &sheet.slug;
        assert!((15..=75).contains(&sheet.front.minutes), "{slug}");
        assert!(
            sheet.front.teacher.is_some(),
            "{slug} has notes for the teacher"
        );
        assert!(sheet.steps().count() >= 4, "{slug} has something to do");
        assert!(sheet.questions().count() >= 2, "{slug} asks");
        assert!(sheet.reflections().count() >= 1, "{slug} lets think");
        let elsewhere = |part: &session_lab::worksheets::sheet::SheetPart| {
            matches!(part.what, SheetBlock::Elsewhere(_))
        };
        let has = sheet.parts.iter().any(elsewhere) || sheet.number() == "00";
        assert!(has, "{slug} shows the setting elsewhere");
        for step in sheet.steps() {
            assert!(
                !step.common.hints.is_empty(),
                "{slug}: step {}",
                step.common.id
            );
        }
    }
}

/// The sheets that a source file says it belongs to: `Worksheet 06`, `Worksheets 02 and 06`.
fn named_sheets(source: &str) -> Vec<&str> {
    let after = source.split("Worksheet").skip(1);
    let numbers = after.flat_map(|text| {
        let sentence = text
            .trim_start_matches('s')
            .split('.')
            .next()
            .unwrap_or_default();
        let words = sentence.split_whitespace();
        let words = words.map(|word| word.trim_end_matches(','));
        words.take_while(|word| *word == "and" || word.parse::<u8>().is_ok())
    });
    numbers.filter(|word| *word != "and").collect()
}

#[test]
fn sheets_are_named_one_by_one_or_together() {
    assert_eq!(named_sheets("//! A. Worksheet 06, session"), ["06"]);
    assert_eq!(named_sheets("//! A. Worksheets 02 and 06."), ["02", "06"]);
    assert_eq!(
        named_sheets("//! A. Worksheets 02, 03 and 06. 07"),
        ["02", "03", "06"]
    );
}

#[test]
fn a_defences_file_names_a_sheet_that_is_about_it() {
    let library = SheetLibrary::built_in();
    for name in Name::ALL {
        let head = name.source().split("use ").next().unwrap_or_default();
        for number in named_sheets(head) {
            let sheet = library.find(number);
            let sheet = sheet.unwrap_or_else(|| panic!("{}: no sheet {number}", name.file()));
            // Some turn a defence on in the student's own mix and are about others.
            let text = std::fs::read_to_string(format!("labs/{}.md", sheet.slug)).unwrap();
            assert!(
                sheet.front.defences.contains(name) || text.contains(name.slug()),
                "{}: {number}",
                name.file()
            );
        }
    }
}

/// The texts of a sheet in which links can be.
fn texts(sheet: &session_lab::worksheets::sheet::Sheet) -> Vec<String> {
    let mut texts: Vec<String> = sheet.front.teacher.iter().cloned().collect();
    for part in &sheet.parts {
        match &part.what {
            SheetBlock::Text(text) | SheetBlock::Teacher(text) => texts.push(text.clone()),
            SheetBlock::Step(step) => texts.push(step.task.clone()),
            SheetBlock::Question(question) => {
                texts.push(question.ask.clone());
                if let QuestionKind::Prediction { reveal, .. } = &question.kind {
                    texts.push(reveal.clone());
                }
            }
            SheetBlock::Reflection(reflection) => texts.push(reflection.ask.clone()),
            SheetBlock::Screenshot(screenshot) => texts.push(screenshot.take.clone()),
            SheetBlock::Console(_) | SheetBlock::Elsewhere(_) => {}
        }
        if let Some(common) = part.what.common() {
            texts.extend(common.hints.iter().chain(&common.teacher).cloned());
        }
    }
    texts
}

/// The manual and the sheets link to pages of the lab only, and each of them is there.
#[tokio::test]
async fn every_link_of_every_sheet_leads_to_a_page() {
    let mut walk = Walk::begin("00").await;
    let library = SheetLibrary::built_in();
    let mut links: BTreeSet<(String, String)> = BTreeSet::new();
    for sheet in library.sheets() {
        for link in texts(sheet).iter().flat_map(|text| markdown::links(text)) {
            links.insert((walk.values.fill(&link), sheet.slug.clone()));
        }
    }
    for link in markdown::links(library.manual().expect("the manual")) {
        links.insert((walk.values.fill(&link), "INSTRUCTOR".into()));
    }
    assert!(links.len() >= 30, "{links:#?}");
    for (link, sheet) in links {
        assert!(
            link.starts_with("http"),
            "{sheet}: {link} is no page of the lab"
        );
        let ask = format!("curl -sk -o /dev/null -w '%{{http_code}}' '{link}'");
        let status = walk.bash.run(&ask).text;
        let status: u16 = status.trim().parse().expect("a status");
        // 401: a page of the portal that wants a sign-in.
        let there = (200..400).contains(&status) || status == 401;
        assert!(there, "{sheet}: {link} answers {status}");
    }
}
