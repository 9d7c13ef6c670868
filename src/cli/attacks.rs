//! `session-lab attack` and `session-lab matrix`, on a lab of their own that is thrown away, or on
//! one that runs.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use time::OffsetDateTime;

use super::running_lab::RunningLab;
use crate::attacks::costs;
use crate::attacks::costs::Measured;
use crate::attacks::matrix;
use crate::attacks::matrix::{Cell, Found, Wish};
use crate::attacks::record::Record;
use crate::attacks::scenario::{Line, Scenario};
use crate::attacks::{ALL, Engine, Outcome, find};
use crate::base::start_error::StartError;
use crate::browser::BrowserEngine;
use crate::cli::{AttackFlags, MatrixFlags};
use crate::defences::policy::Variant;
use crate::lab::diagrams;
use crate::lab::diagrams::sequence::{End, Sequence};
use crate::web::assets;

const CHEAP_HASH: &str = "Sign-ins used a cheaper password hash (Argon2id, 1 MiB, one pass), which \
                          only throw-away benches have.";

/// Tries one attack and prints its transcript; without a name, lists them all.
///
/// # Errors
/// An unknown attack or variant (exit code 2), or a lab that does not start.
pub async fn attack(flags: AttackFlags) -> Result<(), StartError> {
    let Some(name) = flags.name else {
        let widths = ALL.iter().map(|attack| attack.card().name.len());
        let width = widths.max().unwrap_or_default() + 2;
        for attack in ALL {
            println!("{:<width$}{}", attack.card().name, attack.card().title);
        }
        return Ok(());
    };
    let attack = find(&name).ok_or_else(|| unknown_attack(&name))?;
    let variant = parse_variant(&flags.against)?;
    let card = attack.card();
    let mut lab = RunningLab::open(flags.url.as_deref()).await?;
    let mut version = None;
    if card.engine == Engine::Browser {
        let engine = flags.browser.unwrap_or(BrowserEngine::Chromium);
        version = Some(lab.start_browser(engine).await?.version().to_owned());
    }

    println!("{}, against {variant}", card.title);
    println!("  Victim    {}", card.victim);
    println!("  Means     {}", card.means);
    println!("  Evidence  {}", card.evidence);
    if let Some(version) = version {
        println!("  Browser   {version}");
    }
    let scenario = Scenario::new(lab.target(), matrix::throw_away_name(), variant);
    let outcome = attack.run(&scenario).await;
    // A bench that stays is one of a thousand, and has no file.
    let _ = scenario.clear_away().await;
    let transcript = scenario.transcript();
    transcript.iter().for_each(print_line);
    println!("\n{CHEAP_HASH}");
    let drawn = match (&flags.svg, &outcome) {
        (Some(file), Ok(outcome)) => {
            let title = format!("{}, against {variant}", card.title);
            let addresses = lab.target().addresses;
            draw(
                file,
                &Sequence::new(&title, &transcript, Some(End::of(outcome)), &addresses),
            )
        }
        _ => Ok(()),
    };
    let result = match outcome {
        Ok(Outcome::Succeeded(evidence)) => {
            println!("The attack succeeded. {evidence}");
            Ok(())
        }
        Ok(Outcome::Stopped(reason)) => {
            println!("The attack was stopped. {reason}");
            Ok(())
        }
        Err(error) => {
            let hint = "run it again with SESSION_LAB_LOG=debug, and report what it prints";
            Err(StartError::new(
                format!("{} could not be tried: {error}", card.name),
                hint,
            ))
        }
    };
    drop(scenario);
    lab.close().await?;
    result.and(drawn)
}

/// Writes a drawing into a file.
fn draw(file: &Path, sequence: &Sequence) -> Result<(), StartError> {
    let hint = "choose another file with --svg";
    let failed = |error: String| StartError::new(format!("{}: {error}", file.display()), hint);
    let templates = assets::lab_templates().map_err(|error| failed(error.to_string()))?;
    let svg =
        diagrams::file::svg(&templates, sequence).map_err(|error| failed(error.to_string()))?;
    std::fs::write(file, svg).map_err(|error| failed(error.to_string()))?;
    println!("The drawing is in {}.", file.display());
    Ok(())
}

fn print_line(line: &Line) {
    match line {
        Line::Says(text) => println!("\n{text}"),
        Line::Exchange { who, exchange } => {
            println!();
            for sent in exchange.sent.lines() {
                println!("  {who} > {sent}");
            }
            for received in exchange.head.lines() {
                println!("  {who} < {received}");
            }
        }
    }
}

/// Runs the matrix and prints a row an attack.
///
/// # Errors
/// A cell that disagrees with the rule (exit code 1), an unknown name (2), a lab that does not
/// start.
pub async fn matrix(flags: MatrixFlags) -> Result<(), StartError> {
    let adopted_id = adopted_id(&flags)?;
    let mut lab = RunningLab::open(flags.url.as_deref()).await?;
    let browser = match flags.browser {
        Some(engine) => Some(lab.start_browser(engine).await?),
        None => None,
    };
    let bar = ProgressBar::new(matrix::size(&adopted_id) as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let mut rows: BTreeMap<usize, Vec<Cell>> = BTreeMap::new();
    matrix::run(&lab.target(), &adopted_id, |cell| {
        bar.set_message(cell.attack);
        bar.inc(1);
        let place = ALL
            .iter()
            .position(|attack| attack.card().name == cell.attack);
        rows.entry(place.unwrap_or_default())
            .or_default()
            .push(cell);
    })
    .await;
    bar.finish_and_clear();
    let mut measured = Vec::new();
    if adopted_id.is_whole() {
        costs::run(&lab.target(), |one| measured.push(one)).await;
    }
    let version = browser.map(|browser| browser.version().to_owned());
    lab.close().await?;

    rows.values().for_each(|cells| print_row(cells));
    let cells: Vec<Cell> = rows.into_values().flatten().collect();
    if let (Some(file), Some(version)) = (&flags.record, version) {
        write_record(file, &cells, &version)?;
    }
    let wrong: Vec<&Cell> = cells.iter().filter(|cell| !cell.agrees()).collect();
    print_summary(&cells, wrong.len());
    println!("{CHEAP_HASH}");
    for cell in &wrong {
        let should = if cell.expected {
            "succeed"
        } else {
            "be stopped"
        };
        let description = match &cell.found {
            Found::Broken(error) => error,
            _ => cell.outcome().map_or("not run", Outcome::message),
        };
        println!(
            "  {} against {} should {should}: {description}",
            cell.attack, cell.variant
        );
    }
    print!("{}", cost_lines(&measured));
    if wrong.is_empty() {
        return Ok(());
    }
    let hint = "try one cell with session-lab attack <name> --against <variant>";
    Err(StartError::new(
        format!("{} cells disagree with the rule", wrong.len()),
        hint,
    ))
}

fn print_summary(cells: &[Cell], wrong: usize) {
    let count = |fits: fn(&Found) -> bool| cells.iter().filter(|cell| fits(&cell.found)).count();
    let ran = count(|found| matches!(found, Found::Ran(_)));
    let not_asked = count(|found| matches!(found, Found::NotAsked(_)));
    let recorded = count(|found| matches!(found, Found::Recorded(_)));
    let not_run = count(|found| matches!(found, Found::NotRun));
    println!(
        "{} cells: {ran} run, {not_asked} not asked, {wrong} wrong",
        cells.len(),
    );
    if recorded > 0 {
        println!("{recorded} cells need a browser and are as recorded; --browser runs them");
    }
    if not_run > 0 {
        println!("{not_run} cells need a browser and were not run; --browser runs them");
    }
}

/// Takes the cells into the record in this file, which is made where there is none.
fn write_record(file: &Path, cells: &[Cell], with: &str) -> Result<(), StartError> {
    let hint = "choose another file with --record";
    let failed = |what: String| StartError::new(format!("{}: {what}", file.display()), hint);
    let mut record = match std::fs::read_to_string(file) {
        Ok(json) => Record::parse(&json).map_err(|e| failed(format!("it is no record: {e}")))?,
        Err(error) if error.kind() == ErrorKind::NotFound => Record::default(),
        Err(error) => return Err(failed(error.to_string())),
    };
    let today = OffsetDateTime::now_utc().date().to_string();
    record.take_in(cells, &today, with);
    std::fs::write(file, record.to_json()).map_err(|error| failed(error.to_string()))
}

/// One attack: what happens on the two plain sides, what alone stops it, what alone lets it in.
fn print_row(cells: &[Cell]) {
    let Some(first) = cells.first() else { return };
    println!("{}", first.attack);
    if matches!(first.found, Found::Recorded(_)) {
        for run in Record::stored().runs(first.attack) {
            println!("  proven on {} with {}", run.on, run.with);
        }
        if Record::stored().differs(first.attack) {
            println!("  the browsers disagree: what follows is the first one's");
        }
    }
    for cell in cells {
        if matches!(cell.variant, Variant::Insecure | Variant::Hardened) {
            let word = match cell.succeeded() {
                Some(true) => "succeeds",
                Some(false) => "stopped",
                None => "not run",
            };
            println!("  {:<10}{word}", cell.variant.to_string());
        }
    }
    let named = |stopped: bool| {
        let fits = |cell: &&Cell| match cell.variant {
            Variant::Only(_) => stopped && cell.succeeded() == Some(false),
            Variant::Without(_) => !stopped && cell.succeeded() == Some(true),
            _ => false,
        };
        let names: Vec<String> = cells
            .iter()
            .filter(fits)
            .map(|c| c.variant.to_string())
            .collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    println!("  stopped by alone      {}", named(true));
    println!("  let in by lack alone  {}", named(false));
}

/// What defences cost, by cost and arm.
fn cost_lines(measured: &[Measured]) -> String {
    let mut lines = String::new();
    for cost in costs::ALL {
        let card = cost.card();
        let mine = measured.iter().filter(|one| one.cost == card.name);
        for (at, one) in mine.enumerate() {
            if at == 0 {
                lines += &format!("\ncost of {}: {}\n", card.defence.slug(), card.title);
            }
            lines += &format!("  {:<14}{}\n", one.arm, one.description);
        }
    }
    lines
}

fn adopted_id(flags: &MatrixFlags) -> Result<Wish, StartError> {
    let mut attacks = Vec::new();
    for name in &flags.attack {
        attacks.push(find(name).ok_or_else(|| unknown_attack(name))?.card().name);
    }
    let mut variants = Vec::new();
    for name in &flags.variant {
        variants.push(parse_variant(name)?);
    }
    Ok(Wish {
        attacks: (!attacks.is_empty()).then_some(attacks),
        variants: (!variants.is_empty()).then_some(variants),
        all: flags.all,
    })
}

fn parse_variant(text: &str) -> Result<Variant, StartError> {
    let known: Vec<String> = matrix::variants().iter().map(Variant::to_string).collect();
    text.parse::<Variant>()
        .ok()
        .filter(|variant| *variant != Variant::Custom)
        .ok_or_else(|| {
            let hint = format!("the variants are {}", known.join(", "));
            StartError::new(format!("no variant is called {text}"), hint).usage()
        })
}

fn unknown_attack(name: &str) -> StartError {
    let known: Vec<&str> = ALL.iter().map(|attack| attack.card().name).collect();
    let hint = format!("the attacks are {}", known.join(", "));
    StartError::new(format!("no attack is called {name}"), hint).usage()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cost_is_printed_once_with_its_arms_and_what_was_not_measured_is_left_out() {
        let measured = |arm, description: &str| Measured {
            cost: "tossed-duplicate",
            arm,
            done: true,
            description: description.into(),
        };
        let all = [measured("first-wins", "200."), measured("refuse", "400.")];
        let expected = "\ncost of duplicate-cookies: A planted cookie shuts the owner out\n  \
                        first-wins    200.\n  refuse        400.\n";
        assert_eq!(cost_lines(&all), expected);
        assert_eq!(cost_lines(&[]), "");
    }
}
