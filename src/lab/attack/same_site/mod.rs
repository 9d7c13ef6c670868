//! `/same-site`: which cookies a browser sends, by their `SameSite`, by the way of the request and by
//! the site it comes from. The student guesses first; then their own browser fills the table in.
//!
//! Nothing here knows what a browser does: the cells are what `crate::same_site` saw arrive, beside
//! what was recorded of another browser. Next: `table`.

mod records;
mod table;

use rocket::data::Capped;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::lab::Store;
use crate::lab::page;
use crate::lab::page::fields;
use crate::same_site::measured::{CookieSigns, MeasuredTables, TableGuess};
use crate::same_site::{Initiator, TestCookie, WalkStep, Way, portal};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use records::{RecordDifference, ShownRecord};
use table::Table;

#[derive(Serialize)]
struct Named {
    slug: &'static str,
    title: &'static str,
}

#[derive(Serialize)]
struct SiteOrigin {
    slug: &'static str,
    origin: String,
}

#[derive(Serialize)]
struct SameSitePage {
    from: SiteOrigin,
    initiators: Vec<SiteOrigin>,
    guess_rows: Vec<GuessRow>,
    cookies: Vec<Named>,
    /// Whether the student has guessed, or wants to see it without.
    guessed: bool,
    /// Whether there is a table behind the form for another guess.
    guesses_again: bool,
    skipped: bool,
    table: Table,
    records: Vec<ShownRecord>,
    /// Where they do not agree.
    differences: Vec<RecordDifference>,
    portal: String,
    start: String,
    clean: String,
    /// Whether the lab runs for others, whose browsers cannot reach `portal.localhost`.
    /// Whether the class has a name for which no sibling can be of the same site.
    sibling_is_elsewhere: bool,
    shared: bool,
}

/// One request of the form for a guess.
#[derive(Serialize)]
struct GuessRow {
    slug: &'static str,
    title: &'static str,
    /// What was ticked last, by cookie.
    ticks: Vec<GuessTick>,
}

#[derive(Serialize)]
struct GuessTick {
    slug: &'static str,
    title: &'static str,
    ticked: bool,
}

impl GuessRow {
    fn new(way: Way, last: Option<TableGuess>) -> Self {
        let tick = |(at, cookie): (usize, TestCookie)| GuessTick {
            slug: cookie.slug(),
            title: cookie.title(),
            ticked: matches!(last, Some(TableGuess::Made(cells)) if cells[way as usize][at]),
        };
        Self {
            slug: way.slug(),
            title: way.title(),
            ticks: TestCookie::ALL.into_iter().enumerate().map(tick).collect(),
        }
    }
}

fn named(cookie: TestCookie) -> Named {
    Named {
        slug: cookie.slug(),
        title: cookie.title(),
    }
}

/// The initiator of this name; another site where none is named.
///
/// # Errors
/// There is none of that name.
fn chosen(from: Option<&str>) -> Result<Initiator, Problem> {
    let Some(slug) = from else {
        return Ok(Initiator::CrossSite);
    };
    let known = Initiator::ALL.map(Initiator::slug).join(", ");
    let problem = Problem::bad_request(
        format!("There is no table for {slug}."),
        format!("Choose one of: {known}."),
    );
    Initiator::parse(slug).ok_or(problem)
}

/// The table, or the form for a guess. `guess=again` shows the form once more; the guess of before is
/// kept until another one is saved.
#[get("/same-site?<from>&<guess>")]
fn show(
    context: &RequestContext,
    from: Option<&str>,
    guess: Option<&str>,
    store: &State<Store>,
    tables: &State<MeasuredTables>,
) -> Result<Template, Problem> {
    let from = chosen(from)?;
    let (addresses, bench) = (&*context.addresses, &*context.bench);
    let measured = tables.of(bench.name());
    let last = measured.guess(from);
    let again = guess == Some("again");
    let origin = |initiator: Initiator| SiteOrigin {
        slug: initiator.slug(),
        origin: initiator.origin(addresses),
    };
    let ways = Way::ALL.into_iter().filter(|way| way.is_from(from));
    let page = SameSitePage {
        from: origin(from),
        initiators: Initiator::ALL.map(origin).into(),
        guess_rows: ways.map(|way| GuessRow::new(way, last)).collect(),
        cookies: TestCookie::ALL.map(named).into(),
        guessed: last.is_some() && !again,
        guesses_again: last.is_some(),
        skipped: last == Some(TableGuess::Skipped),
        table: table::of(bench.name(), &measured, addresses, from),
        records: records::shown(),
        differences: records::differences(from),
        portal: portal(addresses),
        start: WalkStep::FIRST.start(addresses, bench.name(), false),
        clean: format!("{}{}/same-site/clean", portal(addresses), context.base()),
        sibling_is_elsewhere: !addresses.site_names().sibling_shares_the_site(),
        shared: store.shared,
    };
    let title = "SameSite table";
    Ok(page::render(
        context,
        "pages/lab/same_site.html",
        title,
        page,
    ))
}

/// The table for a page that asks each second.
#[get("/same-site/live?<from>")]
fn live(
    context: &RequestContext,
    from: Option<&str>,
    tables: &State<MeasuredTables>,
) -> Result<Json<Table>, Problem> {
    let from = chosen(from)?;
    let bench = context.bench.name();
    Ok(Json(table::of(
        bench,
        &tables.of(bench),
        &context.addresses,
        from,
    )))
}

#[post("/same-site", data = "<form>")]
fn guess(
    context: &RequestContext,
    form: Capped<String>,
    tables: &State<MeasuredTables>,
) -> Result<Redirect, Problem> {
    let sent = fields(&form);
    let from = chosen(sent.get("from").map(String::as_str))?;
    let guess = match sent.get("action").map(String::as_str) {
        Some("guess") => {
            let cells = |way: Way| -> CookieSigns {
                let name = |cookie: TestCookie| format!("{}.{}", way.slug(), cookie.slug());
                TestCookie::ALL.map(|cookie| sent.contains_key(&name(cookie)))
            };
            TableGuess::Made(Way::ALL.map(cells))
        }
        Some("skip") => TableGuess::Skipped,
        _ => {
            let because = "The form lacks what to do: guess or skip.";
            let next = "Use the buttons of the page.";
            return Err(Problem::bad_request(because, next));
        }
    };
    tables.of(context.bench.name()).keep_guess(from, guess);
    let back = format!("{}/same-site?from={}#table", context.base(), from.slug());
    Ok(Redirect::to(back))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, live, guess]
}
