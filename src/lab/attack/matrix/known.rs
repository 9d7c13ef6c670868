//! What is known of a cell, and from where: a run on this bench, the record of real browsers, or
//! only what the attack's card says.

use std::collections::HashMap;

use serde::Serialize;

use crate::attacks::cell::{CellResult, MatrixCell};
use crate::attacks::record::BrowserRecord;
use crate::attacks::{Card, Engine};
use crate::defences::policy::{Policy, Variant, resolve};

/// From where a cell is known. The best source is the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The attack's card says so, and nothing was run.
    Card,
    /// A real browser ran it when the record was made.
    Record,
    /// It was run on this bench.
    Run,
}

/// How a cell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownEnd {
    pub succeeds: bool,
    pub source: Source,
    /// Whether it contradicts the card.
    pub is_mismatch: bool,
    /// Whether the recorded browsers disagree.
    pub engines_differ: bool,
}

/// What is known of all cells.
pub struct KnownCells<'r>(HashMap<(&'static str, Variant), &'r MatrixCell>);

impl<'r> KnownCells<'r> {
    pub fn new(run: &'r [MatrixCell]) -> Self {
        Self(
            run.iter()
                .map(|cell| ((cell.attack, cell.variant), cell))
                .collect(),
        )
    }

    /// The cell of the run.
    pub fn run(&self, card: &Card, variant: Variant) -> Option<&'r MatrixCell> {
        self.0.get(&(card.name, variant)).copied()
    }

    /// How an attack ends against a variant.
    pub fn end(&self, card: &Card, variant: Variant) -> KnownEnd {
        let expected = card.succeeds_under(&resolve(variant, &Policy::INSECURE).policy);
        let run = self.run(card, variant);
        if let Some(cell) = run.filter(|cell| is_run(cell)) {
            return KnownEnd {
                succeeds: cell.succeeded().unwrap_or(expected),
                source: Source::Run,
                is_mismatch: !cell.agrees(),
                engines_differ: false,
            };
        }
        let recorded = recorded(card, variant);
        match recorded.first() {
            Some(end) => KnownEnd {
                succeeds: *end,
                source: Source::Record,
                is_mismatch: *end != expected,
                engines_differ: recorded.iter().any(|other| other != end),
            },
            None => KnownEnd {
                succeeds: expected,
                source: Source::Card,
                is_mismatch: false,
                engines_differ: false,
            },
        }
    }
}

/// Whether something was run for this cell, here and now.
fn is_run(cell: &MatrixCell) -> bool {
    matches!(
        cell.result,
        CellResult::Ran(_) | CellResult::NotAsked(_) | CellResult::Broken(_)
    )
}

/// How each recorded browser ended, Chromium first.
fn recorded(card: &Card, variant: Variant) -> Vec<bool> {
    if card.engine == Engine::Http {
        return Vec::new();
    }
    let runs = BrowserRecord::stored().runs(card.name).into_iter();
    let ends = runs.filter_map(|run| run.outcome(card, variant));
    ends.map(|outcome| outcome.succeeded()).collect()
}
