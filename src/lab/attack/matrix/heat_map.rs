//! The heat map: attacks in rows, defences in columns, both in the groups of the course. A cell has
//! a colour where the defence does something to the attack.

use serde::Serialize;

use super::effect::DefenceEffect;
use super::known::{KnownCells, Source};
use crate::attacks::record::BrowserRecord;
use crate::attacks::{ALL, Card, Engine};
use crate::defences::policy::{Name, Variant};
use crate::lab::defence_groups::DefenceGroup;

/// Which rows are shown.
#[derive(Clone, Debug, Default)]
pub struct HeatMapFilter {
    /// The slug of a group.
    pub group: Option<String>,
    /// A part of a name or title, of the attack or of a defence that stops it.
    pub text: Option<String>,
}

/// The heat map.
#[derive(Serialize)]
pub struct HeatMap {
    columns: Vec<HeatMapColumns>,
    groups: Vec<HeatMapRows>,
    /// How many columns the table has.
    width: usize,
    shown: usize,
    of: usize,
}

/// The columns of a group of defences.
#[derive(Serialize)]
struct HeatMapColumns {
    title: &'static str,
    defences: Vec<ColumnHead>,
}

#[derive(Clone, Copy, Serialize)]
struct ColumnHead {
    slug: &'static str,
    title: &'static str,
}

/// The attacks of a group.
#[derive(Serialize)]
struct HeatMapRows {
    title: &'static str,
    slug: String,
    rows: Vec<HeatMapRow>,
}

#[derive(Serialize)]
struct HeatMapRow {
    name: &'static str,
    title: &'static str,
    /// Against all weak arms, and against all strong ones.
    sides: [SideCell; 2],
    cells: Vec<HeatMapCell>,
    /// The browsers and the day, where the record decides.
    recorded: Option<String>,
}

/// An attack against `insecure` or `hardened`.
#[derive(Serialize)]
struct SideCell {
    variant: String,
    kind: &'static str,
    word: &'static str,
    source: Source,
    is_mismatch: bool,
}

/// An attack and a defence.
#[derive(Serialize)]
struct HeatMapCell {
    defence: &'static str,
    effect: DefenceEffect,
    kind: &'static str,
    description: &'static str,
    source: Source,
    is_mismatch: bool,
}

/// The group of an attack: that of the defence that its card names first.
pub fn group_of(card: &Card) -> Option<DefenceGroup> {
    let first = card.stopped_by.first()?.first()?;
    DefenceGroup::all().find(|group| group.defences.contains(first))
}

impl HeatMapFilter {
    fn fits(&self, card: &Card) -> bool {
        let has = |text: &str, wanted: &str| text.to_lowercase().contains(wanted);
        let in_group = self
            .group
            .as_ref()
            .is_none_or(|wanted| group_of(card).is_some_and(|group| group.slug() == *wanted));
        let named = self.text.as_ref().is_none_or(|wanted| {
            let wanted = wanted.trim().to_lowercase();
            let stops = card.stopped_by.iter().copied().flatten();
            has(card.name, &wanted)
                || has(card.title, &wanted)
                || stops.into_iter().any(|name| has(name.slug(), &wanted))
        });
        in_group && named
    }
}

impl HeatMap {
    /// The rows that fit, with the columns that have an effect in them.
    pub fn new(filter: &HeatMapFilter, known: &KnownCells<'_>) -> Self {
        let cards: Vec<&'static Card> = ALL.iter().map(|attack| attack.card()).collect();
        let fitting: Vec<&'static Card> = cards
            .iter()
            .copied()
            .filter(|card| filter.fits(card))
            .collect();
        // The whole map has every defence, also one that stops none of these attacks.
        let is_shown = |name: &Name| {
            fitting.len() == cards.len()
                || fitting
                    .iter()
                    .any(|card| cell(known, card, *name).effect != DefenceEffect::None)
        };
        let shown: Vec<Name> = Name::ALL.iter().copied().filter(is_shown).collect();
        let columns = DefenceGroup::all().map(|group| HeatMapColumns {
            title: group.title,
            defences: group
                .defences
                .iter()
                .filter(|name| shown.contains(name))
                .map(|name| ColumnHead {
                    slug: name.slug(),
                    title: name.lesson().title,
                })
                .collect(),
        });
        let groups = DefenceGroup::all().map(|group| HeatMapRows {
            title: group.title,
            slug: group.slug(),
            rows: fitting
                .iter()
                .filter(|card| group_of(card) == Some(group))
                .map(|card| row(known, card, &shown))
                .collect(),
        });
        Self {
            columns: columns.filter(|group| !group.defences.is_empty()).collect(),
            groups: groups.filter(|group| !group.rows.is_empty()).collect(),
            width: shown.len() + 3,
            shown: fitting.len(),
            of: cards.len(),
        }
    }
}

fn row(known: &KnownCells<'_>, card: &'static Card, shown: &[Name]) -> HeatMapRow {
    HeatMapRow {
        name: card.name,
        title: card.title,
        sides: [Variant::Insecure, Variant::Hardened].map(|variant| side(known, card, variant)),
        cells: shown.iter().map(|name| cell(known, card, *name)).collect(),
        recorded: recorded(card),
    }
}

fn side(known: &KnownCells<'_>, card: &Card, variant: Variant) -> SideCell {
    let end = known.end(card, variant);
    SideCell {
        variant: variant.to_string(),
        kind: match (end.engines_differ, end.succeeds) {
            (true, _) => "mixed",
            (false, true) => "weak",
            (false, false) => "strong",
        },
        word: match (end.engines_differ, end.succeeds) {
            (true, _) => "differs",
            (false, true) => "succeeds",
            (false, false) => "stopped",
        },
        source: end.source,
        is_mismatch: end.is_mismatch,
    }
}

fn cell(known: &KnownCells<'_>, card: &Card, name: Name) -> HeatMapCell {
    let alone = known.end(card, Variant::Only(name));
    let without = known.end(card, Variant::Without(name));
    let effect = DefenceEffect::of(card, name, !alone.succeeds, without.succeeds);
    HeatMapCell {
        defence: name.slug(),
        effect,
        kind: effect.kind(),
        description: effect.in_words(),
        source: alone.source.min(without.source),
        is_mismatch: alone.is_mismatch || without.is_mismatch,
    }
}

/// `Chromium 156.0, Firefox 153.0, 2026-11-30`, where a browser decides.
pub fn recorded(card: &Card) -> Option<String> {
    let runs = BrowserRecord::stored().runs(card.name);
    if card.engine == Engine::Http || runs.is_empty() {
        return None;
    }
    let mut days: Vec<&str> = runs.iter().map(|run| run.on.as_str()).collect();
    days.dedup();
    let short = |with: &str| {
        let (browser, version) = with.split_once(' ').unwrap_or((with, ""));
        format!(
            "{browser} {}",
            version.split('.').next().unwrap_or_default()
        )
    };
    let with: Vec<String> = runs.iter().map(|run| short(&run.with)).collect();
    Some(format!("{}, {}", with.join(" and "), days.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attack_is_in_a_group_and_every_defence_is_a_column() {
        let known = KnownCells::new(&[]);
        let map = HeatMap::new(&HeatMapFilter::default(), &known);
        let rows: usize = map.groups.iter().map(|group| group.rows.len()).sum();
        assert_eq!((rows, map.shown, map.of), (ALL.len(), ALL.len(), ALL.len()));
        assert_eq!(map.width, Name::ALL.len() + 3);
    }

    #[test]
    fn a_filter_leaves_the_columns_that_matter_to_its_rows() {
        let filter = HeatMapFilter {
            group: Some("tokens".into()),
            text: Some("None".into()),
        };
        let map = HeatMap::new(&filter, &KnownCells::new(&[]));
        assert!(map.shown > 0 && map.shown < 5, "{}", map.shown);
        let heads = map.columns.iter().flat_map(|group| &group.defences);
        assert!(heads.clone().any(|head| head.slug == "jwt-none"));
        assert!(heads.count() < 10);
    }
}
