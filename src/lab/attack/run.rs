//! `/attack/<name>`: one attack, run by a click, with everything that was sent and received.

use rocket::http::{ContentType, Status};
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::{Metadata, Template};
use serde::Serialize;

use super::browser_runs::BrowserView;
use super::card::CardView;
use super::matrix::CellAddress;
use super::play;
use super::runner::AttackRunner;
use super::runs::{AttackRun, LastRuns};
use crate::attacks::hands_on::{self, HandsOnPage};
use crate::attacks::record::BrowserRecord;
use crate::attacks::{ALL, Attack, Card, Engine, find};
use crate::base::addresses::Listener;
use crate::defences::policy::Variant;
use crate::lab::attachment::Attachment;
use crate::lab::diagrams::file::DrawingFile;
use crate::lab::page;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

#[derive(Serialize)]
struct AttackPage<'p> {
    card: CardView,
    by_hand: Option<String>,
    /// The address of the attack's play.
    play: String,
    variants: Vec<String>,
    against: String,
    run: Option<&'p AttackRun>,
    recorded: Vec<RecordedOutcome>,
    browser: BrowserView,
    /// Whether the recorded browsers disagree.
    engines_differ: bool,
}

/// How an attack that needs a browser ended when it was last run.
#[derive(Serialize)]
pub(super) struct RecordedOutcome {
    pub succeeded: bool,
    pub on: &'static str,
    pub with: &'static str,
}

/// How an attack ended in the browsers of the record.
pub(super) fn recorded(card: &Card, variant: Variant) -> Vec<RecordedOutcome> {
    let runs = BrowserRecord::stored().runs(card.name).into_iter();
    let recorded = runs.filter_map(|run| {
        Some(RecordedOutcome {
            succeeded: run.outcome(card, variant)?.succeeded(),
            on: &run.on,
            with: &run.with,
        })
    });
    recorded.collect()
}

/// The address of the page on which an attack is done by hand.
pub fn by_hand(context: &RequestContext, attack: &str, variant: Variant) -> Option<String> {
    let prefix = context.base();
    let addresses = &context.addresses;
    Some(match hands_on::page_for(attack)? {
        HandsOnPage::Lab(path) => format!("{prefix}{path}"),
        HandsOnPage::Attacker(path) => {
            let origin = addresses.origin(Listener::Attacker);
            format!("{origin}{prefix}{path}?variant={variant}")
        }
        HandsOnPage::Sibling(path) => {
            let origin = addresses.sibling(Listener::Attacker);
            format!("{origin}{prefix}{path}?variant={variant}")
        }
    })
}

/// The attack of that name.
///
/// # Errors
/// There is none.
pub(super) fn known(name: &str) -> Result<&'static dyn Attack, Problem> {
    find(name).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|attack| attack.card().name).collect();
        let because = format!("There is no attack called {name}.");
        let next = format!("The attacks are {}.", names.join(", "));
        Problem::new(Status::NotFound, "Unknown attack", because, next)
    })
}

fn parse(variant: Option<&str>) -> Result<Variant, Problem> {
    match variant {
        None => Ok(Variant::Insecure),
        Some(name) => name.parse().map_err(|_| Problem::unknown_variant(name)),
    }
}

#[get("/attack/<name>?<against>")]
fn show(runner: AttackRunner<'_>, name: &str, against: Option<&str>) -> Result<Template, Problem> {
    let card = known(name)?.card();
    let variant = parse(against)?;
    let context = runner.context;
    let run = runner.kept.find(context.bench.name(), card.name, variant);
    let attack_page = AttackPage {
        card: CardView::of(card),
        by_hand: by_hand(context, card.name, variant),
        play: format!("{}{}", context.base(), play::path(card)),
        variants: variants(card, variant),
        against: variant.to_string(),
        run: run.as_deref(),
        recorded: recorded(card, variant),
        browser: runner.browsers.view(context, runner.lessons),
        engines_differ: BrowserRecord::stored().differs(card.name),
    };
    Ok(page::render(
        context,
        "pages/lab/attack.html",
        card.title,
        attack_page,
    ))
}

/// The diagram as a file. A browser could not show it here: it has its styles inside, and the lab's own
/// policy forbids that.
#[get("/attack/<name>/sequence.svg?<against>")]
fn sequence(
    context: &RequestContext,
    runs: &State<LastRuns>,
    templates: Metadata<'_>,
    name: &str,
    against: Option<&str>,
) -> Result<Attachment, Problem> {
    let card = known(name)?.card();
    let variant = parse(against)?;
    let Some(run) = runs.find(context.bench.name(), card.name, variant) else {
        let because = format!("{} is not among the last attacks that ran here.", card.name);
        let next = "Run it on its page, then take the drawing.";
        let status = Status::NotFound;
        return Err(Problem::new(status, "There is no drawing", because, next));
    };
    let drawn = templates.render(DrawingFile::TEMPLATE, DrawingFile::of(&run.sequence));
    let (_, drawn) = drawn.ok_or_else(|| {
        let because = "The drawing could not be made.";
        let next = "Look at the lab's log.";
        let status = Status::InternalServerError;
        Problem::new(status, "There is no drawing", because, next)
    })?;
    let file = format!("{}-{variant}.svg", card.name);
    Ok(Attachment::new(&file, ContentType::SVG, drawn))
}

/// The variants that the page offers: those that tell what stops the attack.
fn variants(card: &Card, chosen: Variant) -> Vec<String> {
    let mut all = vec![Variant::Insecure, Variant::Hardened];
    for name in card.stopped_by.iter().copied().flatten() {
        all.extend([Variant::Only(*name), Variant::Without(*name)]);
    }
    if !all.contains(&chosen) {
        all.push(chosen);
    }
    all.iter().map(Variant::to_string).collect()
}

/// Runs an attack on its own bench: by the lab's own client where the server alone decides, and else
/// in a browser. Where a cell of the matrix asked for it, that cell shows it.
#[post("/attack/<name>?<against>&<browser>&<cell>")]
async fn run(
    runner: AttackRunner<'_>,
    name: &str,
    against: Option<&str>,
    browser: Option<&str>,
    cell: Option<&str>,
) -> Result<Redirect, Problem> {
    let attack = known(name)?;
    let variant = parse(against)?;
    let cell = cell
        .map(|cell| CellAddress::parse(cell).map(|_| cell))
        .transpose()?;
    let card = attack.card();
    if variant == Variant::Custom {
        let status = Status::UnprocessableEntity;
        let because = "A bench that is deleted afterwards has no mix.";
        let next = "Attack your own mix on its page, or a variant with session-lab attack.";
        let heading = "The attack was not run";
        return Err(Problem::new(status, heading, because, next));
    }
    let base = runner.context.base();
    let page = format!("{base}/attack/{}?against={variant}", card.name);
    match card.engine {
        Engine::Browser => {
            runner.start_browser(attack, vec![variant], browser)?;
            Ok(Redirect::to(page))
        }
        Engine::Http => {
            runner.run_at_once(attack, &[variant]).await?;
            Ok(Redirect::to(match cell {
                Some(cell) => format!("{base}/matrix?cell={cell}#cell"),
                None => page,
            }))
        }
    }
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, run, sequence]
}
