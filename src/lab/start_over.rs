//! `/start-over`: takes a part of the bench back to its beginning. Each part says what it will do
//! and to whom, and asks first.

use std::sync::Arc;

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::inspect::compare::ComparedSides;
use super::page;
use super::page::fields;
use crate::attacker::sniffing_proxy::capture::Captures;
use crate::same_site::measured::MeasuredTables;
use crate::session::bench::ResetScope;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// What can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Clock,
    Accounts,
    Jars,
    Loot,
    Everything,
}

/// A part in words.
#[derive(Clone, Copy, Serialize)]
struct PartText {
    slug: &'static str,
    title: &'static str,
    /// The button.
    action: &'static str,
    /// What it does, and to whom.
    effect: &'static str,
    /// What it leaves alone.
    stays: &'static str,
    /// What has happened.
    done: &'static str,
    /// Where to go on: a path of the lab, and its name.
    next: (&'static str, &'static str),
}

impl Part {
    const ALL: [Self; 5] = [
        Self::Clock,
        Self::Accounts,
        Self::Jars,
        Self::Loot,
        Self::Everything,
    ];

    fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.text().slug == slug)
    }

    const fn text(self) -> PartText {
        match self {
            Self::Clock => PartText {
                slug: "clock",
                title: "The clock",
                action: "Put the clock back to real time",
                effect: "Signs everybody out on every variant of this bench, and puts accounts, \
                         credit and notices back as they were. The clock cannot go back alone: \
                         sessions that have expired would be accepted again.",
                stays: "Loot, your own mix, your name and the progress of worksheets stay.",
                done: "The clock shows real time, and everybody is signed out.",
                next: ("/evidence", "Evidence: no session is left"),
            },
            Self::Accounts => PartText {
                slug: "accounts",
                title: "Accounts and sessions",
                action: "Put the accounts back as they were",
                effect: "Signs everybody out on every variant of this bench: student123, apiuser, \
                         alice, mallory and admin have their first passwords, roles and credit \
                         again. Notices are removed, and tokens are no longer accepted.",
                stays: "The clock, loot, your own mix, your name and the progress of worksheets stay.",
                done: "The accounts are as they were, and everybody is signed out.",
                next: ("/compare", "Compare: sign in again"),
            },
            Self::Jars => PartText {
                slug: "jars",
                title: "The lab's cookie jars",
                action: "Empty both jars of Compare",
                effect: "Empties the two cookie jars with which the lab itself acts on Compare, and \
                         what the page shows of them. What was measured of your browser's SameSite \
                         is forgotten as well.",
                stays: "Your own browser's cookies stay: sign out at the portal, or delete them in \
                        DevTools. Sessions on the server also stay.",
                done: "Both jars are empty.",
                next: ("/compare", "Compare"),
            },
            Self::Loot => PartText {
                slug: "loot",
                title: "The attacker's loot",
                action: "Throw the loot away",
                effect: "Deletes what the attacker caught and planted on this bench, and what was \
                         recorded in the café.",
                stays: "Stolen ids still open their sessions: only the attacker's copy is gone.",
                done: "The attacker has nothing.",
                next: ("/cafe", "Café"),
            },
            Self::Everything => PartText {
                slug: "everything",
                title: "Everything",
                action: "Take the whole bench back",
                effect: "All of the above at once, for everybody who works on this bench.",
                stays: "Your own mix, your name and the progress of worksheets stay. A worksheet's \
                        steps are reset at the end of the sheet.",
                done: "The bench is as it was at first.",
                next: ("/", "The front page"),
            },
        }
    }
}

#[derive(Serialize)]
struct StartOverPage {
    parts: Vec<PartText>,
    /// The part that was taken back.
    done: Option<PartText>,
    bench: String,
}

fn parse(slug: &str) -> Result<Part, Problem> {
    let slugs = Part::ALL.map(|part| part.text().slug).join(", ");
    let unknown = || {
        let because = "The bench has no such part.";
        let next = format!("Choose one of: {slugs}.");
        Problem::new(
            Status::UnprocessableEntity,
            "Nothing was changed",
            because,
            next,
        )
    };
    Part::parse(slug).ok_or_else(unknown)
}

/// The parts; one of them done.
#[get("/start-over?<done>")]
fn show(context: &RequestContext, done: Option<&str>) -> Result<Template, Problem> {
    let page = StartOverPage {
        parts: Part::ALL.map(Part::text).into(),
        done: done.map(parse).transpose()?.map(Part::text),
        bench: context.bench.name().to_string(),
    };
    Ok(page::render(
        context,
        "pages/lab/start_over.html",
        "Start over",
        page,
    ))
}

#[post("/start-over", data = "<form>")]
async fn take_back(
    context: &RequestContext,
    form: Capped<String>,
    compared: &State<ComparedSides>,
    captures: &State<Arc<Captures>>,
    tables: &State<MeasuredTables>,
) -> Result<Redirect, Problem> {
    let form = fields(&form);
    let part = parse(form.get("what").map(String::as_str).unwrap_or_default())?;
    let bench = &context.bench;
    match part {
        Part::Clock => bench.reset_part(ResetScope::AccountsAndClock).await?,
        Part::Accounts => bench.reset_part(ResetScope::Accounts).await?,
        Part::Everything => bench.reset().await?,
        Part::Loot => {
            bench.loot().clear().await?;
            bench.loot().forget_planted().await?;
        }
        Part::Jars => {}
    }
    if matches!(part, Part::Jars | Part::Everything) {
        compared.forget(bench.name());
        tables.forget(bench.name());
    }
    if matches!(part, Part::Loot | Part::Everything) {
        captures.forget(bench.name());
    }
    let base = context.base();
    let done = part.text().slug;
    Ok(Redirect::to(format!("{base}/start-over?done={done}")))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, take_back]
}
