//! `/matrix`: every attack against every variant, started by a click, row by row as it runs, and what
//! the defences cost.
//!
//! A run is a job: a POST starts it, the page polls it, and it stops some seconds after the last
//! poll. Each cell has a bench of its own that is thrown away.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::web::template::Template;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use tokio::task::AbortHandle;

use crate::attacks::costs::{self, Measured};
use crate::attacks::matrix::{self, Cell, Wish};
use crate::attacks::record::{Record, RecordedRun};
use crate::attacks::scenario::Target;
use crate::attacks::{ALL, Card, Engine};
use crate::base::bench_name::BenchName;
use crate::client::LabClient;
use crate::defences::ArmText;
use crate::defences::policy::Variant;
use crate::lab::page;
use crate::session::bench::BENCH_LIMIT;
use crate::web::context::RequestContext;

/// How long after the last poll a run goes on.
const PATIENCE: Duration = Duration::from_secs(15);

/// The runs of all benches, one each.
#[derive(Debug, Default)]
pub struct Runs(Mutex<HashMap<BenchName, Arc<Run>>>);

/// One run.
#[derive(Debug)]
struct Run {
    cells: Mutex<Vec<Cell>>,
    costs: Mutex<Vec<Measured>>,
    total: usize,
    polled: Mutex<Instant>,
    task: Mutex<Option<AbortHandle>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run {
    fn running(&self) -> bool {
        lock(&self.task)
            .as_ref()
            .is_some_and(|task| !task.is_finished())
    }
}

/// One attack as the page shows it.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    title: &'static str,
    victim: &'static str,
    means: &'static str,
    evidence: &'static str,
    when_stopped: &'static str,
    stopped_by: Vec<Vec<&'static str>>,
    shows: &'static [&'static str],
    standards: &'static [&'static str],
    needs_browser: bool,
    /// When and with which browsers it was run, where it needs one.
    proven: Vec<&'static RecordedRun>,
    /// Whether these browsers disagree.
    engines_differ: bool,
    insecure: &'static str,
    hardened: &'static str,
    only: Vec<&'static str>,
    without: Vec<&'static str>,
    done: usize,
    of: usize,
    wrong: Vec<String>,
}

/// What a defence costs, as the page shows it.
#[derive(Serialize)]
struct CostRow {
    name: &'static str,
    title: &'static str,
    how: &'static str,
    defence: &'static str,
    arms: Vec<CostArm>,
}

#[derive(Serialize)]
struct CostArm {
    slug: &'static str,
    kind: &'static str,
    /// `None` before it was measured.
    description: Option<String>,
}

#[derive(Serialize)]
struct Progress {
    rows: Vec<Row>,
    costs: Vec<CostRow>,
    done: usize,
    total: usize,
    running: bool,
    wrong: usize,
}

fn row(card: &'static Card, cells: &[Cell]) -> Row {
    let mine: Vec<&Cell> = cells
        .iter()
        .filter(|cell| cell.attack == card.name)
        .collect();
    let word = |variant| match mine.iter().find(|cell| cell.variant == variant) {
        None => "not run",
        Some(cell) => match cell.succeeded() {
            Some(true) => "succeeds",
            Some(false) => "stopped",
            None => "not run",
        },
    };
    let named = |wanted: bool, pick: fn(Variant) -> Option<&'static str>| {
        let fits = mine.iter().filter(|cell| cell.succeeded() == Some(wanted));
        fits.filter_map(|cell| pick(cell.variant)).collect()
    };
    let slugs =
        |set: &&[crate::defences::policy::Name]| set.iter().map(|name| name.slug()).collect();
    Row {
        name: card.name,
        title: card.title,
        victim: card.victim,
        means: card.means,
        evidence: card.evidence,
        when_stopped: card.when_stopped,
        stopped_by: card.stopped_by.iter().map(slugs).collect(),
        shows: card.shows,
        standards: card.standards,
        needs_browser: card.engine == Engine::Browser,
        proven: Record::stored().runs(card.name),
        engines_differ: Record::stored().differs(card.name),
        insecure: word(Variant::Insecure),
        hardened: word(Variant::Hardened),
        only: named(false, |variant| match variant {
            Variant::Only(name) => Some(name.slug()),
            _ => None,
        }),
        without: named(true, |variant| match variant {
            Variant::Without(name) => Some(name.slug()),
            _ => None,
        }),
        done: mine.len(),
        of: matrix::variants().len(),
        wrong: mine
            .iter()
            .filter(|cell| !cell.agrees())
            .map(|cell| cell.variant.to_string())
            .collect(),
    }
}

fn cost_row(card: &'static costs::Card, measured: &[Measured]) -> CostRow {
    let arms = card.defence.arms();
    let last = arms.len().saturating_sub(1);
    let arm = |(at, arm): (usize, &ArmText)| CostArm {
        slug: arm.slug,
        kind: match at {
            0 => "weak",
            at if at == last => "strong",
            _ => "mixed",
        },
        description: measured
            .iter()
            .find(|one| one.cost == card.name && one.arm == arm.slug)
            .map(|one| one.description.clone()),
    };
    CostRow {
        name: card.name,
        title: card.title,
        how: card.how,
        defence: card.defence.slug(),
        arms: arms.iter().enumerate().map(arm).collect(),
    }
}

fn progress(runs: &Runs, bench: &BenchName) -> Progress {
    let run = lock(&runs.0).get(bench).cloned();
    let cells = run
        .as_ref()
        .map(|run| lock(&run.cells).clone())
        .unwrap_or_default();
    let measured = run
        .as_ref()
        .map(|run| lock(&run.costs).clone())
        .unwrap_or_default();
    if let Some(run) = &run {
        *lock(&run.polled) = Instant::now();
    }
    Progress {
        rows: ALL
            .iter()
            .map(|attack| row(attack.card(), &cells))
            .collect(),
        costs: costs::ALL
            .iter()
            .map(|cost| cost_row(cost.card(), &measured))
            .collect(),
        done: cells.len(),
        total: run
            .as_ref()
            .map_or_else(|| matrix::size(&Wish::default()), |run| run.total),
        running: run.as_ref().is_some_and(|run| run.running()),
        wrong: cells.iter().filter(|cell| !cell.agrees()).count(),
    }
}

#[get("/matrix")]
fn show(context: &RequestContext, runs: &State<Runs>) -> Template {
    let progress = progress(runs, context.bench.name());
    page::render(context, "pages/lab/matrix.html", "The matrix", progress)
}

#[get("/matrix/live")]
fn live(context: &RequestContext, runs: &State<Runs>) -> Json<Progress> {
    Json(progress(runs, context.bench.name()))
}

/// Starts a run, unless one is under way on this bench.
#[post("/matrix")]
fn start(context: &RequestContext, runs: &State<Runs>, lab_client: &State<LabClient>) -> Redirect {
    let bench = context.bench.name().clone();
    let mut all = lock(&runs.0);
    let busy = all.get(&bench).is_some_and(|run| run.running());
    if !busy {
        if all.len() >= BENCH_LIMIT {
            all.retain(|_, run| run.running());
        }
        let target = Target::of(lab_client, &context.addresses);
        all.insert(bench, spawn(target));
    }
    Redirect::to(format!("{}/matrix", context.base()))
}

fn spawn(target: Target) -> Arc<Run> {
    let adopted_id = Wish::default();
    let run = Arc::new(Run {
        cells: Mutex::default(),
        costs: Mutex::default(),
        total: matrix::size(&adopted_id),
        polled: Mutex::new(Instant::now()),
        task: Mutex::default(),
    });
    let kept = run.clone();
    let task = tokio::spawn(async move {
        let cells = matrix::run(&target, &adopted_id, |cell| lock(&kept.cells).push(cell));
        let costs = costs::run(&target, |one| lock(&kept.costs).push(one));
        tokio::select! {
            ((), ()) = async { tokio::join!(cells, costs) } => {}
            () = nobody_looks(&kept) => {}
        }
    });
    *lock(&run.task) = Some(task.abort_handle());
    run
}

/// Returns when nobody has polled for a while.
async fn nobody_looks(run: &Run) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if lock(&run.polled).elapsed() > PATIENCE {
            return;
        }
    }
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, live, start]
}
