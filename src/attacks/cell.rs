//! One cell of the matrix: one attack against one variant, what the rule expects, and what
//! happened.
//!
//! The two are kept apart on purpose. The expectation comes from the card, and the result from a
//! run; a cell is a proof only where both agree.

use super::attack::Outcome;
use crate::defences::policy::Variant;

/// What happened in a cell.
#[derive(Clone, Debug)]
pub enum CellResult {
    /// The attack ran.
    Ran(Outcome),
    /// The attack did not run, because it cannot end differently than against the variant's base:
    /// while it ran there, nothing asked for the one switch in which the two differ. `--all` runs
    /// such a cell as well, and the tests do.
    NotAsked(Outcome),
    /// The attack needs a browser and did not run. This is how it ended when the record was made.
    Recorded(Outcome),
    /// The attack needs a browser and did not run, and the record does not have it.
    NotRun,
    /// The attack could not be tried to its end. It counts as a disagreement, because nothing was
    /// proved.
    Broken(String),
}

/// One attack against one variant.
#[derive(Clone, Debug)]
pub struct MatrixCell {
    /// The attack's name.
    pub attack: &'static str,
    /// The variant.
    pub variant: Variant,
    /// Whether the attack succeeds by the rule.
    pub expected: bool,
    /// What happened.
    pub result: CellResult,
}

impl MatrixCell {
    /// How the attack ended, as far as that is known.
    pub const fn outcome(&self) -> Option<&Outcome> {
        match &self.result {
            CellResult::Ran(outcome)
            | CellResult::NotAsked(outcome)
            | CellResult::Recorded(outcome) => Some(outcome),
            CellResult::NotRun | CellResult::Broken(_) => None,
        }
    }

    /// Whether the attack succeeded, as far as that is known.
    pub fn succeeded(&self) -> Option<bool> {
        self.outcome().map(Outcome::succeeded)
    }

    /// Whether nothing that happened contradicts the rule. An attack that did not run contradicts
    /// nothing, and one that broke does: otherwise a portal that answers 500 to everything would
    /// pass.
    pub fn agrees(&self) -> bool {
        match self.succeeded() {
            Some(succeeded) => succeeded == self.expected,
            None => matches!(self.result, CellResult::NotRun),
        }
    }
}
