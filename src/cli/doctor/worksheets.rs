//! The teacher's own worksheets: whether the start can read each of them.

use std::path::Path;

use super::finding::Finding;
use crate::app::settings::{Reach, Settings};
use crate::worksheets::audience::SheetAudience;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::mistake::Mistake;

const TOPIC: &str = "worksheets";

/// How many mistakes are shown.
const SHOWN: usize = 5;

/// The sheets of `--labs`; nothing where the built-in ones are used.
pub fn look(settings: &Settings) -> Vec<Finding> {
    let Some(folder) = &settings.labs else {
        return Vec::new();
    };
    let audience = SheetAudience::of(matches!(settings.reach, Reach::Class { .. }));
    match SheetLibrary::of_folder(folder, audience) {
        Ok(library) => of_library(&library, folder),
        Err(error) => vec![Finding::bad(TOPIC, error.message, error.hint)],
    }
}

fn of_library(library: &SheetLibrary, folder: &Path) -> Vec<Finding> {
    let (mistakes, folder) = (library.mistakes(), folder.display());
    let left_out = |mistake: &Mistake| {
        let found = format!("the start leaves out what has a mistake: {mistake}");
        Finding::careful(TOPIC, found, "labs/README.md describes the format")
    };
    let mut findings: Vec<_> = mistakes.iter().take(SHOWN).map(left_out).collect();
    if let Some(more) = mistakes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let found = format!("{more} more mistakes");
        findings.push(Finding::careful(
            TOPIC,
            found,
            "see all: session-lab labs --labs FOLDER",
        ));
    }
    findings.push(match library.sheets().len() {
        0 => Finding::careful(
            TOPIC,
            format!("no worksheet of {folder} can be used"),
            "correct the mistakes, or leave --labs out",
        ),
        count => Finding::good(TOPIC, format!("{count} of {folder} can be used")),
    });
    findings
}
