//! `session-lab attack`: tries one attack and prints its transcript, whole or beat by beat.

mod step;

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use super::matrix::{CHEAP_HASH, parse_variant, unknown_attack};
use super::running_lab::RunningLab;
use crate::attacks::matrix::throw_away_name;
use crate::attacks::scenario::{Scenario, ScenarioError};
use crate::attacks::transcript::TranscriptLine;
use crate::attacks::{ALL, Attack, Card, Engine, Outcome, find};
use crate::base::addresses::Addresses;
use crate::base::encode;
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::browser::BrowserEngine;
use crate::defences::policy::Variant;
use crate::lab::diagrams::file::DrawingFile;
use crate::lab::diagrams::sequence::{End, Sequence};
use crate::web::templates::UnservedPages;

/// The flags of `attack`.
#[derive(Args, Clone, Debug)]
pub struct AttackFlags {
    /// Name of the attack; without a name, all attacks are listed
    pub name: Option<String>,
    /// The variant to attack: insecure, hardened, `without-<defence>` or `only-<defence>` [default:
    /// insecure; with --step insecure, then hardened]
    #[arg(long, value_name = "VARIANT")]
    pub against: Option<String>,
    /// Show the attack beat by beat: Enter goes on, q ends
    #[arg(long, requires = "name")]
    pub step: bool,
    /// A lab that runs on this computer, as in http://localhost:7070 [default: a new one, which
    /// stops afterwards]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The browser for an attack that a browser decides [default: chromium]
    #[arg(long, value_name = "BROWSER")]
    pub browser: Option<BrowserEngine>,
    /// Also write a sequence diagram of the attack to this file (SVG)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "step")]
    pub svg: Option<PathBuf>,
}

/// Tries one attack and prints its transcript. Without a name it lists all attacks.
///
/// # Errors
/// An unknown attack or variant (exit code 2), or a lab that does not start.
pub async fn run(flags: AttackFlags) -> Result<(), StartError> {
    let Some(name) = &flags.name else {
        return tell(&list());
    };
    let attack = find(name).ok_or_else(|| unknown_attack(name))?;
    let variants = match &flags.against {
        Some(against) => vec![parse_variant(against)?],
        None if flags.step => vec![Variant::Insecure, Variant::Hardened],
        None => vec![Variant::Insecure],
    };
    let card = attack.card();
    let mut lab = RunningLab::open(flags.url.as_deref()).await?;
    let mut version = None;
    if card.engine == Engine::Browser {
        let engine = flags.browser.unwrap_or(BrowserEngine::Chromium);
        version = Some(lab.start_browser(engine).await?.version().to_owned());
    }
    let against = match &variants[..] {
        [one] => format!(", against {one}"),
        _ => String::new(),
    };
    let mut about = format!(
        "{}{against}\n  Victim    {}\n  Means     {}\n  Evidence  {}\n",
        card.title, card.victim, card.means, card.evidence
    );
    if let Some(version) = version {
        about += &format!("  Browser   {}\n", encode::line(&version));
    }
    tell(&about)?;
    let mut runs = Vec::new();
    for variant in variants {
        runs.push(try_once(&lab, attack, variant).await);
    }
    let addresses = lab.target().addresses;
    let closed = lab.close().await;
    let shown = match flags.step {
        true => show_stepped(card, runs),
        false => runs
            .into_iter()
            .try_for_each(|run| show_whole(card, run, flags.svg.as_deref(), &addresses)),
    };
    shown.and(closed)
}

/// One try of an attack.
struct TriedAttack {
    variant: Variant,
    transcript: Vec<TranscriptLine>,
    outcome: Result<Outcome, ScenarioError>,
}

async fn try_once(lab: &RunningLab, attack: &dyn Attack, variant: Variant) -> TriedAttack {
    let scenario = Scenario::new(lab.target(), throw_away_name(), variant);
    let outcome = attack.run(&scenario).await;
    // A bench that could not be deleted is in memory only, and there is room for a thousand.
    let _ = scenario.delete_bench().await;
    TriedAttack {
        variant,
        transcript: scenario.transcript().lines(),
        outcome,
    }
}

/// How an attack ended, in a sentence or two.
fn ended(outcome: &Outcome) -> String {
    let message = encode::line(outcome.message());
    match outcome.succeeded() {
        true => format!("The attack succeeded. {message}\n"),
        false => format!("The attack was stopped. {message}\n"),
    }
}

fn not_tried(card: &Card, error: &ScenarioError) -> StartError {
    let message = format!("the attack {} could not be tried: {error}", card.name);
    let hint = "run it again with SESSION_LAB_LOG=debug, and report what it prints";
    StartError::new(message, hint)
}

fn show_stepped(card: &Card, runs: Vec<TriedAttack>) -> Result<(), StartError> {
    let mut stepped = Vec::new();
    let mut broken = Ok(());
    for run in runs {
        match run.outcome {
            Ok(outcome) => stepped.push(step::SteppedRun {
                variant: run.variant,
                transcript: run.transcript,
                ended: ended(&outcome),
            }),
            Err(error) => broken = Err(not_tried(card, &error)),
        }
    }
    tell(&format!("{CHEAP_HASH}\n"))?;
    step::step(&stepped)?;
    broken
}

fn show_whole(
    card: &Card,
    run: TriedAttack,
    svg: Option<&Path>,
    addresses: &Addresses,
) -> Result<(), StartError> {
    let shown: String = run.transcript.iter().map(in_lines).collect();
    tell(&format!("{shown}\n{CHEAP_HASH}\n"))?;
    let outcome = run.outcome.map_err(|error| not_tried(card, &error))?;
    let drawn = match svg {
        Some(file) => {
            let title = format!("{}, against {}", card.title, run.variant);
            let end = Some(End::of(&outcome));
            draw(
                file,
                &Sequence::new(&title, &run.transcript, end, addresses),
            )
        }
        None => Ok(()),
    };
    tell(&ended(&outcome)).and(drawn)
}

fn list() -> String {
    let widths = ALL.iter().map(|attack| attack.card().name.len());
    let width = widths.max().unwrap_or_default() + 2;
    let lines = ALL.iter().map(|attack| {
        let card = attack.card();
        format!("{:<width$}{}\n", card.name, card.title)
    });
    lines.collect()
}

/// An entry of the transcript. The lab that answered, or a browser, wrote most of it.
fn in_lines(entry: &TranscriptLine) -> String {
    match entry {
        TranscriptLine::Narration(text) => format!("\n{}\n", encode::line(text)),
        TranscriptLine::Planted { actor, cookie } => {
            format!("\n  {actor}'s jar gets {}\n", encode::line(cookie))
        }
        TranscriptLine::Exchange { actor, exchange } => {
            let side = |arrow: &str, text: &str| -> String {
                let lines = text.lines();
                lines
                    .map(|line| format!("  {actor} {arrow} {}\n", encode::line(line)))
                    .collect()
            };
            format!(
                "\n{}{}",
                side(">", &exchange.sent),
                side("<", &exchange.head)
            )
        }
    }
}

/// Writes a diagram into a file.
fn draw(file: &Path, sequence: &Sequence) -> Result<(), StartError> {
    let failed = |error: String| {
        let message = format!("cannot write the diagram to {}: {error}", file.display());
        StartError::new(message, "choose another file with --svg")
    };
    let templates = UnservedPages::parse().map_err(failed)?;
    let svg = templates.render(DrawingFile::TEMPLATE, DrawingFile::of(sequence));
    let svg = svg.map_err(failed)?;
    std::fs::write(file, svg).map_err(|error| failed(error.to_string()))?;
    tell(&format!("The diagram is in {}.\n", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::HttpExchange;

    #[test]
    fn what_an_answer_holds_does_nothing_in_the_terminal() {
        let evil = "\u{1b}[30;40m\u{7}\u{202e}\u{200b}";
        let exchange = HttpExchange {
            scheme: crate::defences::facts::Scheme::Http,
            sent: "GET / HTTP/1.1\r\nHost: localhost".into(),
            head: format!("HTTP/1.1 200 OK\r\nX: a{evil}\rb"),
            status: 200,
            headers: Vec::new(),
            body: String::new(),
        };
        let exchange = Box::new(exchange);
        let lines = in_lines(&TranscriptLine::Exchange {
            actor: "victim",
            exchange,
        });
        assert_eq!(
            lines,
            "\n  victim > GET / HTTP/1.1\n  victim > Host: localhost\n\
             \x20 victim < HTTP/1.1 200 OK\n\
             \x20 victim < X: a\\u001b[30;40m\\u0007\\u202e\\u200b\\u000db\n"
        );
        let told = in_lines(&TranscriptLine::Narration(format!("a{evil}\nb")));
        assert_eq!(told, "\na\\u001b[30;40m\\u0007\\u202e\\u200b\\u000ab\n");
    }
}
