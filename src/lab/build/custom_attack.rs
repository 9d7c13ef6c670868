//! `/custom/attack`: the attacks of a threat model, or all that the server alone decides, tried against
//! the student's own mix.
//!
//! What a browser decides is not run here. For those attacks the page says what their card declares,
//! which is what the matrix has proved.
//!
//! A run is a [`Jobs`] entry. Each attack runs on its own bench, which is deleted afterwards.
//! Worksheet 14 looks for the event at the end of a run.

use std::sync::Arc;

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::attacks::matrix::throw_away_name;
use crate::attacks::scenario::{Scenario, TargetLab};
use crate::attacks::threat_model::{self, BUDGET, MODELS, ThreatModel};
use crate::attacks::{ALL, Attack, Engine};
use crate::base::event::{ClientKind, Event, EventKind, Fingerprint};
use crate::client::LabClient;
use crate::defences::policy::{Name, Policy, Variant};
use crate::defences::price;
use crate::lab::job::{Job, Jobs};
use crate::lab::page;
use crate::lab::page::fields;
use crate::session::bench::{Bench, Benches};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
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
    /// What they cost.
    price: u32,
    /// The name and the title of the threat model, where one was chosen.
    model: Option<&'static str>,
    title: Option<&'static str>,
    within_budget: Option<bool>,
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
    /// Whether only a browser decides it. Then it is not run, and its card says how it ends.
    declared: bool,
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

/// The attacks of a model; without one, all that the server alone decides.
fn attacks_of(model: Option<&'static ThreatModel>) -> Vec<&'static dyn Attack> {
    match model {
        None => http_attacks().collect(),
        Some(model) => {
            let all = ALL.iter().copied();
            all.filter(|attack| model.attacks.contains(&attack.card().name))
                .collect()
        }
    }
}

/// How an attack ends that only a browser decides, by its card.
fn by_card(attack: &dyn Attack, mix: &Policy) -> MixOutcome {
    let succeeded = attack.card().succeeds_under(mix);
    let why = match succeeded {
        true => "nothing that stops it is strong",
        false => "something that stops it is strong",
    };
    MixOutcome {
        succeeded,
        message: format!("Not run, because a browser decides it. By its card: {why}."),
    }
}

impl MixRun {
    fn new(mix: &Policy, model: Option<&'static ThreatModel>) -> Self {
        let price = price::of_policy(mix);
        let slugs = |set: &&[Name]| set.iter().map(|name| name.slug()).collect();
        let row = |attack: &dyn Attack| MixRow {
            attack: attack.card().name,
            title: attack.card().title,
            stopped_by: attack.card().stopped_by.iter().map(slugs).collect(),
            declared: attack.card().engine == Engine::Browser,
            outcome: (attack.card().engine == Engine::Browser).then(|| by_card(attack, mix)),
        };
        Self {
            strong: strong(mix),
            price,
            model: model.map(|model| model.name),
            title: model.map(|model| model.title),
            within_budget: model.map(|_| price <= BUDGET),
            rows: attacks_of(model).into_iter().map(row).collect(),
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
    model: Option<&'static ThreatModel>,
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
        let run_here = attacks_of(self.model).into_iter();
        let run_here = run_here.filter(|one| one.card().engine == Engine::Http);
        let mut waiting = run_here.map(|one| attack_mix(target.clone(), benches.clone(), one, mix));
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
                price: run.price,
                mix: Some(self.mark()),
                model: run.model.map(str::to_owned),
                within_budget: run.within_budget,
            },
        };
        let noted = self.bench.note(event).await;
        noted.map_err(|error| error.to_string())?;
        self.job.update(|run| run.finished = true);
        Ok(())
    }
}

impl MixAttackRun {
    /// Equal for equal mixes, so that a sheet can ask for another one.
    fn mark(&self) -> Fingerprint {
        let arms = Name::ALL.iter().map(|name| self.mix.arm(*name).slug);
        let arms: Vec<&str> = arms.collect();
        self.bench.keys().fingerprint(&arms.join(" "))
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
