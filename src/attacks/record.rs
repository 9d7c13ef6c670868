//! The record of the attacks that a browser decides: how each cell ended when it was last run, on
//! which day and with which browser. Where no browser runs, the matrix shows this, and says so.
//!
//! It is written by `session-lab matrix --browser --record src/attacks/record.json` and never by
//! hand.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::matrix::{Cell, Found};
use super::{Card, Engine, Outcome, find};
use crate::defences::policy::Variant;

/// How the attacks that a browser decides ended, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(BTreeMap<String, Row>);

/// How one attack ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The day, as in `2026-11-21`.
    pub on: String,
    /// The browser, as in `Chromium 156.0.8078.79`.
    pub with: String,
    cells: BTreeMap<String, Ending>,
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
            Self::parse(include_str!("record.json")).unwrap_or_default()
        })
    }

    /// A record as it stands in its file.
    ///
    /// # Errors
    /// It is no record.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Takes in what was run by a browser on a day. Attacks that were not run stay as they are.
    pub fn take_in(&mut self, cells: &[Cell], on: &str, with: &str) {
        let decided = |cell: &&Cell| {
            let attack = find(cell.attack);
            attack.is_some_and(|attack| attack.card().engine == Engine::Browser)
        };
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for cell in cells.iter().filter(decided) {
            let Found::Ran(outcome) = &cell.found else {
                continue;
            };
            let ending = match outcome.succeeded() {
                true => Ending::Succeeded,
                false => Ending::Stopped,
            };
            let row = rows.entry(cell.attack.to_owned()).or_insert_with(|| Row {
                on: on.to_owned(),
                with: with.to_owned(),
                cells: BTreeMap::new(),
            });
            row.cells.insert(cell.variant.to_string(), ending);
        }
        self.0.extend(rows);
    }

    /// When and with which browser an attack was run.
    pub fn row(&self, attack: &str) -> Option<&Row> {
        self.0.get(attack)
    }

    /// How an attack ended against a variant.
    pub fn outcome(&self, card: &Card, variant: Variant) -> Option<Outcome> {
        let ending = self.row(card.name)?.cells.get(&variant.to_string())?;
        Some(match ending {
            Ending::Succeeded => Outcome::Succeeded(card.evidence.into()),
            Ending::Stopped => Outcome::Stopped(card.when_stopped.into()),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(attack: &'static str, variant: Variant, found: Found) -> Cell {
        Cell {
            attack,
            variant,
            expected: true,
            found,
        }
    }

    #[test]
    fn only_what_a_browser_ran_is_taken_in_and_other_rows_stay() {
        let ran = || Found::Ran(Outcome::Succeeded("yes".into()));
        let not_asked = || Found::NotAsked(Outcome::Succeeded("as before".into()));
        let mut record = Record::default();
        record.take_in(&[cell("csrf-link", Variant::Insecure, ran())], "1", "A");
        let cells = [
            cell("csrf-form", Variant::Insecure, ran()),
            cell("csrf-form", Variant::Hardened, not_asked()),
            cell("fixation", Variant::Insecure, ran()),
        ];
        record.take_in(&cells, "2", "B");
        let day = |attack| record.row(attack).map(|row| row.on.as_str());
        assert_eq!(day("csrf-link"), Some("1"));
        assert_eq!(day("csrf-form"), Some("2"));
        assert_eq!(day("fixation"), None, "it needs no browser");
        let card = find("csrf-form").expect("it is there").card();
        assert!(record.outcome(card, Variant::Insecure).is_some());
        assert_eq!(record.outcome(card, Variant::Hardened), None);
        assert_eq!(Record::parse(&record.to_json()).expect("a record"), record);
    }
}
