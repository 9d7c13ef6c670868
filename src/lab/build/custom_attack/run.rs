//! A run of attacks against the student's own mix: what is tried, and what it has found so far.
//!
//! Each attack runs on its own bench, which is deleted afterwards. At the end the journal has an event,
//! for which worksheet 14 looks.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::attacks::matrix::throw_away_name;
use crate::attacks::scenario::{Scenario, TargetLab};
use crate::attacks::threat_model::{BUDGET, ThreatModel};
use crate::attacks::{ALL, Attack, Engine};
use crate::base::event::{ClientKind, Event, EventKind, Fingerprint};
use crate::defences::policy::{Name, Policy, Variant};
use crate::defences::price;
use crate::lab::job::Job;
use crate::session::bench::{Bench, Benches};

/// How many attacks of a run are tried side by side: the portal does the work, on the same cores.
const SIDE_BY_SIDE: usize = 2;

/// What a run has found so far.
#[derive(Clone, Debug, Serialize)]
pub(super) struct MixRun {
    /// How many defences of the mix are strong.
    strong: usize,
    /// What they cost.
    price: u32,
    /// The name and the title of the threat model, where one was chosen.
    pub(super) model: Option<&'static str>,
    title: Option<&'static str>,
    within_budget: Option<bool>,
    pub(super) rows: Vec<MixRow>,
    /// Whether every attack was tried, and the journal has the event.
    finished: bool,
    failed: bool,
}

/// One attack of a run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct MixRow {
    attack: &'static str,
    title: &'static str,
    stopped_by: Vec<Vec<&'static str>>,
    /// Whether only a browser decides it. Then it is not run, and its card says how it ends.
    declared: bool,
    /// `None` before it was tried.
    pub(super) outcome: Option<MixOutcome>,
}

/// How one attack ended.
#[derive(Clone, Debug, Serialize)]
pub(super) struct MixOutcome {
    succeeded: bool,
    message: String,
}

/// How many defences are strong.
pub(super) fn strong(policy: &Policy) -> usize {
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
    pub(super) fn new(mix: &Policy, model: Option<&'static ThreatModel>) -> Self {
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

    pub(super) fn succeeded(&self) -> usize {
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
pub(super) struct MixAttackRun {
    pub(super) job: Arc<Job<MixRun>>,
    pub(super) one_at_a_time: Arc<Semaphore>,
    pub(super) target: TargetLab,
    pub(super) benches: Arc<Benches>,
    pub(super) mix: Policy,
    pub(super) model: Option<&'static ThreatModel>,
    /// The student's bench, for the event at the end.
    pub(super) bench: Arc<Bench>,
    pub(super) client: ClientKind,
}

impl MixAttackRun {
    pub(super) async fn run(self) {
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
