//! `/custom/attack`: every attack that the server alone decides, tried against the student's own mix.
//!
//! Each runs on a bench of its own, which is thrown away. Worksheet 14 looks for the event of a run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::web::template::Template;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::attacks::matrix::throw_away_name;
use crate::attacks::scenario::{Scenario, TargetLab};
use crate::attacks::{ALL, Attack, Engine};
use crate::base::bench_name::BenchName;
use crate::base::event::EventKind;
use crate::client::LabClient;
use crate::defences::policy::{Name, Policy, Variant};
use crate::lab::attack::run::event;
use crate::lab::page;
use crate::session::bench::{BENCH_LIMIT, Benches};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// How long a run may take, with its wait for others.
const PATIENCE: Duration = Duration::from_secs(90);

/// How many attacks of a run are tried side by side: the portal does the work, on the same cores.
const SIDE_BY_SIDE: usize = 2;

/// The last run of every bench. One runs at a time.
#[derive(Debug)]
pub struct MixRuns {
    last: Mutex<HashMap<BenchName, Arc<Run>>>,
    turn: Semaphore,
}

impl Default for MixRuns {
    fn default() -> Self {
        Self {
            last: Mutex::default(),
            turn: Semaphore::new(1),
        }
    }
}

/// One run.
#[derive(Debug, Serialize)]
struct Run {
    strong: usize,
    succeeded: usize,
    rows: Vec<Row>,
}

/// How one attack ended.
#[derive(Debug, Serialize)]
struct Row {
    attack: &'static str,
    title: &'static str,
    succeeded: bool,
    message: String,
    stopped_by: Vec<Vec<&'static str>>,
}

fn strong(policy: &Policy) -> usize {
    let all = Name::ALL.iter();
    all.filter(|name| policy.is_strong(**name)).count()
}

/// Tries one attack against the mix, on a bench that is thrown away.
async fn attack(
    target: TargetLab,
    benches: Arc<Benches>,
    attack: &'static dyn Attack,
    mix: Policy,
) -> Result<Row, String> {
    let name = throw_away_name();
    let bench = benches
        .open(&name)
        .await
        .map_err(|error| error.to_string())?;
    bench
        .set_custom(mix)
        .await
        .map_err(|error| error.to_string())?;
    let scenario = Scenario::new(target, name.clone(), Variant::Custom);
    let outcome = attack.run(&scenario).await;
    benches.discard(&name).await;
    let card = attack.card();
    let outcome = outcome.map_err(|error| format!("{}: {error}", card.name))?;
    let slugs = |set: &&[Name]| set.iter().map(|name| name.slug()).collect();
    Ok(Row {
        attack: card.name,
        title: card.title,
        succeeded: outcome.succeeded(),
        message: outcome.message().to_owned(),
        stopped_by: card.stopped_by.iter().map(slugs).collect(),
    })
}

async fn attack_all(
    target: &TargetLab,
    benches: &Arc<Benches>,
    mix: Policy,
) -> Result<Run, String> {
    let http = ALL
        .iter()
        .copied()
        .filter(|attack| attack.card().engine == Engine::Http);
    let mut waiting = http.map(|one| attack(target.clone(), benches.clone(), one, mix));
    let mut running = JoinSet::new();
    for one in waiting.by_ref().take(SIDE_BY_SIDE) {
        running.spawn(one);
    }
    let mut rows = Vec::new();
    while let Some(ended) = running.join_next().await {
        rows.push(ended.map_err(|error| error.to_string())??);
        if let Some(next) = waiting.next() {
            running.spawn(next);
        }
    }
    let context = |row: &Row| {
        ALL.iter()
            .position(|attack| attack.card().name == row.attack)
    };
    rows.sort_by_key(context);
    Ok(Run {
        strong: strong(&mix),
        succeeded: rows.iter().filter(|row| row.succeeded).count(),
        rows,
    })
}

#[get("/custom/attack")]
fn show(context: &RequestContext, runs: &State<MixRuns>) -> Template {
    #[derive(Serialize)]
    struct MixPage<'p> {
        run: Option<&'p Run>,
        strong: usize,
    }
    let last = runs.last.lock().unwrap_or_else(PoisonError::into_inner);
    let run = last.get(context.bench.name()).cloned();
    drop(last);
    let page = MixPage {
        run: run.as_deref(),
        strong: strong(&context.bench.custom()),
    };
    page::render(
        context,
        "pages/lab/custom_attack.html",
        "Attacks on your own mix",
        page,
    )
}

/// Tries them all. The answer comes when the last one has ended, after some seconds.
#[post("/custom/attack")]
async fn run(
    context: &RequestContext,
    runs: &State<MixRuns>,
    lab_client: &State<LabClient>,
    benches: &State<Arc<Benches>>,
) -> Result<Redirect, Problem> {
    let broken = |error: String| {
        log::error!("the attacks on a mix: {error}");
        let because = "The attacks could not be tried to their end.";
        let status = Status::ServiceUnavailable;
        Problem::new(
            status,
            "The attacks were not run",
            because,
            "Try it again in a minute.",
        )
    };
    let target = TargetLab::of(lab_client, &context.addresses);
    let mix = context.bench.custom();
    let in_turn = async {
        let _turn = runs
            .turn
            .acquire()
            .await
            .map_err(|error| error.to_string())?;
        attack_all(&target, benches, mix).await
    };
    let ended = tokio::time::timeout(PATIENCE, in_turn).await;
    let run = ended
        .map_err(|_| broken(format!("no end within {} s", PATIENCE.as_secs())))?
        .map_err(broken)?;
    let what = EventKind::MixAttacked {
        strong: run.strong,
        succeeded: run.succeeded,
    };
    context
        .bench
        .note(event(context, Variant::Custom, what))
        .await?;
    let mut last = runs.last.lock().unwrap_or_else(PoisonError::into_inner);
    if last.len() >= BENCH_LIMIT {
        last.clear();
    }
    last.insert(context.bench.name().clone(), Arc::new(run));
    Ok(Redirect::to(format!("{}/custom/attack", context.base())))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, run]
}
