//! `session-lab audit`: asks of an application that somebody built what the attacks know.
//!
//! Exit code 0: no flaw. 1: flaws, or notes with `--fail-on note`. 2: the audit could not run.

mod baseline;
mod html;
mod junit;
mod one_at_a_time;
mod password;
mod text;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum, ValueHint};

use self::baseline::Baseline;
use self::one_at_a_time::AuditTurn;
use super::matrix::parse_variant;
use super::progress::ProgressLine;
use super::running_lab::{RunningLab, how_to_install};
use crate::attacks::audit::estimate::{AuditEffort, AuditEstimate};
use crate::attacks::audit::recipe::{AccountRecipe, Recipe, TEMPLATE};
use crate::attacks::audit::report::{AuditFinding, AuditReport};
use crate::attacks::audit::target::{AllowedTarget, AuditNonce, NONCE_PATH, TargetError, Whose};
use crate::attacks::audit::wire::{AuditError, AuditWire};
use crate::attacks::audit::{Audit, CHECKS, lab_portal, run};
use crate::attacks::matrix::throw_away_name;
use crate::base::encode;
use crate::base::print::{say, tell};
use crate::base::start_error::StartError;
use crate::base::text_file;
use crate::browser::{Browser, BrowserEngine, BrowserError, BrowserSettings};
use crate::client::caller::Call;

/// Where `--init` writes the recipe, and where it is looked for.
const RECIPE_FILE: &str = "audit.toml";

/// The flags of `audit`.
#[derive(Args, Clone, Debug)]
pub struct AuditFlags {
    /// The application's address on this computer, as in http://localhost:5000
    #[arg(conflicts_with_all = ["recipe", "against"])]
    pub target: Option<String>,
    /// The recipe: how the application is used [default: ./audit.toml if there is no address]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub recipe: Option<PathBuf>,
    /// Write a recipe to ./audit.toml and end
    #[arg(long)]
    pub init: bool,
    /// The account to sign in with; its password comes from SESSION_LAB_AUDIT_PASSWORD, from a file
    /// that the recipe names, or is asked for
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Audit a variant of the lab's own portal: insecure, hardened, `without-<defence>` or
    /// `only-<defence>`
    #[arg(long, value_name = "VARIANT", conflicts_with = "recipe")]
    pub against: Option<String>,
    /// With --against: a lab that runs on this computer, as in http://localhost:7070 [default: a new
    /// one, which stops afterwards]
    #[arg(long, value_name = "URL", requires = "against")]
    pub url: Option<String>,
    /// Wait this long to see whether a session ends by itself, as in 90s, 6m or 1h
    #[arg(long, value_name = "TIME", value_parser = parse_wait)]
    pub wait: Option<Duration>,
    /// Also run the checks that change the account's password (and change it back), and those that write
    /// markup which other users may see
    #[arg(long)]
    pub destructive: bool,
    /// Also check what only a browser decides, in the installed one
    #[arg(long, value_name = "BROWSER")]
    pub browser: Option<BrowserEngine>,
    /// The nonce that an application at a private address serves
    #[arg(long, value_name = "TEXT")]
    pub nonce: Option<String>,
    /// The form of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
    /// Write the report to this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// What makes the exit code 1
    #[arg(long, value_name = "VERDICT", default_value = "flaw")]
    pub fail_on: FailOn,
    /// A report in JSON: what it has already does not make the exit code 1
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For a terminal
    Text,
    /// For a program, and as a baseline
    Json,
    /// A page that needs nothing else
    Html,
    /// For the tests of a CI
    Junit,
}

/// What makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// A flaw
    Flaw,
    /// A flaw or a note
    Note,
}

impl FailOn {
    fn counts(self, finding: &AuditFinding) -> bool {
        finding.is_flaw() || (self == FailOn::Note && finding.is_note())
    }
}

fn parse_wait(text: &str) -> Result<Duration, String> {
    let units = [("s", 1), ("m", 60), ("h", 3600)];
    let parsed = units.iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        (1..=24 * 3600 / seconds)
            .contains(&number)
            .then(|| number * seconds)
    });
    let seconds = parsed.ok_or("write a time of at most 24 hours, as in 90s, 6m or 1h")?;
    Ok(Duration::from_secs(seconds))
}

/// Audits an application and prints the report.
///
/// # Errors
/// Flaws (exit code 1), or the audit could not run (exit code 2).
pub async fn run(flags: AuditFlags) -> Result<(), StartError> {
    if flags.init {
        return init();
    }
    let baseline = flags.baseline.as_deref().map(Baseline::read).transpose()?;
    let (report, lab) = match &flags.against {
        Some(variant) => {
            let variant = parse_variant(variant)?;
            let mut lab = RunningLab::open(flags.url.as_deref()).await?;
            let browser = match flags.browser {
                Some(engine) => Some(lab.start_browser(engine).await?),
                None => None,
            };
            let audit = lab_portal::audit(&lab.target(), &throw_away_name(), variant).await;
            let audit = audit.map_err(not_run)?.with_browser(browser);
            (report(audit, &flags).await, Some(lab))
        }
        None => {
            // Before any request is sent: without the browser that was asked for, nothing is.
            let browser = match flags.browser {
                Some(engine) => Some(start_browser(engine).await?),
                None => None,
            };
            let (audit, _turn) = of_an_application(&flags).await?;
            (report(audit.with_browser(browser), &flags).await, None)
        }
    };
    if let Some(lab) = lab {
        lab.close().await?;
    }
    write(&report, &flags)?;
    let known = |finding: &&AuditFinding| baseline.as_ref().is_some_and(|base| base.has(finding));
    let counted = report
        .findings
        .iter()
        .filter(|finding| flags.fail_on.counts(finding));
    let new: Vec<&str> = counted
        .filter(|one| !known(one))
        .map(|one| one.check)
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    let message = format!(
        "{} of the checks found something: {}",
        new.len(),
        new.join(", ")
    );
    let hint = "the report says how each is mended; --baseline FILE accepts what is known";
    Err(StartError::new(message, hint))
}

/// A browser for somebody else's application, whose certificate it does not know.
async fn start_browser(engine: BrowserEngine) -> Result<Arc<Browser>, StartError> {
    let failed = |error: BrowserError| could_not_run(error.to_string(), how_to_install(engine));
    let settings = BrowserSettings::trusting_nothing(engine).map_err(failed)?;
    Ok(Arc::new(Browser::start(settings).await.map_err(failed)?))
}

/// An audit that could not run exits with 2, as a wrong command line does: a CI must not take it for
/// an application with flaws.
fn could_not_run(message: impl Into<String>, hint: impl Into<String>) -> StartError {
    StartError::new(message, hint).usage()
}

fn not_run(error: AuditError) -> StartError {
    could_not_run(format!("the audit could not begin: {error}"), error.hint())
}

fn init() -> Result<(), StartError> {
    use std::io::Write as _;
    let file = std::fs::File::create_new(RECIPE_FILE);
    let written = file.and_then(|mut file| file.write_all(TEMPLATE.as_bytes()));
    written.map_err(|error| {
        let message = format!("cannot write {RECIPE_FILE}: {error}");
        could_not_run(
            message,
            "move the file away, or go to a folder that you may write to",
        )
    })?;
    tell(&format!(
        "{RECIPE_FILE} is written. Fill it in, then: session-lab audit --recipe {RECIPE_FILE}\n"
    ))
}

async fn of_an_application(flags: &AuditFlags) -> Result<(Audit, AuditTurn), StartError> {
    let (mut recipe, folder) = recipe(flags)?;
    if let Some(user) = &flags.user {
        let known = recipe
            .account
            .iter()
            .position(|account| account.user == *user);
        let account = known.map(|at| recipe.account.remove(at));
        let account = account.unwrap_or_else(|| AccountRecipe {
            user: user.clone(),
            password_file: None,
            shown_as: None,
        });
        recipe.account.insert(0, account);
    }
    let main = allowed(&recipe.base, flags).await?;
    let beside = match &recipe.beside {
        Some(beside) => Some(allowed(beside, flags).await?),
        None => None,
    };
    if recipe.account.is_empty() {
        let hint = "name it: --user NAME, or [[account]] in a recipe";
        return Err(could_not_run("no account is named to sign in with", hint));
    }
    // On standard error: the report may go through a pipe.
    eprint!(
        "{} is {}. A port on this computer can be forwarded to somebody else's machine: audit only \
         what is yours.\n{} Among them are failed sign-ins: ten guesses for one account, last of all.\n\n",
        encode::line(&recipe.base),
        main.address,
        text::announced(AuditEstimate::of(&recipe, effort(flags))),
    );
    let turn = AuditTurn::take(&main)?;
    let accounts = password::accounts(&recipe.account, &folder)?;
    let wire = AuditWire::new(main, beside).map_err(|error| not_run(error.into()))?;
    let audit = Audit::begin(wire, recipe, accounts).await;
    Ok((audit.map_err(not_run)?, turn))
}

/// What the flags allow beside what every audit does.
fn effort(flags: &AuditFlags) -> AuditEffort {
    AuditEffort {
        wait: flags.wait,
        destructive: flags.destructive,
        browser: flags.browser.is_some(),
    }
}

/// The recipe, and the folder to which its file names are relative.
fn recipe(flags: &AuditFlags) -> Result<(Recipe, PathBuf), StartError> {
    if let Some(target) = &flags.target {
        return Ok((Recipe::of_address(target), PathBuf::from(".")));
    }
    let file = flags.recipe.clone().unwrap_or_else(|| RECIPE_FILE.into());
    let shown = file.display();
    let text = text_file::read(&file).map_err(|error| {
        let hint = "give an address, as in session-lab audit http://localhost:5000, or write a \
                    recipe with session-lab audit --init";
        could_not_run(format!("cannot read {shown}: {error}"), error.hint(hint))
    })?;
    let recipe = Recipe::read(&text)
        .map_err(|error| could_not_run(format!("{shown}, {error}"), error.next.clone()))?;
    let folder = file.parent().unwrap_or(Path::new(".")).to_owned();
    Ok((recipe, folder))
}

/// A target, once it may be audited.
async fn allowed(address: &str, flags: &AuditFlags) -> Result<AllowedTarget, StartError> {
    let refused = |error: TargetError| could_not_run(error.to_string(), error.hint());
    let target = AllowedTarget::resolve(address).await.map_err(refused)?;
    if target.whose == Whose::Own {
        return Ok(target);
    }
    let given = match flags.nonce.as_deref() {
        Some(text) => Some(AuditNonce::parse(text).ok_or_else(|| {
            let hint =
                "copy it whole, as the command printed it; without --nonce it prints a new one";
            could_not_run("the text of --nonce is no nonce of this command", hint)
        })?),
        None => None,
    };
    let Some(nonce) = given else {
        let nonce = AuditNonce::random();
        let nonce = nonce.map_err(|error| could_not_run(error.to_string(), "try again"))?;
        let message = format!(
            "{} is at a private address, so it must say that it may be audited",
            target.origin()
        );
        let hint = format!(
            "have it answer {NONCE_PATH} with the text {0}, then add --nonce {0}",
            nonce.as_str()
        );
        return Err(could_not_run(message, hint));
    };
    let wire = AuditWire::new(target.clone(), None).map_err(|error| not_run(error.into()))?;
    let answer = wire.send(Call::get(NONCE_PATH)).await.map_err(not_run)?;
    if nonce.is_served_by(answer.reply.status, &answer.reply.body) {
        return Ok(target);
    }
    let message = format!("{} does not serve the nonce", target.origin());
    let hint = format!("have it answer {NONCE_PATH} with the nonce as its whole body");
    Err(could_not_run(message, hint))
}

async fn report(mut audit: Audit, flags: &AuditFlags) -> AuditReport {
    audit.wait = flags.wait;
    audit.destructive = flags.destructive;
    let mut progress = ProgressLine::new(CHECKS.len());
    let begun = Instant::now();
    let report = run::run(&audit, |card| progress.advance(card.name)).await;
    progress.clear();
    // On standard error: two audits give the same report.
    eprintln!(
        "The audit sent {} requests. Its checks took {} s.\n",
        audit.wire.sent(),
        begun.elapsed().as_secs()
    );
    report
}

fn write(report: &AuditReport, flags: &AuditFlags) -> Result<(), StartError> {
    let text = match flags.format {
        ReportFormat::Text => text::report(report),
        ReportFormat::Html => html::report(report),
        ReportFormat::Junit => junit::report(report, flags.fail_on),
        ReportFormat::Json => serde_json::to_string_pretty(report).unwrap_or_default() + "\n",
    };
    let Some(file) = &flags.output else {
        return match flags.format {
            ReportFormat::Text => tell(&text),
            _ => say(&text),
        };
    };
    std::fs::write(file, text).map_err(|error| {
        let message = format!("cannot write the report to {}: {error}", file.display());
        could_not_run(message, "choose another file with --output")
    })?;
    tell(&format!("The report is in {}.\n", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_has_a_unit_and_a_bound() {
        assert_eq!(parse_wait("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_wait("6m"), Ok(Duration::from_secs(360)));
        assert_eq!(parse_wait("24h"), Ok(Duration::from_secs(86_400)));
        for text in [
            "",
            "6",
            "m",
            "0s",
            "25h",
            "-1m",
            "1.5h",
            "99999999999999999999s",
            "18446744073709551615m",
        ] {
            assert!(parse_wait(text).is_err(), "{text}");
        }
    }
}
