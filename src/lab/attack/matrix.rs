//! `/matrix`: every attack against every variant, started by a click, row by row as it runs, and what
//! the defences cost.
//!
//! A run is a [`Jobs`] entry. Each cell has its own bench, which is deleted afterwards.

use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::card::CardView;
use super::threats::{self, ThreatView};
use crate::attacks::cell::MatrixCell;
use crate::attacks::costs::{self, MeasuredCost};
use crate::attacks::matrix::{self, MatrixSelection};
use crate::attacks::record::{BrowserRecord, RecordedRun};
use crate::attacks::scenario::TargetLab;
use crate::attacks::{ALL, Card};
use crate::base::bench_name::BenchName;
use crate::client::LabClient;
use crate::defences::ArmText;
use crate::defences::policy::Variant;
use crate::lab::job::Jobs;
use crate::lab::page;
use crate::web::context::RequestContext;

/// The last run of every bench.
pub(super) type MatrixJobs = Jobs<MatrixRun>;

/// What a run has found so far.
#[derive(Clone, Debug, Default)]
pub(super) struct MatrixRun {
    cells: Vec<MatrixCell>,
    costs: Vec<MeasuredCost>,
}

/// One attack as the page shows it.
#[derive(Serialize)]
struct MatrixRow {
    #[serde(flatten)]
    card: CardView,
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
struct MatrixProgress {
    rows: Vec<MatrixRow>,
    costs: Vec<CostRow>,
    threats: Vec<ThreatView>,
    done: usize,
    total: usize,
    running: bool,
    wrong: usize,
}

fn row(card: &'static Card, cells: &[MatrixCell]) -> MatrixRow {
    let mine: Vec<&MatrixCell> = cells
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
    MatrixRow {
        card: CardView::of(card),
        proven: BrowserRecord::stored().runs(card.name),
        engines_differ: BrowserRecord::stored().differs(card.name),
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

fn cost_row(card: &'static costs::CostCard, measured: &[MeasuredCost]) -> CostRow {
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

fn progress(jobs: &MatrixJobs, bench: &BenchName) -> MatrixProgress {
    let job = jobs.poll(bench);
    // Asked before the run is read: a run that has ended is then read to its end.
    let running = job.as_ref().is_some_and(|job| job.is_running());
    let run = job.map(|job| job.progress()).unwrap_or_default();
    MatrixProgress {
        rows: ALL
            .iter()
            .map(|attack| row(attack.card(), &run.cells))
            .collect(),
        costs: costs::ALL
            .iter()
            .map(|cost| cost_row(cost.card(), &run.costs))
            .collect(),
        threats: threats::table(&run.cells),
        done: run.cells.len(),
        total: matrix::size(&MatrixSelection::default()),
        running,
        wrong: run.cells.iter().filter(|cell| !cell.agrees()).count(),
    }
}

#[get("/matrix")]
fn show(context: &RequestContext, jobs: &State<MatrixJobs>) -> Template {
    let progress = progress(jobs, context.bench.name());
    page::render(context, "pages/lab/matrix.html", "Attacks", progress)
}

#[get("/matrix/live")]
fn live(context: &RequestContext, jobs: &State<MatrixJobs>) -> Json<MatrixProgress> {
    Json(progress(jobs, context.bench.name()))
}

/// Starts a run, unless one is running on this bench.
#[post("/matrix")]
fn start(
    context: &RequestContext,
    jobs: &State<MatrixJobs>,
    lab_client: &State<LabClient>,
) -> Redirect {
    let target = TargetLab::of(lab_client, &context.addresses);
    let run = MatrixRun::default();
    jobs.start(context.bench.name(), run, |job| async move {
        let every_cell = MatrixSelection::default();
        let cells = matrix::run(&target, &every_cell, |cell| {
            job.update(|run| run.cells.push(cell));
        });
        let costs = costs::run(&target, |one| job.update(|run| run.costs.push(one)));
        tokio::join!(cells, costs);
    });
    Redirect::to(format!("{}/matrix", context.base()))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, live, start]
}
