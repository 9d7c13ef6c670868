//! The record of the attacks that a browser decides: how each cell ended when it last ran in each
//! browser, and on which day. Where no browser runs, the matrix shows this record and says so.
//!
//! A rule of browsers is a fact about a version on a day. `SameSite`, the limits of a jar and the
//! back/forward cache changed several times, and will again. So the record names both, and keeps
//! the browsers apart: where they differ, the difference is the lesson.
//!
//! `session-lab matrix --browser chromium --record src/attacks/record.json` writes it, and the same
//! with `firefox`. Do not edit it by hand: an entry that nobody ran would be a claim without a
//! proof.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::cell::{CellResult, MatrixCell};
use super::{Card, Engine, Outcome, find};
use crate::defences::policy::Variant;

/// How the attacks that a browser decides ended, by their names and by the names of the browsers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BrowserRecord(BTreeMap<String, BTreeMap<String, RecordedRun>>);

/// How one attack ended in one browser. The texts are not stored: a card's own words tell what
/// success and failure mean, and they may be improved later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRun {
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

    /// Replaces what a browser has just run. The other attacks and the other browsers stay, with
    /// their own days.
    pub fn update(&mut self, cells: &[MatrixCell], on: &str, with: &str) {
        let decided = |cell: &&MatrixCell| {
            let attack = find(cell.attack);
            attack.is_some_and(|attack| attack.card().engine == Engine::Browser)
        };
        // `with` begins with the browser's name.
        let browser = with.split(' ').next().unwrap_or_default().to_lowercase();
        let mut runs: BTreeMap<String, RecordedRun> = BTreeMap::new();
        for cell in cells.iter().filter(decided) {
            // Only what has just run. A cell that was skipped or taken from the record would get a
            // new day for an old fact.
            let CellResult::Ran(outcome) = &cell.result else {
                continue;
            };
            let ending = match outcome.succeeded() {
                true => RecordedEnd::Succeeded,
                false => RecordedEnd::Stopped,
            };
            let run = runs
                .entry(cell.attack.to_owned())
                .or_insert_with(|| RecordedRun {
                    on: on.to_owned(),
                    with: with.to_owned(),
                    cells: BTreeMap::new(),
                });
            run.cells.insert(cell.variant.to_string(), ending);
        }
        for (attack, run) in runs {
            let attack = self.0.entry(attack).or_default();
            attack.insert(browser.clone(), run);
        }
    }

    /// When and with which browsers an attack was run, Chromium first.
    pub fn runs(&self, attack: &str) -> Vec<&RecordedRun> {
        let runs = self.0.get(attack).into_iter().flatten();
        runs.map(|(_, run)| run).collect()
    }

    /// How an attack ended against a variant, in the first browser that has run it. `None` where no
    /// browser has: that is not "stopped".
    pub fn outcome(&self, card: &Card, variant: Variant) -> Option<Outcome> {
        let runs = self.runs(card.name).into_iter();
        let mut outcomes = runs.filter_map(|run| run.outcome(card, variant));
        outcomes.next()
    }

    /// Whether the browsers disagree on an attack. Then the browser's engine decides and not the
    /// policy alone, and a portal must not rely on the stricter one.
    pub fn differs(&self, attack: &str) -> bool {
        let runs = self.runs(attack);
        runs.iter().any(|run| {
            let cells = run.cells.iter();
            let mut others = cells.flat_map(|(variant, ending)| {
                let others = runs.iter().filter_map(|other| other.cells.get(variant));
                others.map(move |other| other != ending)
            });
            others.any(|differs| differs)
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

impl RecordedRun {
    /// How the attack ended against a variant.
    pub fn outcome(&self, card: &Card, variant: Variant) -> Option<Outcome> {
        let ending = self.cells.get(&variant.to_string())?;
        Some(match ending {
            RecordedEnd::Succeeded => Outcome::Succeeded(card.evidence.into()),
            RecordedEnd::Stopped => Outcome::Stopped(card.when_stopped.into()),
        })
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
    fn only_what_a_browser_ran_is_taken_in_and_other_runs_stay() {
        let ran = || CellResult::Ran(Outcome::Succeeded("yes".into()));
        let not_asked = || CellResult::NotAsked(Outcome::Succeeded("as before".into()));
        let mut record = BrowserRecord::default();
        record.update(
            &[cell("csrf-link", Variant::Insecure, ran())],
            "1",
            "Chromium 1",
        );
        let cells = [
            cell("csrf-form", Variant::Insecure, ran()),
            cell("csrf-form", Variant::Hardened, not_asked()),
            cell("fixation", Variant::Insecure, ran()),
        ];
        record.update(&cells, "2", "Chromium 2");
        let days = |attack| -> Vec<&str> {
            let runs = record.runs(attack).into_iter();
            runs.map(|run| run.on.as_str()).collect()
        };
        assert_eq!(days("csrf-link"), ["1"]);
        assert_eq!(days("csrf-form"), ["2"]);
        assert_eq!(days("fixation"), [""; 0], "it needs no browser");
        let card = find("csrf-form").expect("it is there").card();
        assert!(record.outcome(card, Variant::Insecure).is_some());
        assert_eq!(record.outcome(card, Variant::Hardened), None);
        assert_eq!(
            BrowserRecord::parse(&record.to_json()).expect("a record"),
            record
        );
    }

    #[test]
    fn each_browser_has_a_run_of_its_own_and_a_difference_is_noticed() {
        let ended = |outcome| {
            [cell(
                "csrf-form",
                Variant::Insecure,
                CellResult::Ran(outcome),
            )]
        };
        let mut record = BrowserRecord::default();
        record.update(&ended(Outcome::Succeeded("yes".into())), "1", "Firefox 1");
        record.update(&ended(Outcome::Succeeded("yes".into())), "2", "Chromium 2");
        let with: Vec<&str> = record
            .runs("csrf-form")
            .iter()
            .map(|run| run.with.as_str())
            .collect();
        assert_eq!(with, ["Chromium 2", "Firefox 1"]);
        assert!(!record.differs("csrf-form"));
        record.update(&ended(Outcome::Stopped("no".into())), "3", "Firefox 3");
        assert!(record.differs("csrf-form"));
    }
}
