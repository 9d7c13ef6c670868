//! The matrix: every attack against every variant, run and compared with the rule.
//!
//! The rule ([`Card::succeeds_under`](super::Card::succeeds_under)) predicts each cell from the
//! sets that the attack's card declares. The run shows whether it is right. A cell that disagrees
//! means that a card is wrong or that a defence does not do what it says.
//!
//! Two columns tell what a defence is worth. `only-X` shows what it stops alone. `without-X` shows
//! whether anything else stops the same attack. Where an attack is stopped in both, there is
//! defence in depth. Where it is stopped in `only-X` and succeeds in `without-X`, X is a single
//! point of failure.

use tokio::task::JoinSet;

use super::cell::{CellResult, MatrixCell};
use super::record::BrowserRecord;
use super::scenario::{ProbedDefences, Scenario, TargetLab};
use super::{ALL, Attack, Engine, Outcome};
use crate::base::bench_name::BenchName;
use crate::defences::policy::{Name, Policy, Variant, resolve};
use crate::session::bench::run_name;

/// How many attacks run side by side: the portal does the work, and it has the same cores.
const SIDE_BY_SIDE: usize = 2;

/// Which cells to run.
#[derive(Clone, Debug, Default)]
pub struct MatrixSelection {
    /// These attacks, or all.
    pub attacks: Option<Vec<&'static str>>,
    /// These variants, or all but `custom`.
    pub variants: Option<Vec<Variant>>,
    /// Run also the cells whose switch was never asked. The tests do: a cell that is skipped is a
    /// claim, and a claim needs a run.
    pub all: bool,
}

impl MatrixSelection {
    /// Whether no attack and no variant is left out. Then the costs are measured as well.
    pub fn covers_all(&self) -> bool {
        self.attacks.is_none() && self.variants.is_none()
    }
}

/// Every variant of the matrix: insecure and hardened first, because the others build on them.
pub fn variants() -> Vec<Variant> {
    Variant::all()
        .filter(|variant| *variant != Variant::Custom)
        .collect()
}

/// The number of cells in a selection.
pub fn size(selection: &MatrixSelection) -> usize {
    let attacks = selection.attacks.as_ref().map_or(ALL.len(), Vec::len);
    attacks
        * selection
            .variants
            .as_ref()
            .map_or_else(|| variants().len(), Vec::len)
}

/// Runs the cells of a selection, row by row, and passes each to `done` as soon as it has ended.
pub async fn run(
    target: &TargetLab,
    selection: &MatrixSelection,
    mut done: impl FnMut(MatrixCell),
) {
    let chosen = ALL.iter().copied().filter(|attack| {
        selection
            .attacks
            .as_ref()
            .is_none_or(|names| names.contains(&attack.card().name))
    });
    // Rows are begun in the order of the course, so the first cells that a reader sees are those of
    // the first worksheets.
    let mut rows = chosen.map(|attack| AttackCells {
        attack,
        target: target.clone(),
        variants: selection.variants.clone().unwrap_or_else(variants),
        all: selection.all,
    });
    let (sender, mut receiver) = tokio::sync::mpsc::channel(64);
    let mut running = JoinSet::new();
    for row in rows.by_ref().take(SIDE_BY_SIDE) {
        running.spawn(row.run(sender.clone()));
    }
    loop {
        tokio::select! {
            Some(cell) = receiver.recv() => done(cell),
            ended = running.join_next() => match (ended, rows.next()) {
                (Some(_), Some(row)) => { running.spawn(row.run(sender.clone())); }
                (Some(_), None) => {}
                (None, _) => break,
            },
        }
    }
    while let Ok(cell) = receiver.try_recv() {
        done(cell);
    }
}

/// One attack against all variants of the selection. Its cells run one after the other, because a
/// cell may be decided by the base that ran before it.
struct AttackCells {
    attack: &'static dyn Attack,
    target: TargetLab,
    variants: Vec<Variant>,
    all: bool,
}

impl AttackCells {
    /// Whether the attack needs a browser and there is none.
    fn lacks_browser(&self) -> bool {
        self.attack.card().engine == Engine::Browser && self.target.browser.is_none()
    }

    async fn run(self, sender: tokio::sync::mpsc::Sender<MatrixCell>) {
        // What ran so far and was a base: its outcome, and the switches that the portal asked for
        // meanwhile.
        let mut bases: Vec<(Variant, Outcome, ProbedDefences)> = Vec::new();
        for variant in self.variants.iter().copied() {
            let policy = resolve(variant, &Policy::INSECURE);
            let switches = switches_of(variant, &policy.moved);
            // A variant differs from its base in a few switches. Where the base ran and nothing
            // asked for any of them, the portal cannot have behaved differently, and the outcome is
            // known without a run.
            let known = bases.iter().find(|(base, _, asked)| {
                Some(*base) == base_of(variant)
                    && !switches
                        .iter()
                        .any(|name| asked.asked.iter().any(|slug| slug == name.slug()))
            });
            let result = match known {
                // Without a browser nothing is imitated: the cell shows the record of a real run,
                // or that there is none.
                _ if self.lacks_browser() => self.recorded(variant),
                Some((_, outcome, _)) if !self.all => CellResult::NotAsked(outcome.clone()),
                _ => {
                    let (result, asked) = self.run_cell(variant).await;
                    if let (CellResult::Ran(outcome), Some(asked)) = (&result, asked) {
                        bases.push((variant, outcome.clone(), asked));
                    }
                    result
                }
            };
            // The rule's answer, from the policy that is really in force: with the switches that
            // moved along.
            let expected = self.attack.card().succeeds_under(&policy.policy);
            let cell = MatrixCell {
                attack: self.attack.card().name,
                variant,
                expected,
                result,
            };
            if sender.send(cell).await.is_err() {
                return;
            }
        }
    }

    // How the attack ended in a real browser when the record was made.
    fn recorded(&self, variant: Variant) -> CellResult {
        let outcome = BrowserRecord::stored().outcome(self.attack.card(), variant);
        outcome.map_or(CellResult::NotRun, CellResult::Recorded)
    }

    // Runs one cell on a bench of its name, and deletes the bench. An error is neither success nor
    // defence, and the cell shows it as broken.
    async fn run_cell(&self, variant: Variant) -> (CellResult, Option<ProbedDefences>) {
        let scenario = Scenario::new(self.target.clone(), throw_away_name(), variant);
        let result = match self.attack.run(&scenario).await {
            Ok(outcome) => CellResult::Ran(outcome),
            Err(error) => CellResult::Broken(error.to_string()),
        };
        // Where the set is missing, the variants that build on this one are run as well.
        (result, scenario.delete_bench().await.ok())
    }
}

/// The switches in which a variant differs from its base: the one in its name, and those that moved
/// along.
fn switches_of(variant: Variant, moved: &[Name]) -> Vec<Name> {
    match variant {
        Variant::Without(name) | Variant::Only(name) => [&[name], moved].concat(),
        Variant::Insecure | Variant::Hardened | Variant::Custom => Vec::new(),
    }
}

// The variant from which another one differs by one switch: what `without-` weakens is hardened,
// what `only-` strengthens is insecure.
fn base_of(variant: Variant) -> Option<Variant> {
    match variant {
        Variant::Without(_) => Some(Variant::Hardened),
        Variant::Only(_) => Some(Variant::Insecure),
        Variant::Insecure | Variant::Hardened | Variant::Custom => None,
    }
}

/// The name of a bench that nobody else uses and that is thrown away afterwards.
pub fn throw_away_name() -> BenchName {
    run_name()
}
