//! `session-lab labs`: lists the worksheets, prints one for paper, and verifies reports.

mod print;
mod verify;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueHint};

pub use self::print::PrintFlags;
pub use self::verify::VerifyFlags;
use crate::base::encode;
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::worksheets::audience::SheetAudience;
use crate::worksheets::library::SheetLibrary;

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

/// Lists the worksheets, prints one, or verifies a report.
///
/// # Errors
/// A worksheet with a mistake, one that does not exist, or a report that is not as a lab wrote it.
pub async fn run(flags: LabsFlags) -> Result<(), StartError> {
    let folder = flags.labs.as_deref();
    match flags.command {
        None => list(&library(folder)?),
        Some(LabsCommand::Print(flags)) => print::run(&library(folder)?, flags).await,
        Some(LabsCommand::Verify(flags)) => verify::run(&library(folder)?, flags),
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
