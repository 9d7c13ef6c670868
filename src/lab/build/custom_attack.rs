//! `/custom/attack`: every attack that the server alone decides, tried against the student's own mix.
//!
//! A run is a [`Jobs`] entry. Each attack runs on its own bench, which is deleted afterwards.
//! Worksheet 14 looks for the event at the end of a run.

use std::sync::Arc;

use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::attacks::matrix::throw_away_name;
use crate::attacks::scenario::{Scenario, TargetLab};
use crate::attacks::{ALL, Attack, Engine};
use crate::base::event::{ClientKind, Event, EventKind};
use crate::client::LabClient;
use crate::defences::policy::{Name, Policy, Variant};
use crate::lab::job::{Job, Jobs};
use crate::lab::page;
use crate::session::bench::{Bench, Benches};
use crate::web::context::RequestContext;
use crate::web::visible_time::span;

/// How many attacks of a run are tried side by side: the portal does the work, on the same cores.
const SIDE_BY_SIDE: usize = 2;

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

/// What a run has found so far.
#[derive(Clone, Debug, Serialize)]
struct MixRun {
    /// How many defences of the mix are strong.
    strong: usize,
    rows: Vec<MixRow>,
    /// Whether every attack was tried, and the journal has the event.
    finished: bool,
    failed: bool,
}

/// One attack of a run.
#[derive(Clone, Debug, Serialize)]
struct MixRow {
    attack: &'static str,
    title: &'static str,
    stopped_by: Vec<Vec<&'static str>>,
    /// `None` before it was tried.
    outcome: Option<MixOutcome>,
}

/// How one attack ended.
#[derive(Clone, Debug, Serialize)]
struct MixOutcome {
    succeeded: bool,
    message: String,
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

fn strong(policy: &Policy) -> usize {
    let all = Name::ALL.iter();
    all.filter(|name| policy.is_strong(**name)).count()
}

fn http_attacks() -> impl Iterator<Item = &'static dyn Attack> {
    let all = ALL.iter().copied();
    all.filter(|attack| attack.card().engine == Engine::Http)
}

impl MixRun {
    fn new(mix: &Policy) -> Self {
        let slugs = |set: &&[Name]| set.iter().map(|name| name.slug()).collect();
        let row = |attack: &dyn Attack| MixRow {
            attack: attack.card().name,
            title: attack.card().title,
            stopped_by: attack.card().stopped_by.iter().map(slugs).collect(),
            outcome: None,
        };
        Self {
            strong: strong(mix),
            rows: http_attacks().map(row).collect(),
            finished: false,
            failed: false,
        }
    }

    fn succeeded(&self) -> usize {
        let outcomes = self.rows.iter().filter_map(|row| row.outcome.as_ref());
        outcomes.filter(|outcome| outcome.succeeded).count()
    }

    fn record(&mut self, attack: &str, outcome: MixOutcome) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.attack == attack) {
            row.outcome = Some(outcome);
        }
    }
}

/// What a run works with.
struct MixAttackRun {
    job: Arc<Job<MixRun>>,
    one_at_a_time: Arc<Semaphore>,
    target: TargetLab,
    benches: Arc<Benches>,
    mix: Policy,
    /// The student's bench, for the event at the end.
    bench: Arc<Bench>,
    client: ClientKind,
}

impl MixAttackRun {
    async fn run(self) {
        if let Err(error) = self.attack_all().await {
            log::error!("the attacks on a mix: {error}");
            self.job.update(|run| run.failed = true);
        }
    }

    async fn attack_all(&self) -> Result<(), String> {
        let turn = self.one_at_a_time.acquire().await;
        let _turn = turn.map_err(|error| error.to_string())?;
        let (target, benches, mix) = (&self.target, &self.benches, self.mix);
        let mut waiting =
            http_attacks().map(|one| attack_mix(target.clone(), benches.clone(), one, mix));
        let mut running = JoinSet::new();
        for one in waiting.by_ref().take(SIDE_BY_SIDE) {
            running.spawn(one);
        }
        while let Some(ended) = running.join_next().await {
            let (attack, outcome) = ended.map_err(|error| error.to_string())??;
            self.job.update(|run| run.record(attack, outcome));
            if let Some(next) = waiting.next() {
                running.spawn(next);
            }
        }
        let run = self.job.progress();
        let event = Event {
            at: self.bench.now(),
            variant: Some(Variant::Custom),
            client: self.client,
            what: EventKind::MixAttacked {
                strong: run.strong,
                succeeded: run.succeeded(),
            },
        };
        let noted = self.bench.note(event).await;
        noted.map_err(|error| error.to_string())?;
        self.job.update(|run| run.finished = true);
        Ok(())
    }
}

/// Tries one attack against the mix, on a bench that is deleted afterwards.
async fn attack_mix(
    target: TargetLab,
    benches: Arc<Benches>,
    attack: &'static dyn Attack,
    mix: Policy,
) -> Result<(&'static str, MixOutcome), String> {
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
    Ok((
        card.name,
        MixOutcome {
            succeeded: outcome.succeeded(),
            message: outcome.message().to_owned(),
        },
    ))
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
    }
    let page = MixPage {
        run: progress(jobs, context),
        strong: strong(&context.bench.custom()),
    };
    page::render(
        context,
        "pages/lab/custom_attack.html",
        "Attacks on your own mix",
        page,
    )
}

/// The run of this bench, or `null`.
#[get("/custom/attack/live")]
fn live(context: &RequestContext, jobs: &State<MixJobs>) -> Json<Option<MixProgress>> {
    Json(progress(jobs, context))
}

/// A run of the mix as it is now.
pub(super) fn begin(
    context: &RequestContext,
    jobs: &MixJobs,
    lab_client: &LabClient,
    benches: &Arc<Benches>,
    replaces: bool,
) {
    let mix = context.bench.custom();
    let run = MixRun::new(&mix);
    let work = |job| {
        let run = MixAttackRun {
            job,
            one_at_a_time: jobs.one_at_a_time.clone(),
            target: TargetLab::of(lab_client, &context.addresses),
            benches: Arc::clone(benches),
            mix,
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
#[post("/custom/attack")]
fn start(
    context: &RequestContext,
    jobs: &State<MixJobs>,
    lab_client: &State<LabClient>,
    benches: &State<Arc<Benches>>,
) -> Redirect {
    begin(context, jobs, lab_client, benches, false);
    Redirect::to(format!("{}/custom/attack", context.base()))
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
