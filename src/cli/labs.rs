//! `session-lab labs`: lists the worksheets, prints one for paper, and verifies reports.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand, ValueHint};

use crate::app::settings::flags::ServeFlags;
use crate::app::settings::{ServerSecrets, Settings};
use crate::base::byte_order_mark;
use crate::base::clock::BenchTime;
use crate::base::encode;
use crate::base::keys::ServerKey;
use crate::base::print::{say, tell};
use crate::base::start_error::StartError;
use crate::session::bench::WORKSHEETS_LABEL;
use crate::web::assets;
use crate::web::templates::UnservedPages;
use crate::worksheets::audience::SheetAudience;
use crate::worksheets::codes::Codes;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::pictures;
use crate::worksheets::placeholders::PlaceholderValues;
use crate::worksheets::report;
use crate::worksheets::view;
use crate::worksheets::view::SheetReader;

/// The longest report that is read, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The flags of `labs`.
#[derive(Args, Clone, Debug)]
pub struct LabsFlags {
    /// What to do; without a subcommand, all worksheets are listed
    #[command(subcommand)]
    pub command: Option<LabsCommand>,
    /// Folder with your own worksheets [default: the built-in ones]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, global = true)]
    pub labs: Option<PathBuf>,
}

/// The subcommands of `session-lab labs`.
#[derive(Clone, Debug, Subcommand)]
pub enum LabsCommand {
    /// Print one worksheet as HTML, to be printed by a browser
    Print(PrintFlags),
    /// Verify the codes of a report; no lab needs to run
    Verify(VerifyFlags),
}

/// The flags of `labs print`.
#[derive(Args, Clone, Debug)]
pub struct PrintFlags {
    /// The worksheet: 06, or 06-session-fixation
    pub sheet: String,
    /// Include the answers and the teacher's notes
    #[arg(long)]
    pub answers: bool,
}

/// The flags of `labs verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyFlags {
    /// The report, in Markdown
    #[arg(value_hint = ValueHint::FilePath)]
    pub report: PathBuf,
    /// Data folder of the lab that wrote the report; it has the key [default: ./lab-data]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
}

/// Lists the worksheets, prints one, or verifies a report.
///
/// # Errors
/// A worksheet with a mistake, one that does not exist, or a report that is not as a lab wrote it.
pub fn run(flags: LabsFlags) -> Result<(), StartError> {
    let folder = flags.labs.as_deref();
    match flags.command {
        None => list(&library(folder)?),
        Some(LabsCommand::Print(print)) => self::print(&library(folder)?, &print),
        Some(LabsCommand::Verify(verify)) => self::verify(verify),
    }
}

/// The worksheets of this folder, or the built-in ones.
///
/// # Errors
/// The folder cannot be read.
pub fn library(folder: Option<&Path>) -> Result<SheetLibrary, StartError> {
    match folder {
        Some(folder) => SheetLibrary::of_folder(folder, SheetAudience::OwnLab),
        None => Ok(SheetLibrary::built_in()),
    }
}

fn list(library: &SheetLibrary) -> Result<(), StartError> {
    let widths = library.sheets().iter().map(|sheet| sheet.slug.len());
    let width = widths.max().unwrap_or_default() + 2;
    let mut text = String::new();
    for sheet in library.sheets() {
        let (minutes, title) = (sheet.front.minutes, &sheet.front.title);
        text.push_str(&format!(
            "{:<width$}{minutes:>2} min  {}\n",
            sheet.slug,
            encode::line(title)
        ));
    }
    tell(&text)?;
    let Some(first) = library.mistakes().first() else {
        return Ok(());
    };
    for mistake in library.mistakes() {
        eprintln!("{}", encode::line(&mistake.to_string()));
    }
    let count = library.mistakes().len();
    let text = match count {
        1 => format!("there is a mistake in {}", first.file),
        _ => format!("there are {count} mistakes in the worksheets"),
    };
    Err(StartError::new(text, "labs/README.md describes the format"))
}

fn print(library: &SheetLibrary, flags: &PrintFlags) -> Result<(), StartError> {
    let sheet = library.find(&flags.sheet).ok_or_else(|| {
        let hint = "list them all: session-lab labs";
        StartError::new(format!("there is no worksheet {}", flags.sheet), hint).usage()
    })?;
    let reader = if flags.answers {
        SheetReader::Teacher
    } else {
        SheetReader::Paper
    };
    let values = PlaceholderValues::usual();
    let page = serde_json::json!({
        "front": view::front(sheet, &values, reader),
        "parts": view::parts(sheet, &values, reader),
        "answers": flags.answers,
        "style": assets::print_style(),
    });
    let broken = |error: String| {
        StartError::new(
            format!("the worksheet cannot be rendered: {error}"),
            "please report this line",
        )
    };
    let templates = UnservedPages::parse().map_err(broken)?;
    let html = templates.render("pages/lab/worksheet_print.html", page);
    let html = html.map_err(broken)?;
    say(&pictures::stand_alone(html))
}

fn verify(flags: VerifyFlags) -> Result<(), StartError> {
    let file = flags.report.display().to_string();
    let unreadable = |reason: String| {
        StartError::new(
            format!("cannot read {file}: {reason}"),
            "name the report, a file in Markdown",
        )
    };
    let mut bytes = Vec::new();
    fs::File::open(&flags.report)
        .and_then(|opened| opened.take(LONGEST).read_to_end(&mut bytes))
        .map_err(|error| unreadable(error.to_string()))?;
    let text = byte_order_mark::text(&bytes).map_err(|reason| unreadable(reason.to_string()))?;
    let settings = Settings::load(ServeFlags {
        data_dir: flags.data_dir,
        ..ServeFlags::default()
    })?;
    let key = ServerKey::load(&settings.data_dir, settings.keys.secret_key())?;
    let present = ServerSecrets {
        key,
        token_key: None,
    };
    let earlier = settings.keys.earlier(&settings.data_dir, &present)?;
    let now = BenchTime::now(Duration::ZERO);
    let earlier = earlier.iter().filter(|(_, until)| now < *until);
    let verified_with = |secrets: &ServerSecrets| {
        let key = secrets.derive(WORKSHEETS_LABEL);
        report::verify(text, Codes::new(&key)).map_err(|description| {
            StartError::new(
                format!("{file} is not a report: {description}"),
                "name the Markdown file that the lab made",
            )
        })
    };
    let mut verified = verified_with(&present)?;
    // A report may be older than the lab's present key.
    for (secrets, _) in earlier {
        if !verified.holds() {
            let older = verified_with(secrets)?;
            verified = if older.holds() { older } else { verified };
        }
    }
    let word = |right: bool| if right { "right" } else { "WRONG" };
    // All of these are words of the report, and a student may have written it.
    let shown = |text: &str| encode::line(text).into_owned();
    let mut lines = format!("{} by {}\n", shown(&verified.sheet), shown(&verified.name));
    for (step, right) in &verified.steps {
        lines.push_str(&format!("  {:<40}{}\n", shown(step), word(*right)));
    }
    lines.push_str(&format!(
        "  {:<40}{}\n",
        "the whole report",
        word(verified.whole)
    ));
    tell(&lines)?;
    if verified.holds() {
        return tell("Every code is right: a lab with this key wrote the report as it is.\n");
    }
    let text = format!("{file} was changed, or a lab with another key wrote it");
    let hint = "use the key of the lab that wrote it: --data-dir, SESSION_LAB_SECRET_KEY, or for an earlier \
                SESSION_LAB_SECRET_KEY_FALLBACKS";
    Err(StartError::new(text, hint))
}
