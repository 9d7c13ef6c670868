//! The record of the attacks that a browser decides: how each cell ended when it was last run, on
//! which day and with which browser. Where no browser runs, the matrix shows this, and says so.
//!
//! It is written by `session-lab matrix --browser --all --record src/attacks/record.json` and never
//! by hand.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::matrix::{Cell, Found};
use super::{Card, Engine, Outcome, find};
use crate::policy::Variant;

/// How the cells of the browser's attacks ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The day, as in `2026-11-21`.
    pub on: String,
    /// The browser, as in `Chromium 156.0.8078.79`.
    pub with: String,
    /// For each attack, how it ended against each variant that was run.
    cells: BTreeMap<String, BTreeMap<String, Ending>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Ending {
    Succeeded,
    Stopped,
}

impl Record {
    /// The record that came with this program.
    pub fn stored() -> &'static Self {
        static STORED: OnceLock<Record> = OnceLock::new();
        STORED.get_or_init(|| {
            // A record that cannot be read is none: then the matrix says "not run".
            serde_json::from_str(include_str!("record.json")).unwrap_or_default()
        })
    }

    /// What these cells, run by a browser on a day, leave for the record.
    pub fn of(cells: &[Cell], on: String, with: String) -> Self {
        let mut record = Self {
            on,
            with,
            ..Self::default()
        };
        for cell in cells {
            let decided = |attack: &dyn super::Attack| attack.card().engine == Engine::Browser;
            let Found::Ran(outcome) = &cell.found else {
                continue;
            };
            if find(cell.attack).is_some_and(decided) {
                let ending = match outcome.succeeded() {
                    true => Ending::Succeeded,
                    false => Ending::Stopped,
                };
                let row = record.cells.entry(cell.attack.to_owned()).or_default();
                row.insert(cell.variant.to_string(), ending);
            }
        }
        record
    }

    /// How an attack ended against a variant.
    pub fn outcome(&self, card: &Card, variant: Variant) -> Option<Outcome> {
        let ending = self.cells.get(card.name)?.get(&variant.to_string())?;
        Some(match ending {
            Ending::Succeeded => Outcome::Succeeded(card.evidence.into()),
            Ending::Stopped => Outcome::Stopped(card.stopped_says.into()),
        })
    }

    /// The record as the file that it is kept in.
    pub fn to_json(&self) -> String {
        // Strings and maps with strings for keys always become JSON.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}
