//! `session-lab attack` and `session-lab matrix`, on a lab of their own that is thrown away.

use std::collections::BTreeMap;

use indicatif::{ProgressBar, ProgressStyle};

use super::costs::{self, Measured};
use super::matrix::{self, Cell, Found, Wish};
use super::stage::{Line, Stage};
use super::{ALL, Outcome, find};
use crate::app::{self, Running};
use crate::cli::{AttackFlags, MatrixFlags};
use crate::policy::Variant;
use crate::settings::Settings;
use crate::start_error::StartError;

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
    let running = app::start(&Settings::throw_away()).await?;

    let card = attack.card();
    println!("{}, against {variant}", card.title);
    println!("  Victim    {}", card.victim);
    println!("  Means     {}", card.means);
    println!("  Evidence  {}", card.evidence);
    let stage = Stage::new(running.target(), matrix::throw_away_name(), variant);
    let outcome = attack.run(&stage).await;
    stage.transcript().iter().for_each(print_line);
    println!("\n{CHEAP_HASH}");
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
    stop(running).await?;
    result
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
    let wish = wish(&flags)?;
    let running = app::start(&Settings::throw_away()).await?;
    let bar = ProgressBar::new(matrix::size(&wish) as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let mut rows: BTreeMap<usize, Vec<Cell>> = BTreeMap::new();
    let benches = Some(running.benches.clone());
    matrix::run(&running.target(), benches, &wish, |cell| {
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
    if wish.is_whole() {
        let benches = Some(running.benches.clone());
        costs::run(&running.target(), benches, |one| measured.push(one)).await;
    }
    stop(running).await?;

    rows.values().for_each(|cells| print_row(cells));
    let cells: Vec<&Cell> = rows.values().flatten().collect();
    let wrong: Vec<&&Cell> = cells.iter().filter(|cell| !cell.agrees()).collect();
    let ran = cells
        .iter()
        .filter(|cell| matches!(cell.found, Found::Ran(_)))
        .count();
    println!(
        "{} cells: {ran} run, {} not asked, {} wrong",
        cells.len(),
        cells.len() - ran,
        wrong.len()
    );
    println!("{CHEAP_HASH}");
    for cell in &wrong {
        let should = if cell.expected {
            "succeed"
        } else {
            "be stopped"
        };
        let says = match &cell.found {
            Found::Ran(outcome) | Found::NotAsked(outcome) => outcome.says(),
            Found::Broken(error) => error,
        };
        println!(
            "  {} against {} should {should}: {says}",
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

/// One attack: what happens on the two plain sides, what alone stops it, what alone lets it in.
fn print_row(cells: &[Cell]) {
    let Some(first) = cells.first() else { return };
    let succeeded = |cell: &Cell| match &cell.found {
        Found::Ran(outcome) | Found::NotAsked(outcome) => outcome.succeeded(),
        Found::Broken(_) => false,
    };
    println!("{}", first.attack);
    for cell in cells {
        if matches!(cell.variant, Variant::Insecure | Variant::Hardened) {
            let word = if succeeded(cell) {
                "succeeds"
            } else {
                "stopped"
            };
            println!("  {:<10}{word}", cell.variant.to_string());
        }
    }
    let named = |stopped: bool| {
        let fits = |cell: &&Cell| match cell.variant {
            Variant::Only(_) => stopped && !succeeded(cell),
            Variant::Without(_) => !stopped && succeeded(cell),
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
            lines += &format!("  {:<14}{}\n", one.arm, one.says);
        }
    }
    lines
}

fn wish(flags: &MatrixFlags) -> Result<Wish, StartError> {
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

async fn stop(running: Running) -> Result<(), StartError> {
    running.stop();
    running.ended().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cost_is_printed_once_with_its_arms_and_what_was_not_measured_is_left_out() {
        let measured = |arm, says: &str| Measured {
            cost: "tossed-duplicate",
            arm,
            done: true,
            says: says.into(),
        };
        let all = [measured("first-wins", "200."), measured("refuse", "400.")];
        let expected = "\ncost of duplicate-cookies: A planted cookie shuts the owner out\n  \
                        first-wins    200.\n  refuse        400.\n";
        assert_eq!(cost_lines(&all), expected);
        assert_eq!(cost_lines(&[]), "");
    }
}
