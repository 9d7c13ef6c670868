//! `session-lab matrix`: runs every attack against every variant and compares with the rule.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use time::OffsetDateTime;

use super::progress::ProgressLine;
use super::running_lab::RunningLab;
use crate::attacks::cell::{CellResult, MatrixCell};
use crate::attacks::costs;
use crate::attacks::costs::MeasuredCost;
use crate::attacks::matrix;
use crate::attacks::matrix::MatrixSelection;
use crate::attacks::record::BrowserRecord;
use crate::attacks::{ALL, Outcome, find};
use crate::base::encode;
use crate::base::start_error::StartError;
use crate::base::text_file::{self, UnreadableText};
use crate::browser::BrowserEngine;
use crate::defences::policy::Variant;

/// The flags of `matrix`.
#[derive(Args, Clone, Debug)]
pub struct MatrixFlags {
    /// Only this attack; may be repeated
    #[arg(long, value_name = "NAME")]
    pub attack: Vec<String>,
    /// Only this variant; may be repeated
    #[arg(long, value_name = "VARIANT")]
    pub variant: Vec<String>,
    /// Also run the cells whose switch was never asked
    #[arg(long)]
    pub all: bool,
    /// Also run the attacks that a browser decides, in this one [without a name: chromium]
    #[arg(long, value_name = "BROWSER", num_args = 0..=1, default_missing_value = "chromium")]
    pub browser: Option<BrowserEngine>,
    /// With --browser: record in this file how these attacks ended
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "browser")]
    pub record: Option<PathBuf>,
    /// A lab that runs on this computer, as in http://localhost:7070 [default: a new one, which
    /// stops afterwards]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// What both commands say of their sign-ins.
pub(super) const CHEAP_HASH: &str = "Sign-ins used a cheaper password hash (Argon2id, 1 MiB, one pass), which \
                          only throw-away benches have.";

/// Runs the matrix and prints some lines for each attack.
///
/// # Errors
/// A cell that disagrees with the rule (exit code 1), an unknown name (exit code 2), or a lab that
/// does not start.
pub async fn run(flags: MatrixFlags) -> Result<(), StartError> {
    let selection = selection_of(&flags)?;
    let mut lab = RunningLab::open(flags.url.as_deref()).await?;
    let browser = match flags.browser {
        Some(engine) => Some(lab.start_browser(engine).await?),
        None => None,
    };
    let mut progress = ProgressLine::new(matrix::size(&selection));
    let mut rows: BTreeMap<usize, Vec<MatrixCell>> = BTreeMap::new();
    matrix::run(&lab.target(), &selection, |cell| {
        progress.advance(cell.attack);
        let position = ALL
            .iter()
            .position(|attack| attack.card().name == cell.attack);
        rows.entry(position.unwrap_or_default())
            .or_default()
            .push(cell);
    })
    .await;
    progress.clear();
    let mut measured = Vec::new();
    if selection.covers_all() {
        costs::run(&lab.target(), |one| measured.push(one)).await;
    }
    let version = browser.map(|browser| browser.version().to_owned());
    lab.close().await?;

    rows.values().for_each(|cells| print_row(cells));
    let cells: Vec<MatrixCell> = rows.into_values().flatten().collect();
    if let (Some(file), Some(version)) = (&flags.record, version) {
        write_record(file, &cells, &version)?;
    }
    let wrong: Vec<&MatrixCell> = cells.iter().filter(|cell| !cell.agrees()).collect();
    print_summary(&cells, wrong.len());
    println!("{CHEAP_HASH}");
    for cell in &wrong {
        let should = if cell.expected {
            "succeed"
        } else {
            "be stopped"
        };
        let description = match &cell.result {
            CellResult::Broken(error) => error,
            _ => cell.outcome().map_or("not run", Outcome::message),
        };
        println!(
            "  {} against {} should {should}: {}",
            cell.attack,
            cell.variant,
            encode::line(description)
        );
    }
    print!("{}", cost_lines(&measured));
    if wrong.is_empty() {
        return Ok(());
    }
    let hint = "try one cell: session-lab attack <name> --against <variant>";
    Err(StartError::new(
        format!("{} cells disagree with the rule", wrong.len()),
        hint,
    ))
}

fn print_summary(cells: &[MatrixCell], wrong: usize) {
    let count =
        |fits: fn(&CellResult) -> bool| cells.iter().filter(|cell| fits(&cell.result)).count();
    let ran = count(|result| matches!(result, CellResult::Ran(_)));
    let not_asked = count(|result| matches!(result, CellResult::NotAsked(_)));
    let recorded = count(|result| matches!(result, CellResult::Recorded(_)));
    let not_run = count(|result| matches!(result, CellResult::NotRun));
    println!(
        "{} cells: {ran} run, {not_asked} not asked, {wrong} wrong",
        cells.len(),
    );
    if recorded > 0 {
        println!("{recorded} cells need a browser and are shown as recorded; --browser runs them");
    }
    if not_run > 0 {
        println!("{not_run} cells need a browser and were not run; --browser runs them");
    }
}

/// Updates the record in this file with the cells. Where there is no such file, it is made.
fn write_record(file: &Path, cells: &[MatrixCell], with: &str) -> Result<(), StartError> {
    let hint = "choose another file with --record";
    let failed = |reason: String| {
        let message = format!("cannot write the record {}: {reason}", file.display());
        StartError::new(message, hint)
    };
    let mut record = match text_file::read(file) {
        Ok(json) => BrowserRecord::parse(&json)
            .map_err(|e| failed(format!("the file is no record: {e}")))?,
        Err(UnreadableText::System(error)) if error.kind() == ErrorKind::NotFound => {
            BrowserRecord::default()
        }
        Err(error) => return Err(failed(error.to_string())),
    };
    let today = OffsetDateTime::now_utc().date().to_string();
    record.update(cells, &today, with);
    std::fs::write(file, record.to_json()).map_err(|error| failed(error.to_string()))
}

/// One attack: how it ends against insecure and hardened, which defences are sufficient against it
/// (each stops it alone), and which are necessary (without that one alone it succeeds).
fn print_row(cells: &[MatrixCell]) {
    let Some(first) = cells.first() else { return };
    println!("{}", first.attack);
    if matches!(first.result, CellResult::Recorded(_)) {
        for run in BrowserRecord::stored().runs(first.attack) {
            println!("  proven on {} with {}", run.on, run.with);
        }
        if BrowserRecord::stored().differs(first.attack) {
            println!("  the browsers disagree: these are the first one's results");
        }
    }
    for cell in cells {
        if matches!(cell.variant, Variant::Insecure | Variant::Hardened) {
            let word = match cell.succeeded() {
                Some(true) => "succeeds",
                Some(false) => "stopped",
                None => "not run",
            };
            println!("  {:<12}{word}", cell.variant.to_string());
        }
    }
    let named = |stopped: bool| {
        let fits = |cell: &&MatrixCell| match cell.variant {
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
    println!("  {:<12}{}", "sufficient", named(true));
    println!("  {:<12}{}", "necessary", named(false));
}

/// What the defences cost, by cost and arm.
fn cost_lines(measured: &[MeasuredCost]) -> String {
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

fn selection_of(flags: &MatrixFlags) -> Result<MatrixSelection, StartError> {
    let mut attacks = Vec::new();
    for name in &flags.attack {
        attacks.push(find(name).ok_or_else(|| unknown_attack(name))?.card().name);
    }
    let mut variants = Vec::new();
    for name in &flags.variant {
        variants.push(parse_variant(name)?);
    }
    Ok(MatrixSelection {
        attacks: (!attacks.is_empty()).then_some(attacks),
        variants: (!variants.is_empty()).then_some(variants),
        all: flags.all,
    })
}

pub(super) fn parse_variant(text: &str) -> Result<Variant, StartError> {
    let known: Vec<String> = matrix::variants().iter().map(Variant::to_string).collect();
    text.parse::<Variant>()
        .ok()
        .filter(|variant| *variant != Variant::Custom)
        .ok_or_else(|| {
            let hint = format!("the variants are {}", known.join(", "));
            StartError::new(format!("there is no variant {text}"), hint).usage()
        })
}

pub(super) fn unknown_attack(name: &str) -> StartError {
    let known: Vec<&str> = ALL.iter().map(|attack| attack.card().name).collect();
    let hint = format!("the attacks are {}", known.join(", "));
    StartError::new(format!("there is no attack {name}"), hint).usage()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cost_is_printed_once_with_its_arms_and_what_was_not_measured_is_left_out() {
        let measured = |arm, description: &str| MeasuredCost {
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

    #[test]
    fn a_record_of_another_encoding_is_named_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.json");
        for (bytes, said) in [(&b"\xff\xfe{\0"[..], "UTF-16"), (b"caf\xe9", "not UTF-8")] {
            std::fs::write(&file, bytes).unwrap();
            let error = write_record(&file, &[], "a browser").unwrap_err();
            assert!(error.message.contains(said), "{error}");
            assert_eq!(std::fs::read(&file).unwrap(), bytes);
        }
    }
}
