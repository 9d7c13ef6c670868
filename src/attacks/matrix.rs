//! The matrix: every attack against every variant, run and compared with the rule.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::JoinSet;

use super::record::Record;
use super::scenario::{ProbedDefences, Scenario, Target};
use super::{ALL, Attack, Engine, Outcome};
use crate::base::bench_name::BenchName;
use crate::defences::policy::{Name, Policy, Variant, resolve};
use crate::session::bench::RUN_PREFIX;

/// How many attacks run side by side: the portal does the work, and it has the same cores.
const SIDE_BY_SIDE: usize = 2;

/// What became of one cell.
#[derive(Clone, Debug)]
pub enum Found {
    /// The attack ran.
    Ran(Outcome),
    /// The switch of this variant was not asked when the attack ran against the variant's base, so
    /// the answer is that of the base. `--all` runs the cell all the same.
    NotAsked(Outcome),
    /// It needs a browser and was not run. This is how it ended when the record was made.
    Recorded(Outcome),
    /// It needs a browser and was not run, and there is no record of it.
    NotRun,
    /// The attack could not be tried to its end.
    Broken(String),
}

/// One attack against one variant.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The attack's name.
    pub attack: &'static str,
    /// The variant.
    pub variant: Variant,
    /// What the rule says: whether the attack succeeds.
    pub expected: bool,
    /// What happened.
    pub found: Found,
}

impl Cell {
    /// How the attack ended, as far as that is known.
    pub const fn outcome(&self) -> Option<&Outcome> {
        match &self.found {
            Found::Ran(outcome) | Found::NotAsked(outcome) | Found::Recorded(outcome) => {
                Some(outcome)
            }
            Found::NotRun | Found::Broken(_) => None,
        }
    }

    /// Whether the attack succeeded, as far as that is known.
    pub fn succeeded(&self) -> Option<bool> {
        self.outcome().map(Outcome::succeeded)
    }

    /// Whether nothing that happened speaks against the rule.
    pub fn agrees(&self) -> bool {
        match self.succeeded() {
            Some(succeeded) => succeeded == self.expected,
            None => matches!(self.found, Found::NotRun),
        }
    }
}

/// Which cells to run.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// These attacks, or all.
    pub attacks: Option<Vec<&'static str>>,
    /// These variants, or all but `custom`.
    pub variants: Option<Vec<Variant>>,
    /// Run cells whose switch was never asked, too.
    pub all: bool,
}

impl Wish {
    /// Whether nothing is left out, so that what belongs beside the matrix is shown, too.
    pub fn is_whole(&self) -> bool {
        self.attacks.is_none() && self.variants.is_none()
    }
}

/// Every variant of the matrix: insecure and hardened first, because the others build on them.
pub fn variants() -> Vec<Variant> {
    Variant::all()
        .filter(|variant| *variant != Variant::Custom)
        .collect()
}

/// The number of cells that a wish asks for.
pub fn size(wish: &Wish) -> usize {
    let attacks = wish.attacks.as_ref().map_or(ALL.len(), Vec::len);
    attacks
        * wish
            .variants
            .as_ref()
            .map_or_else(|| variants().len(), Vec::len)
}

/// Runs the cells of a wish, row by row, and hands each to `done` as soon as it is there.
pub async fn run(target: &Target, wish: &Wish, mut done: impl FnMut(Cell)) {
    let chosen = ALL.iter().copied().filter(|attack| {
        wish.attacks
            .as_ref()
            .is_none_or(|names| names.contains(&attack.card().name))
    });
    let mut rows = chosen.map(|attack| Row {
        attack,
        target: target.clone(),
        variants: wish.variants.clone().unwrap_or_else(variants),
        all: wish.all,
    });
    let (tell, mut told) = tokio::sync::mpsc::channel(64);
    let mut running = JoinSet::new();
    for row in rows.by_ref().take(SIDE_BY_SIDE) {
        running.spawn(row.run(tell.clone()));
    }
    loop {
        tokio::select! {
            Some(cell) = told.recv() => done(cell),
            ended = running.join_next() => match (ended, rows.next()) {
                (Some(_), Some(row)) => { running.spawn(row.run(tell.clone())); }
                (Some(_), None) => {}
                (None, _) => break,
            },
        }
    }
    while let Ok(cell) = told.try_recv() {
        done(cell);
    }
}

/// One attack against all variants.
struct Row {
    attack: &'static dyn Attack,
    target: Target,
    variants: Vec<Variant>,
    all: bool,
}

impl Row {
    /// Whether it needs a browser that is not there.
    fn lacks_browser(&self) -> bool {
        self.attack.card().engine == Engine::Browser && self.target.browser.is_none()
    }

    async fn run(self, tell: tokio::sync::mpsc::Sender<Cell>) {
        let mut bases: Vec<(Variant, Outcome, ProbedDefences)> = Vec::new();
        for variant in self.variants.iter().copied() {
            let policy = resolve(variant, &Policy::INSECURE);
            let switches = switches_of(variant, &policy.moved);
            let known = bases.iter().find(|(base, _, asked)| {
                Some(*base) == base_of(variant)
                    && !switches
                        .iter()
                        .any(|name| asked.asked.iter().any(|slug| slug == name.slug()))
            });
            let found = match known {
                _ if self.lacks_browser() => self.recorded(variant),
                Some((_, outcome, _)) if !self.all => Found::NotAsked(outcome.clone()),
                _ => {
                    let (found, asked) = self.cell(variant).await;
                    if let (Found::Ran(outcome), Some(asked)) = (&found, asked) {
                        bases.push((variant, outcome.clone(), asked));
                    }
                    found
                }
            };
            let expected = self.attack.card().succeeds_under(&policy.policy);
            let cell = Cell {
                attack: self.attack.card().name,
                variant,
                expected,
                found,
            };
            if tell.send(cell).await.is_err() {
                return;
            }
        }
    }

    fn recorded(&self, variant: Variant) -> Found {
        let outcome = Record::stored().outcome(self.attack.card(), variant);
        outcome.map_or(Found::NotRun, Found::Recorded)
    }

    async fn cell(&self, variant: Variant) -> (Found, Option<ProbedDefences>) {
        let scenario = Scenario::new(self.target.clone(), throw_away_name(), variant);
        let found = match self.attack.run(&scenario).await {
            Ok(outcome) => Found::Ran(outcome),
            Err(error) => Found::Broken(error.to_string()),
        };
        // Without the set the variants that build on this one are run, too.
        (found, scenario.clear_away().await.ok())
    }
}

/// The switches in which a variant differs from its base.
fn switches_of(variant: Variant, moved: &[Name]) -> Vec<Name> {
    match variant {
        Variant::Without(name) | Variant::Only(name) => [&[name], moved].concat(),
        Variant::Insecure | Variant::Hardened | Variant::Custom => Vec::new(),
    }
}

fn base_of(variant: Variant) -> Option<Variant> {
    match variant {
        Variant::Without(_) => Some(Variant::Hardened),
        Variant::Only(_) => Some(Variant::Insecure),
        Variant::Insecure | Variant::Hardened | Variant::Custom => None,
    }
}

/// The name of a bench that nobody else uses and that is thrown away.
pub fn throw_away_name() -> BenchName {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut random = [0; 6];
    // A name that is not random is still a name of this process; another lab may have it too.
    let _ = getrandom::fill(&mut random);
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let count = COUNT.fetch_add(1, Ordering::Relaxed) % 1_000_000;
    // Invariant: the prefix, twelve hexadecimal digits and up to six digits fit into 32 characters.
    format!("{RUN_PREFIX}{random}-{count}")
        .parse()
        .expect("a good name")
}
