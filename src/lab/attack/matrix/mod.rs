//! `/matrix`: every attack against every defence, as a heat map; started by a click, filled in as it
//! runs; and what the defences cost.
//!
//! A run is a [`Jobs`] entry. Each cell has its own bench, which is deleted afterwards. Before a run
//! the map shows what the cards say, and for attacks that a browser decides the record. Read
//! `heat_map.rs` next, then `panel.rs`.

mod costs;
mod effect;
mod heat_map;
mod known;
mod panel;

use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use self::costs::CostRow;
use self::heat_map::{HeatMap, HeatMapFilter};
use self::known::KnownCells;
use self::panel::CellPanel;
use super::browser_runs::is_class;
use super::run_queue::RunQueue;
use super::runs::{AttackRun, LastRuns};
use super::threats::{self, ThreatView};
use crate::attacks::cell::MatrixCell;
use crate::attacks::costs::{self as attack_costs, MeasuredCost};
use crate::attacks::matrix::{self, MatrixSelection};
use crate::attacks::scenario::TargetLab;
use crate::base::bench_name::BenchName;
use crate::client::LabClient;
use crate::lab::Lessons;
use crate::lab::defence_groups::DefenceGroup;
use crate::lab::job::Jobs;
use crate::lab::page;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::visible_time::span;
pub(super) use panel::CellAddress;

/// The last run of every bench.
pub(super) type MatrixJobs = Jobs<MatrixRun>;

/// What a run has found so far.
#[derive(Clone, Debug, Default)]
pub(super) struct MatrixRun {
    cells: Vec<MatrixCell>,
    costs: Vec<MeasuredCost>,
}

/// How far a run is.
#[derive(Serialize)]
struct MatrixProgress {
    done: usize,
    total: usize,
    running: bool,
    /// How many cells ended otherwise than the cards say.
    mismatches: usize,
    /// Where the run is, and what that means.
    status: String,
}

/// A group to narrow the table to.
#[derive(Serialize)]
struct GroupLink {
    title: &'static str,
    slug: String,
}

#[derive(Serialize)]
struct MatrixPage<'p> {
    progress: MatrixProgress,
    map: HeatMap,
    costs: Vec<CostRow>,
    threats: Vec<ThreatView>,
    all_groups: Vec<GroupLink>,
    group: Option<String>,
    text: Option<String>,
    cell: Option<CellPanel>,
    /// The last run of an attack, where it is one of the open cell.
    run: Option<&'p AttackRun>,
    /// The variant of that run.
    against: Option<String>,
    /// The filter as a query.
    query: String,
}

fn progress(jobs: &MatrixJobs, bench: &BenchName) -> (MatrixRun, MatrixProgress) {
    let job = jobs.poll(bench);
    // Asked before the run is read: a run that has ended is then read to its end.
    let running = job.as_ref().is_some_and(|job| job.is_running());
    let run = job.as_ref().map(|job| job.progress()).unwrap_or_default();
    let (done, total) = (run.cells.len(), matrix::size(&MatrixSelection::default()));
    let mismatches = run.cells.iter().filter(|cell| !cell.agrees()).count();
    let left = job
        .filter(|_| running && done > 0)
        .and_then(|job| job.time_left(done, total));
    let left = left
        .map(|left| format!(", about {} left", span(left)))
        .unwrap_or_default();
    let so_far = match (mismatches, done) {
        (_, 0) => String::new(),
        (0, _) => " Each ended as its attack's card says.".to_owned(),
        (1, _) => " One ended otherwise than its card says. It is marked with !.".to_owned(),
        (n, _) => format!(" {n} ended otherwise than their cards say. They are marked with !."),
    };
    let status = match (running, done) {
        (true, _) => format!("{done} of {total} cells were run{left}.{so_far}"),
        (false, 0) => "Not run here yet.".to_owned(),
        (false, _) if done == total => format!("All {total} cells were run.{so_far}"),
        (false, _) => format!("The run was stopped after {done} of {total} cells.{so_far}"),
    };
    let progress = MatrixProgress {
        done,
        total,
        running,
        mismatches,
        status,
    };
    (run, progress)
}

fn matrix_page<'p>(
    context: &RequestContext,
    jobs: &MatrixJobs,
    filter: HeatMapFilter,
    cell: Option<CellAddress>,
    last: Option<&'p AttackRun>,
) -> MatrixPage<'p> {
    let (run, progress) = progress(jobs, context.bench.name());
    let known = KnownCells::new(&run.cells);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("group", filter.group.as_deref().unwrap_or_default());
    query.append_pair("text", filter.text.as_deref().unwrap_or_default());
    MatrixPage {
        progress,
        map: HeatMap::new(&filter, &known),
        costs: costs::rows(&run.costs),
        threats: threats::table(&run.cells),
        all_groups: DefenceGroup::all()
            .map(|group| GroupLink {
                title: group.title,
                slug: group.slug(),
            })
            .collect(),
        cell: cell.map(|cell| CellPanel::new(cell, &known)),
        query: query.finish(),
        group: filter.group,
        text: filter.text,
        against: last.map(|run| run.variant.to_string()),
        run: last,
    }
}

/// The filter of an address; an empty text is none, and so is a group that does not exist.
fn filter(group: Option<&str>, text: Option<&str>) -> HeatMapFilter {
    let known = |slug: &&str| DefenceGroup::all().any(|group| group.slug() == *slug);
    HeatMapFilter {
        group: group.filter(known).map(str::to_owned),
        text: text
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
    }
}

#[get("/matrix?<cell>&<group>&<text>")]
fn show(
    context: &RequestContext,
    jobs: &State<MatrixJobs>,
    runs: &State<LastRuns>,
    cell: Option<&str>,
    group: Option<&str>,
    text: Option<&str>,
) -> Result<Template, Problem> {
    let cell = cell.map(CellAddress::parse).transpose()?;
    let last = cell.and_then(|cell| {
        let mut variants = cell.variants().into_iter();
        variants.find_map(|variant| runs.find(context.bench.name(), cell.card.name, variant))
    });
    let filter = filter(group, text);
    let shown = matrix_page(context, jobs, filter, cell, last.as_deref());
    Ok(page::render(
        context,
        "pages/lab/matrix.html",
        "Attacks",
        shown,
    ))
}

/// How far the run is, for the page that is open.
#[get("/matrix/live")]
fn live(context: &RequestContext, jobs: &State<MatrixJobs>) -> Json<MatrixProgress> {
    Json(progress(jobs, context.bench.name()).1)
}

/// The table and the costs alone, for the page that is open.
#[get("/matrix/table/live?<group>&<text>")]
fn table(
    context: &RequestContext,
    jobs: &State<MatrixJobs>,
    group: Option<&str>,
    text: Option<&str>,
) -> Template {
    let shown = matrix_page(context, jobs, filter(group, text), None, None);
    page::render(context, "partials/matrix_table.html", "Attacks", shown)
}

/// Starts a run, unless one is running on this bench.
#[post("/matrix")]
fn start(
    context: &RequestContext,
    jobs: &State<MatrixJobs>,
    lab_client: &State<LabClient>,
    lessons: &State<Lessons>,
    queue: &State<RunQueue>,
) -> Redirect {
    let target = TargetLab::of(lab_client, &context.addresses);
    let run = MatrixRun::default();
    let turns = is_class(lessons).then(|| queue.matrix());
    jobs.start(context.bench.name(), run, |job| async move {
        // No turn where nobody else waits, and none where the lab is about to stop.
        let _turn = match &turns {
            Some(turns) => turns.acquire().await.ok(),
            None => None,
        };
        let every_cell = MatrixSelection::default();
        let cells = matrix::run(&target, &every_cell, |cell| {
            job.update(|run| run.cells.push(cell));
        });
        let costs = attack_costs::run(&target, |one| job.update(|run| run.costs.push(one)));
        tokio::join!(cells, costs);
    });
    Redirect::to(format!("{}/matrix", context.base()))
}

/// Stops the run of this bench. What it has found stays on the page.
#[post("/matrix/stop")]
fn stop(context: &RequestContext, jobs: &State<MatrixJobs>) -> Redirect {
    jobs.stop(context.bench.name());
    Redirect::to(format!("{}/matrix", context.base()))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, live, table, start, stop]
}
