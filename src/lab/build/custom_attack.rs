//! `/custom/attack`: the attacks of a threat model, or all that the server alone decides, tried against
//! the student's own mix.
//!
//! What a browser decides is not run here. For those attacks the page says what their card declares,
//! which is what the matrix has proved. A run is a [`Jobs`] entry. Next: `custom_attack/run.rs`.

mod run;

use std::sync::Arc;

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;
use tokio::sync::Semaphore;

use self::run::{MixAttackRun, MixRun, strong};
use crate::attacks::scenario::TargetLab;
use crate::attacks::threat_model::{self, BUDGET, MODELS, ThreatModel};
use crate::client::LabClient;
use crate::defences::price;
use crate::lab::job::Jobs;
use crate::lab::page;
use crate::lab::page::fields;
use crate::session::bench::Benches;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::visible_time::span;

/// The last run of every bench. Only one of all benches works at a time; the others wait.
#[derive(Debug)]
pub(super) struct MixJobs {
    jobs: Jobs<MixRun>,
    one_at_a_time: Arc<Semaphore>,
}

impl Default for MixJobs {
    fn default() -> Self {
        Self {
            jobs: Jobs::default(),
            one_at_a_time: Arc::new(Semaphore::new(1)),
        }
    }
}

/// A run as the page and its script see it.
#[derive(Serialize)]
struct MixProgress {
    #[serde(flatten)]
    run: MixRun,
    /// How long the rest takes, as far as that is known.
    left: Option<String>,
    running: bool,
    done: usize,
    total: usize,
    succeeded: usize,
}

fn progress(jobs: &MixJobs, context: &RequestContext) -> Option<MixProgress> {
    let job = jobs.jobs.poll(context.bench.name())?;
    // Asked before the run is read: a run that has ended is then read to its end.
    let running = job.is_running();
    let run = job.progress();
    let done = run.rows.iter().filter(|row| row.outcome.is_some()).count();
    let total = run.rows.len();
    Some(MixProgress {
        running,
        left: job.time_left(done, total).filter(|_| running).map(span),
        done,
        total,
        succeeded: run.succeeded(),
        run,
    })
}

#[get("/custom/attack")]
fn show(context: &RequestContext, jobs: &State<MixJobs>) -> Template {
    #[derive(Serialize)]
    struct MixPage {
        run: Option<MixProgress>,
        strong: usize,
        price: u32,
        budget: u32,
        models: Vec<ModelView>,
    }
    let mix = context.bench.custom();
    let run = progress(jobs, context);
    let chosen = run.as_ref().and_then(|run| run.run.model);
    let page = MixPage {
        strong: strong(&mix),
        price: price::of_policy(&mix),
        budget: BUDGET,
        models: MODELS
            .iter()
            .map(|model| ModelView::new(model, chosen))
            .collect(),
        run,
    };
    page::render(
        context,
        "pages/lab/custom_attack.html",
        "Attacks on your own mix",
        page,
    )
}

/// A threat model as the page shows it.
#[derive(Serialize)]
struct ModelView {
    name: &'static str,
    title: &'static str,
    portal: &'static str,
    attackers: &'static [&'static str],
    excluded: &'static [&'static str],
    attacks: usize,
    chosen: bool,
}

impl ModelView {
    fn new(model: &'static ThreatModel, chosen: Option<&str>) -> Self {
        Self {
            name: model.name,
            title: model.title,
            portal: model.portal,
            attackers: model.attackers,
            excluded: model.excluded,
            attacks: model.attacks.len(),
            chosen: chosen == Some(model.name),
        }
    }
}

/// The run of this bench, or `null`.
#[get("/custom/attack/live")]
fn live(context: &RequestContext, jobs: &State<MixJobs>) -> Json<Option<MixProgress>> {
    Json(progress(jobs, context))
}

fn no_model() -> Problem {
    let known: Vec<&str> = MODELS.iter().map(|model| model.name).collect();
    let next = format!("The models are {}.", known.join(" and "));
    let because = "No threat model has that name.";
    let status = Status::UnprocessableEntity;
    Problem::new(status, "There is no such model", because, next)
}

/// The threat model of this bench's last run.
pub(super) fn last_model(context: &RequestContext, jobs: &MixJobs) -> Option<&'static ThreatModel> {
    let job = jobs.jobs.poll(context.bench.name())?;
    threat_model::find(job.progress().model?)
}

/// A run of the mix as it is now, with the attacks of a threat model or with all.
pub(super) fn begin(
    context: &RequestContext,
    jobs: &MixJobs,
    lab_client: &LabClient,
    benches: &Arc<Benches>,
    model: Option<&'static ThreatModel>,
    replaces: bool,
) {
    let mix = context.bench.custom();
    let run = MixRun::new(&mix, model);
    let work = |job| {
        let run = MixAttackRun {
            job,
            one_at_a_time: jobs.one_at_a_time.clone(),
            target: TargetLab::of(lab_client, &context.addresses),
            benches: Arc::clone(benches),
            mix,
            model,
            bench: context.bench.clone(),
            client: context.client,
        };
        run.run()
    };
    match replaces {
        true => jobs.jobs.restart(context.bench.name(), run, work),
        false => jobs.jobs.start(context.bench.name(), run, work),
    }
}

/// Starts a run, unless one is running on this bench.
#[post("/custom/attack", data = "<form>")]
fn start(
    context: &RequestContext,
    jobs: &State<MixJobs>,
    lab_client: &State<LabClient>,
    benches: &State<Arc<Benches>>,
    form: Capped<String>,
) -> Result<Redirect, Problem> {
    let sent = fields(&form);
    let model = match sent.get("model").map(String::as_str) {
        None | Some("") => None,
        Some(name) => Some(threat_model::find(name).ok_or_else(no_model)?),
    };
    begin(context, jobs, lab_client, benches, model, false);
    Ok(Redirect::to(format!("{}/custom/attack", context.base())))
}

/// Stops the run of this bench. What it has found stays on the page.
#[post("/custom/attack/stop")]
fn stop(context: &RequestContext, jobs: &State<MixJobs>) -> Redirect {
    jobs.jobs.stop(context.bench.name());
    Redirect::to(format!("{}/custom/attack", context.base()))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, live, start, stop]
}
