//! `/stateless`: the same five events on a session and on a token, side by side.
//!
//! A session is looked up at every request; a token is verified and, where nothing is remembered of
//! it, believed. Nothing on the page is prepared: a click runs every event on benches that are
//! deleted afterwards. Read `events.rs` next.

mod events;

use std::sync::Arc;

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use self::events::{EVENTS, Happened};
use crate::attacks::matrix::throw_away_name;
use crate::attacks::scenario::{Scenario, ScenarioError, TargetLab};
use crate::client::LabClient;
use crate::defences::policy::{Name, Variant};
use crate::lab::page;
use crate::session::bench::{Benches, PerBench};
use crate::web::context::RequestContext;
use crate::web::page::VariantView;
use crate::web::problem::Problem;

/// The two sides, and the counter-experiment: everything strong but the one thing that the server
/// remembers of tokens.
const VARIANTS: [Variant; 3] = [
    Variant::Insecure,
    Variant::Hardened,
    Variant::Without(Name::JwtRevocation),
];

/// What happened on all benches.
#[derive(Debug, Default)]
pub struct StatelessRuns(PerBench<Arc<Vec<StatelessSection>>>);

/// One event on all variants.
#[derive(Clone, Debug, Serialize)]
struct StatelessSection {
    title: &'static str,
    description: &'static str,
    explains: &'static str,
    rows: Vec<StatelessRow>,
}

/// One event on one variant.
#[derive(Clone, Debug, Serialize)]
struct StatelessRow {
    variant: VariantView,
    happened: Happened,
}

#[derive(Serialize)]
struct StatelessPage {
    sections: Vec<StatelessSection>,
}

/// Runs one event against one variant, on its own bench.
async fn row(
    target: &TargetLab,
    benches: &Benches,
    event: usize,
    variant: Variant,
) -> Result<StatelessRow, ScenarioError> {
    let (name, other) = (throw_away_name(), throw_away_name());
    let unopened = |error: &dyn std::fmt::Display| ScenarioError::Unexpected(error.to_string());
    let bench = benches.open(&name).await.map_err(|e| unopened(&e))?;
    // The second server's store. Nothing of the first one is in it.
    let beside = benches.open(&other).await.map(|_| ());
    beside.map_err(|e| unopened(&e))?;
    let scenario = Scenario::new(target.clone(), name.clone(), variant);
    let second = Scenario::new(target.clone(), other.clone(), variant);
    let happened = events::run(event, &scenario, &second).await;
    benches.discard(&name).await;
    benches.discard(&other).await;
    let moved = bench.resolve(variant).moved;
    Ok(StatelessRow {
        variant: VariantView::new(variant, &moved),
        happened: happened?,
    })
}

#[get("/stateless")]
fn show(context: &RequestContext, all: &State<StatelessRuns>) -> Template {
    let sections = all.0.read(context.bench.name()).unwrap_or_default();
    let page = StatelessPage {
        sections: sections.to_vec(),
    };
    let title = "Sessions and tokens";
    page::render(context, "pages/lab/stateless.html", title, page)
}

#[post("/stateless")]
async fn run(
    context: &RequestContext,
    all: &State<StatelessRuns>,
    lab_client: &State<LabClient>,
    benches: &State<Arc<Benches>>,
) -> Result<Redirect, Problem> {
    let target = TargetLab::of(lab_client, &context.addresses);
    let mut sections = Vec::new();
    for (index, event) in EVENTS.iter().enumerate() {
        let mut rows = Vec::new();
        for variant in VARIANTS {
            let row = row(&target, benches, index, variant).await;
            rows.push(row.map_err(|error| {
                log::error!("the comparison failed: {error}");
                let next = "Look whether another program has taken one of the lab's ports.";
                let because = "The lab could not reach its own portal.";
                Problem::new(Status::BadGateway, "No answer", because, next)
            })?);
        }
        sections.push(StatelessSection {
            title: event.title,
            description: event.description,
            explains: event.explains,
            rows,
        });
    }
    all.0.insert(context.bench.name(), Arc::new(sections));
    Ok(Redirect::to(format!("{}/stateless", context.base())))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, run]
}
