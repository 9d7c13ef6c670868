//! `/stateless`: the same five events on a session and on a token, side by side.
//!
//! A session is looked up at every request; a token is verified and, where nothing is remembered of
//! it, believed. Nothing on the page is prepared: a click runs every event on benches that are
//! deleted afterwards. Read `events.rs` next.

mod events;

use std::sync::{Arc, OnceLock};

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Either, Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::{Deserialize, Serialize};

use self::events::{EVENTS, EventAnswer, Happened, StatelessEvent};
use crate::attacks::matrix::throw_away_name;
use crate::attacks::scenario::{Scenario, ScenarioError, TargetLab};
use crate::client::LabClient;
use crate::defences::policy::{Name, Policy, Variant, resolve};
use crate::lab::page;
use crate::session::bench::{Benches, PerBench};
use crate::web::context::RequestContext;
use crate::web::page::VariantView;
use crate::web::problem::Problem;
use crate::web::visible_time::date_and_time;

/// The two sides, and the counter-experiment: everything strong but the one thing that the server
/// remembers of tokens.
const VARIANTS: [Variant; 3] = [
    Variant::Insecure,
    Variant::Hardened,
    Variant::Without(Name::JwtRevocation),
];

/// What happened on all benches.
#[derive(Debug, Default)]
pub struct StatelessRuns(PerBench<Arc<StatelessRun>>);

/// What happened, by event and by variant.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct StatelessRun {
    /// The day on which it was recorded; none for a run on the student's bench.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded_on: Option<String>,
    events: Vec<[Happened; VARIANTS.len()]>,
}

impl StatelessRun {
    /// The run that came with this program, for those who have not run one yet. A test runs the
    /// events and compares. `GET /stateless?format=json` is how it was written.
    fn recorded() -> Option<&'static Self> {
        static RECORDED: OnceLock<Option<StatelessRun>> = OnceLock::new();
        let read = || serde_json::from_str(include_str!("recorded.json")).ok();
        RECORDED.get_or_init(read).as_ref()
    }
}

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
    session: Vec<JudgedAnswer>,
    token: Vec<JudgedAnswer>,
}

/// An answer in the colours of what it shows.
#[derive(Clone, Debug, Serialize)]
struct JudgedAnswer {
    /// `weak` where something was accepted that should have ended, `strong` where it was refused;
    /// empty where nothing is tested.
    kind: &'static str,
    #[serde(flatten)]
    answer: EventAnswer,
}

fn judged(answers: &[EventAnswer], tests_from: Option<usize>) -> Vec<JudgedAnswer> {
    let judge = |(at, answer): (usize, &EventAnswer)| JudgedAnswer {
        kind: match (tests_from.is_some_and(|from| at >= from), answer.opens) {
            (false, _) => "",
            (true, true) => "weak",
            (true, false) => "strong",
        },
        answer: answer.clone(),
    };
    answers.iter().enumerate().map(judge).collect()
}

fn sections(run: &StatelessRun) -> Vec<StatelessSection> {
    let section = |(event, happened): (&StatelessEvent, &[Happened; VARIANTS.len()])| {
        let rows = VARIANTS.iter().zip(happened);
        let row = |(variant, happened): (&Variant, &Happened)| StatelessRow {
            variant: VariantView::new(*variant, &resolve(*variant, &Policy::INSECURE).moved),
            session: judged(&happened.session, event.tests_session),
            token: judged(&happened.token, event.tests_token),
        };
        StatelessSection {
            title: event.title,
            description: event.description,
            explains: event.explains,
            rows: rows.map(row).collect(),
        }
    };
    EVENTS.iter().zip(&run.events).map(section).collect()
}

#[derive(Serialize)]
struct StatelessPage {
    sections: Vec<StatelessSection>,
    /// The day, where it is the recorded run.
    recorded_on: Option<String>,
}

/// Runs one event against one variant, on its own bench.
async fn row(
    target: &TargetLab,
    benches: &Benches,
    event: usize,
    variant: Variant,
) -> Result<Happened, ScenarioError> {
    let (name, other) = (throw_away_name(), throw_away_name());
    let unopened = |error: &dyn std::fmt::Display| ScenarioError::Unexpected(error.to_string());
    benches.open(&name).await.map_err(|e| unopened(&e))?;
    // The second server's store. Nothing of the first one is in it.
    let beside = benches.open(&other).await.map(|_| ());
    beside.map_err(|e| unopened(&e))?;
    let scenario = Scenario::new(target.clone(), name.clone(), variant);
    let second = Scenario::new(target.clone(), other.clone(), variant);
    let happened = events::run(event, &scenario, &second).await;
    benches.discard(&name).await;
    benches.discard(&other).await;
    happened
}

#[get("/stateless?<format>")]
fn show(
    context: &RequestContext,
    all: &State<StatelessRuns>,
    format: Option<&str>,
) -> Either<Template, Json<StatelessRun>> {
    let own = all.0.read(context.bench.name());
    let run = own.as_deref().or(StatelessRun::recorded());
    if format == Some("json")
        && let Some(run) = run
    {
        let mut run = run.clone();
        let now = date_and_time(context.now);
        let today = now.split(' ').next().map(str::to_owned);
        run.recorded_on = run.recorded_on.or(today);
        return Either::Right(Json(run));
    }
    let page = StatelessPage {
        sections: run.map(sections).unwrap_or_default(),
        recorded_on: run.and_then(|run| run.recorded_on.clone()),
    };
    let title = "Sessions and tokens";
    let template = "pages/lab/stateless.html";
    Either::Left(page::render(context, template, title, page))
}

#[post("/stateless")]
async fn run(
    context: &RequestContext,
    all: &State<StatelessRuns>,
    lab_client: &State<LabClient>,
    benches: &State<Arc<Benches>>,
) -> Result<Redirect, Problem> {
    let target = TargetLab::of(lab_client, &context.addresses);
    let mut events = Vec::new();
    for index in 0..EVENTS.len() {
        let mut happened: [Happened; VARIANTS.len()] = Default::default();
        for (on, variant) in happened.iter_mut().zip(VARIANTS) {
            let ended = row(&target, benches, index, variant).await;
            *on = ended.map_err(|error| {
                log::error!("the comparison failed: {error}");
                let next = "Look whether another program has taken one of the lab's ports.";
                let because = "The lab could not reach its own portal.";
                Problem::new(Status::BadGateway, "No answer", because, next)
            })?;
        }
        events.push(happened);
    }
    let run = StatelessRun {
        recorded_on: None,
        events,
    };
    all.0.insert(context.bench.name(), Arc::new(run));
    Ok(Redirect::to(format!("{}/stateless", context.base())))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, run]
}
