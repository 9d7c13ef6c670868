//! `/attack/<name>`: one attack, run by a click, with everything that was sent and received.

use std::sync::Arc;
use std::time::Duration;

use rocket::http::{ContentType, Status};
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::{Metadata, Template};
use serde::Serialize;

use super::card::CardView;
use super::matrix::CellAddress;
use crate::attacks::hands_on::{self, HandsOnPage};
use crate::attacks::matrix::throw_away_name;
use crate::attacks::record::BrowserRecord;
use crate::attacks::scenario::{Scenario, TargetLab};
use crate::attacks::transcript::TranscriptLine;
use crate::attacks::{ALL, Attack, Card, Engine, find};
use crate::base::addresses::{Listener, SIBLING};
use crate::base::bench_name::BenchName;
use crate::base::event::{Event, EventKind};
use crate::client::LabClient;
use crate::defences::policy::Variant;
use crate::lab::attachment::Attachment;
use crate::lab::diagrams::file::DrawingFile;
use crate::lab::diagrams::sequence::{End, Sequence};
use crate::lab::page;
use crate::session::bench::PerBench;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// How long an attack may take before it is cancelled.
const PATIENCE: Duration = Duration::from_secs(60);

/// The last run of every bench.
#[derive(Debug, Default)]
pub struct LastRuns(PerBench<Arc<AttackRun>>);

impl LastRuns {
    /// The last run of a bench, where it was this attack against this variant.
    pub(super) fn of(
        &self,
        bench: &BenchName,
        card: &Card,
        variant: Variant,
    ) -> Option<Arc<AttackRun>> {
        let last = self.0.read(bench)?;
        (last.attack == card.name && last.against == variant.to_string()).then_some(last)
    }
}

/// One run.
#[derive(Debug, Serialize)]
pub struct AttackRun {
    attack: &'static str,
    against: String,
    succeeded: bool,
    message: String,
    lines: Vec<TranscriptLineView>,
    /// Who sent what to whom, as a drawing.
    sequence: Sequence,
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
            TranscriptLine::Exchange { actor, exchange } => Self {
                message: None,
                who: actor,
                sent: exchange.sent.trim_end().to_owned(),
                received: exchange.head.trim_end().to_owned(),
            },
        }
    }
}

#[derive(Serialize)]
struct AttackPage<'p> {
    card: CardView,
    by_hand: Option<String>,
    variants: Vec<String>,
    against: String,
    run: Option<&'p AttackRun>,
    recorded: Vec<RecordedOutcome>,
    /// Whether the recorded browsers disagree.
    engines_differ: bool,
}

/// How an attack that needs a browser ended when it was last run.
#[derive(Serialize)]
struct RecordedOutcome {
    succeeded: bool,
    on: &'static str,
    with: &'static str,
}

/// The address of the page on which an attack is done by hand.
pub fn by_hand(context: &RequestContext, attack: &str, variant: Variant) -> Option<String> {
    let prefix = context.base();
    let addresses = &context.addresses;
    Some(match hands_on::page_for(attack)? {
        HandsOnPage::Lab(path) => format!("{prefix}{path}"),
        HandsOnPage::Attacker(path) => {
            let origin = addresses.origin(Listener::Attacker);
            format!("{origin}{prefix}{path}?variant={variant}")
        }
        HandsOnPage::Sibling(path) => {
            let origin = addresses.origin_as(Listener::Attacker, SIBLING);
            format!("{origin}{prefix}{path}?variant={variant}")
        }
    })
}

fn known(name: &str) -> Result<&'static dyn Attack, Problem> {
    find(name).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|attack| attack.card().name).collect();
        let because = format!("There is no attack called {name}.");
        let next = format!("The attacks are {}.", names.join(", "));
        Problem::new(Status::NotFound, "Unknown attack", because, next)
    })
}

fn parse(variant: Option<&str>) -> Result<Variant, Problem> {
    match variant {
        None => Ok(Variant::Insecure),
        Some(name) => name.parse().map_err(|_| Problem::unknown_variant(name)),
    }
}

#[get("/attack/<name>?<against>")]
fn show(
    context: &RequestContext,
    runs: &State<LastRuns>,
    name: &str,
    against: Option<&str>,
) -> Result<Template, Problem> {
    let card = known(name)?.card();
    let variant = parse(against)?;
    let run = runs.of(context.bench.name(), card, variant);
    let runs = BrowserRecord::stored().runs(card.name).into_iter();
    let recorded = runs.filter_map(|run| {
        Some(RecordedOutcome {
            succeeded: run.outcome(card, variant)?.succeeded(),
            on: &run.on,
            with: &run.with,
        })
    });
    let attack_page = AttackPage {
        card: CardView::of(card),
        by_hand: by_hand(context, card.name, variant),
        variants: variants(card, variant),
        against: variant.to_string(),
        run: run.as_deref(),
        recorded: recorded.collect(),
        engines_differ: BrowserRecord::stored().differs(card.name),
    };
    Ok(page::render(
        context,
        "pages/lab/attack.html",
        card.title,
        attack_page,
    ))
}

/// The diagram as a file. A browser could not show it here: it has its styles inside, and the lab's own
/// policy forbids that.
#[get("/attack/<name>/sequence.svg?<against>")]
fn sequence(
    context: &RequestContext,
    runs: &State<LastRuns>,
    templates: Metadata<'_>,
    name: &str,
    against: Option<&str>,
) -> Result<Attachment, Problem> {
    let card = known(name)?.card();
    let variant = parse(against)?;
    let Some(run) = runs.of(context.bench.name(), card, variant) else {
        let because = format!("{} was not the last attack that ran here.", card.name);
        let next = "Run it on its page, then take the drawing.";
        let status = Status::NotFound;
        return Err(Problem::new(status, "There is no drawing", because, next));
    };
    let drawn = templates.render(DrawingFile::TEMPLATE, DrawingFile::of(&run.sequence));
    let (_, drawn) = drawn.ok_or_else(|| {
        let because = "The drawing could not be made.";
        let next = "Look at the lab's log.";
        let status = Status::InternalServerError;
        Problem::new(status, "There is no drawing", because, next)
    })?;
    let file = format!("{}-{variant}.svg", card.name);
    Ok(Attachment::new(&file, ContentType::SVG, drawn))
}

/// The variants that the page offers: those that tell what stops the attack.
fn variants(card: &Card, chosen: Variant) -> Vec<String> {
    let mut all = vec![Variant::Insecure, Variant::Hardened];
    for name in card.stopped_by.iter().copied().flatten() {
        all.extend([Variant::Only(*name), Variant::Without(*name)]);
    }
    if !all.contains(&chosen) {
        all.push(chosen);
    }
    all.iter().map(Variant::to_string).collect()
}

/// Runs an attack that the server alone decides, on its own bench. Where a cell of the matrix asked
/// for it, that cell shows it.
#[post("/attack/<name>?<against>&<cell>")]
async fn run(
    context: &RequestContext,
    runs: &State<LastRuns>,
    lab_client: &State<LabClient>,
    name: &str,
    against: Option<&str>,
    cell: Option<&str>,
) -> Result<Redirect, Problem> {
    let attack = known(name)?;
    let variant = parse(against)?;
    let cell = cell
        .map(|cell| CellAddress::parse(cell).map(|_| cell))
        .transpose()?;
    let card = attack.card();
    if card.engine == Engine::Browser || variant == Variant::Custom {
        let because = "The lab's own client cannot try this.";
        let next = "Open the attack's page in your browser, or use session-lab attack.";
        let status = Status::UnprocessableEntity;
        return Err(Problem::new(
            status,
            "The attack was not run",
            because,
            next,
        ));
    }
    let target = TargetLab::of(lab_client, &context.addresses);
    let scenario = Scenario::new(target, throw_away_name(), variant);
    let outcome = tokio::time::timeout(PATIENCE, attack.run(&scenario)).await;
    // A bench that stays is one of a thousand, and has no file.
    let _ = scenario.delete_bench().await;
    let broken = |error: String| {
        log::error!("{} against {variant}: {error}", card.name);
        let because = "The attack could not be tried to its end.";
        let status = Status::ServiceUnavailable;
        Problem::new(status, "The attack was not run", because, "Try it again.")
    };
    let outcome = outcome
        .map_err(|_| broken(format!("no end within {} s", PATIENCE.as_secs())))?
        .map_err(|error| broken(error.to_string()))?;
    let what = EventKind::AttackRan {
        attack: card.name.into(),
        succeeded: outcome.succeeded(),
    };
    context.bench.note(event(context, variant, what)).await?;
    let transcript = scenario.transcript().lines();
    let title = format!("{}, against {variant}", card.title);
    let run = AttackRun {
        sequence: Sequence::new(
            &title,
            &transcript,
            Some(End::of(&outcome)),
            &context.addresses,
        ),
        attack: card.name,
        against: variant.to_string(),
        succeeded: outcome.succeeded(),
        message: outcome.message().to_owned(),
        lines: transcript.into_iter().map(TranscriptLineView::of).collect(),
    };
    runs.0.insert(context.bench.name(), Arc::new(run));
    let base = context.base();
    Ok(Redirect::to(match cell {
        Some(cell) => format!("{base}/matrix?cell={cell}#cell"),
        None => format!("{base}/attack/{}?against={variant}", card.name),
    }))
}

/// What the student had done, for the journal of the student's own bench.
pub(in crate::lab) fn event(context: &RequestContext, variant: Variant, what: EventKind) -> Event {
    Event {
        at: context.now,
        variant: Some(variant),
        client: context.client,
        what,
    }
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, run, sequence]
}
