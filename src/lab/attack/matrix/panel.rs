//! One cell of the heat map, with why it is as it is. It has an address, so it needs no script and
//! can be linked to.

use rocket::http::Status;
use serde::Serialize;

use super::effect::DefenceEffect;
use super::heat_map::group_of;
use super::known::{KnownCells, Source};
use crate::attacks::record::BrowserRecord;
use crate::attacks::{Card, Engine, find};
use crate::defences::policy::{Name, Policy, Variant, resolve};
use crate::lab::attack::card::CardView;
use crate::web::problem::Problem;

/// A cell by its address: `fixation.rotation`, or `fixation.hardened`.
#[derive(Clone, Copy, Debug)]
pub struct CellAddress {
    pub card: &'static Card,
    pub column: CellColumn,
}

/// A column of the heat map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellColumn {
    Side(Variant),
    Defence(Name),
}

impl CellAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// There is no such attack or column.
    pub fn parse(address: &str) -> Result<Self, Problem> {
        let parsed = || {
            let (attack, column) = address.split_once('.')?;
            let card = find(attack)?.card();
            let column = match column {
                "insecure" => CellColumn::Side(Variant::Insecure),
                "hardened" => CellColumn::Side(Variant::Hardened),
                slug => {
                    let mut all = Name::ALL.iter().copied();
                    CellColumn::Defence(all.find(|name| name.slug() == slug)?)
                }
            };
            Some(Self { card, column })
        };
        parsed().ok_or_else(|| {
            let because = "A cell is an attack, a dot, and a defence, insecure or hardened.";
            let next = "Take one from the table on this page's address without ?cell=.";
            Problem::new(Status::NotFound, "There is no such cell", because, next)
        })
    }

    /// The variants that the cell is about.
    pub fn variants(self) -> Vec<Variant> {
        match self.column {
            CellColumn::Side(variant) => vec![variant],
            CellColumn::Defence(name) => vec![Variant::Only(name), Variant::Without(name)],
        }
    }
}

/// The panel of a cell.
#[derive(Serialize)]
pub struct CellPanel {
    address: String,
    card: CardView,
    /// The attack's group, to narrow the table to.
    group: Option<String>,
    column: &'static str,
    /// The defence, unless the column is a side.
    defence: Option<PanelDefence>,
    kind: &'static str,
    /// The verdict in a sentence.
    verdict: String,
    sides: Vec<PanelSide>,
    is_mismatch: bool,
}

#[derive(Serialize)]
struct PanelDefence {
    slug: &'static str,
    title: &'static str,
    protects: &'static str,
}

/// One variant of the cell.
#[derive(Serialize)]
struct PanelSide {
    variant: String,
    /// What the variant is.
    policy: String,
    succeeds: bool,
    engines_differ: bool,
    is_mismatch: bool,
    source: Source,
    /// The evidence, or what happened instead.
    message: String,
    recorded: Vec<PanelRecord>,
}

#[derive(Serialize)]
struct PanelRecord {
    with: &'static str,
    on: &'static str,
    succeeded: bool,
}

impl CellPanel {
    pub fn new(cell: CellAddress, known: &KnownCells<'_>) -> Self {
        let CellAddress { card, column } = cell;
        let sides: Vec<PanelSide> = cell
            .variants()
            .into_iter()
            .map(|variant| side(card, variant, known))
            .collect();
        let (kind, verdict, slug, defence) = match column {
            CellColumn::Side(variant) => {
                let end = known.end(card, variant);
                let (kind, word) = match (end.engines_differ, end.succeeds) {
                    (true, _) => ("mixed", "The browsers differ"),
                    (false, true) => ("weak", "The attack succeeds"),
                    (false, false) => ("strong", "The attack is stopped"),
                };
                let slug = match variant {
                    Variant::Hardened => "hardened",
                    _ => "insecure",
                };
                (kind, format!("{word} against {slug}."), slug, None)
            }
            CellColumn::Defence(name) => {
                let alone = known.end(card, Variant::Only(name));
                let without = known.end(card, Variant::Without(name));
                let effect = DefenceEffect::of(card, name, !alone.succeeds, without.succeeds);
                let lesson = name.lesson();
                let defence = PanelDefence {
                    slug: name.slug(),
                    title: lesson.title,
                    protects: lesson.protects,
                };
                let verdict = format!("{} {}.", name.slug(), effect.in_words());
                (effect.kind(), verdict, name.slug(), Some(defence))
            }
        };
        Self {
            address: format!("{}.{slug}", card.name),
            group: group_of(card).map(|group| group.slug()),
            card: CardView::of(card),
            column: slug,
            defence,
            kind,
            verdict,
            is_mismatch: sides.iter().any(|side| side.is_mismatch),
            sides,
        }
    }
}

fn side(card: &Card, variant: Variant, known: &KnownCells<'_>) -> PanelSide {
    let end = known.end(card, variant);
    let run = known.run(card, variant).and_then(|cell| cell.outcome());
    let by_card = if end.succeeds {
        card.evidence
    } else {
        card.when_stopped
    };
    let runs = BrowserRecord::stored().runs(card.name).into_iter();
    let recorded = runs.filter(|_| card.engine == Engine::Browser);
    PanelSide {
        variant: variant.to_string(),
        policy: policy(variant),
        succeeds: end.succeeds,
        engines_differ: end.engines_differ,
        is_mismatch: end.is_mismatch,
        source: end.source,
        message: match (end.source, run) {
            (Source::Run, Some(outcome)) => outcome.message().to_owned(),
            _ => by_card.to_owned(),
        },
        recorded: recorded
            .filter_map(|run| {
                Some(PanelRecord {
                    with: &run.with,
                    on: &run.on,
                    succeeded: run.outcome(card, variant)?.succeeded(),
                })
            })
            .collect(),
    }
}

/// What is strong and what is weak in a variant, in words.
fn policy(variant: Variant) -> String {
    let moved = resolve(variant, &Policy::INSECURE).moved;
    let moved: Vec<&str> = moved.iter().map(|name| name.slug()).collect();
    let along = match moved.is_empty() {
        true => String::new(),
        false => format!(" (and {}, which moves along)", moved.join(", ")),
    };
    match variant {
        Variant::Insecure => "Every defence is weak.".into(),
        Variant::Hardened => "Every defence is strong.".into(),
        Variant::Custom => "Your own mix.".into(),
        Variant::Only(name) => format!("Only {} is strong{along}.", name.slug()),
        Variant::Without(name) => format!("Only {} is weak{along}.", name.slug()),
    }
}
