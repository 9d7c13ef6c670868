//! `/find`: the way to any page, sheet, step, attack, defence, row of the catalogue or word.
//!
//! The box that the key `/` opens asks `/find/live`, so both search in the same way.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::attacks::ALL;
use crate::defences::policy::Name;
use crate::lab::{Lessons, page};
use crate::web::context::RequestContext;
use crate::web::lab_pages::PAGES;
use crate::worksheets::{catalogue, glossary};

/// How many results are shown.
const MOST: usize = 30;
/// How many characters of a question count.
const LONGEST: usize = 100;

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct FindResult {
    /// What it is, in a word.
    kind: &'static str,
    name: String,
    /// What it is about, in a sentence; it is searched as well.
    note: String,
    href: String,
}

impl FindResult {
    /// How well it answers: 0 is best. `None`: it does not.
    fn rank(&self, words: &[String]) -> Option<u8> {
        let name = self.name.to_lowercase();
        let note = self.note.to_lowercase();
        let all_in = |text: &str| words.iter().all(|word| text.contains(word.as_str()));
        let whole = words.join(" ");
        if name == whole {
            Some(0)
        } else if name.starts_with(&whole) {
            Some(1)
        } else if all_in(&name) {
            Some(2)
        } else {
            all_in(&format!("{name} {note} {}", self.kind)).then_some(3)
        }
    }
}

/// Everything that can be found, in the order in which equal ranks are shown.
fn everything(context: &RequestContext, lessons: &Lessons) -> Vec<FindResult> {
    let prefix = context.bench.name().prefix();
    let pages = PAGES.iter().map(|page| FindResult {
        kind: "page",
        name: page.name.to_owned(),
        note: page.summary.to_owned(),
        href: page.href(&context.addresses, &prefix),
    });
    let library = lessons.library().of_bench(&context.bench);
    let sheets = library.sheets().iter().flat_map(|sheet| {
        let href = format!("{prefix}/labs/{}", sheet.slug);
        let steps = sheet.steps().enumerate().map({
            let href = href.clone();
            move |(at, step)| FindResult {
                kind: "step",
                name: format!("Sheet {}, step {}", sheet.number(), at + 1),
                note: first_line(&step.task),
                href: format!("{href}#{}", step.common.id),
            }
        });
        let whole = FindResult {
            kind: "sheet",
            name: sheet.heading(),
            note: sheet.front.outcomes.join(" ").replace('`', ""),
            href,
        };
        std::iter::once(whole).chain(steps)
    });
    let attacks = ALL.iter().map(|attack| {
        let card = attack.card();
        FindResult {
            kind: "attack",
            name: card.title.to_owned(),
            note: card.name.to_owned(),
            href: format!("{prefix}/attack/{}", card.name),
        }
    });
    let defences = Name::ALL.iter().map(|name| FindResult {
        kind: "defence",
        name: name.lesson().title.to_owned(),
        note: name.slug().to_owned(),
        href: format!("{prefix}/defences/{}", name.slug()),
    });
    let rows = catalogue::rows().map(|row| FindResult {
        kind: "catalogue",
        name: row.key.to_owned(),
        note: row.title.to_owned(),
        href: format!("{prefix}/coverage#{}", row.key),
    });
    let words = glossary::entries().iter().map(|entry| FindResult {
        kind: "word",
        name: entry.word.clone(),
        note: entry.meaning.clone(),
        href: format!("{prefix}/glossary#{}", entry.slug),
    });
    pages
        .chain(sheets)
        .chain(attacks)
        .chain(defences)
        .chain(words)
        .chain(rows)
        .collect()
}

/// The first line of a Markdown text, without its marks.
fn first_line(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    line.replace(['`', '*'], "")
}

/// The best results; none for an empty question.
fn search(context: &RequestContext, lessons: &Lessons, question: &str) -> Vec<FindResult> {
    let question: String = question.chars().take(LONGEST).collect();
    let words = question.to_lowercase();
    let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let ranked = everything(context, lessons).into_iter();
    let mut ranked: Vec<_> = ranked
        .filter_map(|result| Some((result.rank(&words)?, result)))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.truncate(MOST);
    ranked.into_iter().map(|(_, result)| result).collect()
}

#[get("/find?<q>")]
fn show(context: &RequestContext, lessons: &State<Lessons>, q: Option<&str>) -> Template {
    #[derive(Serialize)]
    struct FindPage<'q> {
        q: &'q str,
        results: Vec<FindResult>,
        most: usize,
    }
    let q = q.unwrap_or_default();
    let page = FindPage {
        q,
        results: search(context, lessons, q),
        most: MOST,
    };
    page::render(context, "pages/lab/find.html", "Find", page)
}

#[get("/find/live?<q>")]
fn live(context: &RequestContext, lessons: &State<Lessons>, q: &str) -> Json<Vec<FindResult>> {
    Json(search(context, lessons, q))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, live]
}
