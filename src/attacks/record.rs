//! The record of the attacks that a browser decides: how each cell ended when it last ran, on which
//! day and with which browser. Where no browser is installed, the matrix shows this record and says
//! so.
//!
//! `session-lab matrix --browser --record src/attacks/record.json` writes it. Do not edit it
//! by hand.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::cell::{CellResult, MatrixCell};
use super::{Card, Engine, Outcome, find};
use crate::defences::policy::Variant;

/// How the attacks that a browser decides ended, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BrowserRecord(BTreeMap<String, RecordedRow>);

/// How one attack ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRow {
    /// The day, as in `2026-11-21`.
    pub on: String,
    /// The browser, as in `Chromium 156.0.8078.79`.
    pub with: String,
    cells: BTreeMap<String, RecordedEnd>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RecordedEnd {
    Succeeded,
    Stopped,
}

impl BrowserRecord {
    /// The record that came with this program.
    pub fn stored() -> &'static Self {
        static STORED: OnceLock<BrowserRecord> = OnceLock::new();
        STORED.get_or_init(|| {
            // A record that cannot be read is none: then the matrix says "not run".
            Self::parse(include_str!("record.json")).unwrap_or_default()
        })
    }

    /// Reads a record in the form of its file.
    ///
    /// # Errors
    /// The text is no record.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Replaces the rows of the attacks that a browser has just run. The other rows stay.
    pub fn update(&mut self, cells: &[MatrixCell], on: &str, with: &str) {
        let decided = |cell: &&MatrixCell| {
            let attack = find(cell.attack);
            attack.is_some_and(|attack| attack.card().engine == Engine::Browser)
        };
        let mut rows: BTreeMap<String, RecordedRow> = BTreeMap::new();
        for cell in cells.iter().filter(decided) {
            let CellResult::Ran(outcome) = &cell.result else {
                continue;
            };
            let ending = match outcome.succeeded() {
                true => RecordedEnd::Succeeded,
                false => RecordedEnd::Stopped,
            };
            let row = rows
                .entry(cell.attack.to_owned())
                .or_insert_with(|| RecordedRow {
                    on: on.to_owned(),
                    with: with.to_owned(),
                    cells: BTreeMap::new(),
                });
            row.cells.insert(cell.variant.to_string(), ending);
        }
        self.0.extend(rows);
    }

    /// When and with which browser an attack was run.
    pub fn row(&self, attack: &str) -> Option<&RecordedRow> {
        self.0.get(attack)
    }

    /// How an attack ended against a variant.
    pub fn outcome(&self, card: &Card, variant: Variant) -> Option<Outcome> {
        let ending = self.row(card.name)?.cells.get(&variant.to_string())?;
        Some(match ending {
            RecordedEnd::Succeeded => Outcome::Succeeded(card.evidence.into()),
            RecordedEnd::Stopped => Outcome::Stopped(card.when_stopped.into()),
        })
    }

    /// The record in the form of its file.
    pub fn to_json(&self) -> String {
        // Strings and maps with strings for keys always become JSON.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(attack: &'static str, variant: Variant, result: CellResult) -> MatrixCell {
        MatrixCell {
            attack,
            variant,
            expected: true,
            result,
        }
    }

    #[test]
    fn only_what_a_browser_ran_is_recorded_and_other_rows_stay() {
        let ran = || CellResult::Ran(Outcome::Succeeded("yes".into()));
        let not_asked = || CellResult::NotAsked(Outcome::Succeeded("as before".into()));
        let mut record = BrowserRecord::default();
        record.update(&[cell("csrf-link", Variant::Insecure, ran())], "1", "A");
        let cells = [
            cell("csrf-form", Variant::Insecure, ran()),
            cell("csrf-form", Variant::Hardened, not_asked()),
            cell("fixation", Variant::Insecure, ran()),
        ];
        record.update(&cells, "2", "B");
        let day = |attack| record.row(attack).map(|row| row.on.as_str());
        assert_eq!(day("csrf-link"), Some("1"));
        assert_eq!(day("csrf-form"), Some("2"));
        assert_eq!(day("fixation"), None, "it needs no browser");
        let card = find("csrf-form").expect("it is there").card();
        assert!(record.outcome(card, Variant::Insecure).is_some());
        assert_eq!(record.outcome(card, Variant::Hardened), None);
        assert_eq!(
            BrowserRecord::parse(&record.to_json()).expect("a record"),
            record
        );
    }
}
