//! `session-lab labs`: lists the worksheets, prints one for paper, and verifies reports.

mod verify;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueHint};

use crate::base::encode;
use crate::base::print::{say, tell};
use crate::base::start_error::StartError;
use crate::web::assets;
use crate::web::templates::UnservedPages;
use crate::worksheets::audience::SheetAudience;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::pictures;
use crate::worksheets::placeholders::PlaceholderValues;
use crate::worksheets::view;
use crate::worksheets::view::SheetReader;

pub use verify::VerifyFlags;

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
    /// Verify the codes of a report, or of every report in a folder; no lab needs to run
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

/// Lists the worksheets, prints one, or verifies a report.
///
/// # Errors
/// A worksheet with a mistake, one that does not exist, or a report that is not as a lab wrote it.
pub fn run(flags: LabsFlags) -> Result<(), StartError> {
    let folder = flags.labs.as_deref();
    match flags.command {
        None => list(&library(folder)?),
        Some(LabsCommand::Print(print)) => self::print(&library(folder)?, &print),
        Some(LabsCommand::Verify(verify)) => verify::run(verify),
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
