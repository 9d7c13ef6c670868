//! One run of an attack on a bench that is deleted afterwards, as the pages of attacks and plays show
//! it, and the last runs of every student's bench.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;

use super::play::stage::PlayedRun;
use super::play::view::StageBeat;
use crate::attacks::Attack;
use crate::attacks::matrix::throw_away_name;
use crate::attacks::scenario::{Scenario, TargetLab};
use crate::attacks::transcript::{HeldSession, ServerWatch, TranscriptLine};
use crate::base::bench_name::BenchName;
use crate::base::event::{ClientKind, Event, EventKind};
use crate::defences::policy::{PolicyProbe, Variant};
use crate::lab::diagrams::sequence::{End, Sequence};
use crate::lab::inspect::evidence;
use crate::session::SessionId;
use crate::session::bench::{Bench, Benches, PerBench};
use crate::session::world::World;
use crate::storage::StorageError;

/// How long an attack may take before it is cancelled.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many runs of a bench are kept: those of one play.
const KEPT: usize = 3;

/// The runs of one bench, newest first.
type BenchRuns = Arc<Mutex<Vec<Arc<AttackRun>>>>;

/// The last runs of every bench.
#[derive(Clone, Debug, Default)]
pub struct LastRuns(Arc<PerBench<BenchRuns>>);

impl LastRuns {
    /// The run of an attack against a variant, where it is one of the last of its bench.
    pub(super) fn find(
        &self,
        bench: &BenchName,
        attack: &str,
        against: Variant,
    ) -> Option<Arc<AttackRun>> {
        let runs = self.0.read(bench)?;
        let runs = runs.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = |run: &&Arc<AttackRun>| run.attack == attack && run.variant == against;
        runs.iter().find(wanted).cloned()
    }

    /// Keeps a run, in place of an earlier one of its kind.
    pub(super) fn keep(&self, bench: &BenchName, run: AttackRun) {
        let runs = self.0.read_or_insert_with(bench, Arc::default);
        let mut runs = runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.retain(|old| (old.attack, old.variant) != (run.attack, run.variant));
        runs.insert(0, Arc::new(run));
        runs.truncate(KEPT);
    }
}

/// One run.
#[derive(Debug, Serialize)]
pub(super) struct AttackRun {
    pub attack: &'static str,
    #[serde(skip)]
    pub variant: Variant,
    /// Name and version of the browser that decided it, where one did.
    pub with: Option<String>,
    pub succeeded: bool,
    pub message: String,
    lines: Vec<TranscriptLineView>,
    /// Who sent what to whom, as a drawing.
    pub sequence: Sequence,
    #[serde(skip)]
    pub beats: Vec<StageBeat>,
    /// Whether anybody but the attacker acts.
    #[serde(skip)]
    pub has_victim: bool,
}

/// One line of the transcript: the narrator's, or an exchange.
#[derive(Debug, Serialize)]
struct TranscriptLineView {
    message: Option<String>,
    who: &'static str,
    sent: String,
    received: String,
}

impl TranscriptLineView {
    fn of(line: TranscriptLine) -> Self {
        match line {
            TranscriptLine::Narration(text) => Self {
                message: Some(text),
                who: "",
                sent: String::new(),
                received: String::new(),
            },
            TranscriptLine::Planted { actor, cookie } => Self {
                message: None,
                who: actor,
                sent: format!("The jar gets {cookie}"),
                received: String::new(),
            },
            TranscriptLine::Exchange { actor, exchange } => Self {
                message: None,
                who: actor,
                sent: exchange.sent.trim_end().to_owned(),
                received: exchange.head.trim_end().to_owned(),
            },
        }
    }
}

/// Looks into a bench for the stage of a play.
#[derive(Debug)]
struct BenchWatch {
    bench: Arc<Bench>,
    variant: Variant,
}

#[async_trait]
impl ServerWatch for BenchWatch {
    async fn sessions(&self) -> Vec<HeldSession> {
        // A store that fails shows nothing; the attack itself will say so.
        let found = evidence::sessions(&self.bench, self.variant).await;
        let (sessions, _) = found.unwrap_or_default();
        let held = sessions.into_iter().map(|session| HeldSession {
            fingerprint: session.fingerprint,
            rotated_from: session.rotated_from,
            user: session.user,
        });
        held.collect()
    }
}

/// Tries an attack on its own bench. The error says why it could not be tried to its end.
pub(super) async fn try_attack(
    target: TargetLab,
    benches: &Benches,
    attack: &'static dyn Attack,
    variant: Variant,
) -> Result<AttackRun, String> {
    let name = throw_away_name();
    let bench = benches.open(&name).await;
    let bench = bench.map_err(|error| error.to_string())?;
    let watch = BenchWatch {
        bench: bench.clone(),
        variant,
    };
    let addresses = target.addresses.clone();
    let browser = target.browser.as_ref();
    let with = browser.map(|browser| browser.version().to_owned());
    let scenario = Scenario::new(target, name.clone(), variant).watched_by(Arc::new(watch));
    let outcome = tokio::time::timeout(PATIENCE, attack.run(&scenario)).await;
    benches.discard(&name).await;
    let outcome = outcome
        .map_err(|_| format!("no end within {} s", PATIENCE.as_secs()))?
        .map_err(|error| error.to_string())?;

    let card = attack.card();
    let transcript = scenario.transcript().lines();
    let looks = scenario.transcript().looks();
    let title = format!("{}, against {variant}", card.title);
    let end = Some(End::of(&outcome));
    let probe = PolicyProbe::new(bench.resolve(variant).policy);
    let fingerprint = |value: &str| {
        let world = World::now(&bench, variant, &probe, ClientKind::Lab);
        let id = SessionId::parse(value)?;
        Some(format!("#{}", world.fingerprint(&id)))
    };
    let played = PlayedRun {
        transcript: &transcript,
        looks: &looks,
        addresses: &addresses,
        bench: name.as_str(),
        fingerprint: &fingerprint,
    };
    Ok(AttackRun {
        attack: card.name,
        variant,
        with,
        succeeded: outcome.succeeded(),
        message: outcome.message().to_owned(),
        sequence: Sequence::new(&title, &transcript, end, &addresses),
        beats: played.beats(),
        has_victim: played.has_victim(),
        lines: transcript.into_iter().map(TranscriptLineView::of).collect(),
    })
}

/// Notes in the journal of a student's bench that an attack was tried.
///
/// # Errors
/// The store does not answer.
pub(super) async fn note(
    bench: &Bench,
    client: ClientKind,
    run: &AttackRun,
) -> Result<(), StorageError> {
    let event = Event {
        at: bench.now(),
        variant: Some(run.variant),
        client,
        what: EventKind::AttackRan {
            attack: run.attack.into(),
            succeeded: run.succeeded,
        },
    };
    bench.note(event).await
}
