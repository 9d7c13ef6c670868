//! What a defence is good for: the attacks that its strong arm stops, by what each attack declares,
//! and what the catalogue says of it.

use serde::Serialize;

use crate::attacks::{ALL, Card, Engine};
use crate::defences::policy::{Name, Policy, Variant, resolve};
use crate::worksheets::catalogue::{AREAS, CatalogueRow, TryIt};

/// An attack that a defence stops.
#[derive(Debug, Serialize)]
pub struct Stops {
    name: &'static str,
    title: &'static str,
    /// Whether a browser's rule decides it.
    needs_browser: bool,
    /// The defences that it stops the attack with; none where it does alone.
    with: Vec<&'static str>,
    /// What else would stop the attack: sets of defences.
    or: Vec<Vec<&'static str>>,
    /// Whether the hardened portal without this defence falls to the attack.
    alone_there: bool,
}

/// The attacks that the strong arm of a defence stops, alone or together with others.
pub fn stops(name: Name) -> Vec<Stops> {
    let under = |variant| resolve(variant, &Policy::HARDENED).policy;
    let (only, without) = (under(Variant::Only(name)), under(Variant::Without(name)));
    let cards = ALL.iter().map(|attack| attack.card());
    let mine = cards.filter_map(|card| {
        let with = with(card, name, &only)?;
        let others = card.stopped_by.iter().filter(|set| !set.contains(&name));
        Some(Stops {
            name: card.name,
            title: card.title,
            needs_browser: card.engine == Engine::Browser,
            or: others
                .map(|set| slugs(set))
                .filter(|set| *set != with)
                .collect(),
            with,
            alone_there: card.succeeds_under(&without),
        })
    });
    mine.collect()
}

/// With what else a defence stops an attack; `None` where it has no part in that.
fn with(card: &Card, name: Name, only: &Policy) -> Option<Vec<&'static str>> {
    if let Some(set) = card.stopped_by.iter().find(|set| set.contains(&name)) {
        let others: Vec<Name> = set.iter().copied().filter(|other| *other != name).collect();
        return Some(slugs(&others));
    }
    // It brings along what stops the attack.
    let strong = |set: &&&[Name]| set.iter().all(|other| only.is_strong(*other));
    card.stopped_by.iter().find(strong).map(|set| slugs(set))
}

fn slugs(set: &[Name]) -> Vec<&'static str> {
    set.iter().map(|name| name.slug()).collect()
}

/// A row of the catalogue that names a defence.
#[derive(Debug, Serialize)]
pub struct Shown {
    key: &'static str,
    title: &'static str,
    /// Its area on the page of the catalogue.
    area: &'static str,
    /// What to try: an attack of the matrix, or a page of the lab.
    attack: Option<&'static str>,
    page: Option<&'static str>,
}

/// The rows of the catalogue in which a defence can be tried, or an attack that it stops.
pub fn shown(name: Name) -> Vec<Shown> {
    let attacks: Vec<&str> = stops(name).iter().map(|stopped| stopped.name).collect();
    let about = |row: &&CatalogueRow| {
        row.try_it.iter().any(|way| match way {
            TryIt::Defence(named) => *named == name,
            TryIt::Attack(attack) => attacks.contains(attack),
            _ => false,
        })
    };
    let rows = AREAS
        .iter()
        .flat_map(|area| area.rows.iter().filter(about).map(|row| (area.slug, row)));
    let view = |(area, row): (&'static str, &'static CatalogueRow)| Shown {
        key: row.key,
        title: row.title,
        area,
        attack: row.try_it.iter().find_map(|way| match way {
            TryIt::Attack(attack) => Some(*attack),
            _ => None,
        }),
        page: row.try_it.iter().find_map(|way| match way {
            TryIt::Page(path) => Some(*path),
            _ => None,
        }),
    };
    rows.map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: Name, attack: &str) -> Stops {
        let mut all = stops(name).into_iter();
        all.find(|stops| stops.name == attack).expect(attack)
    }

    #[test]
    fn rotation_alone_stops_fixation_and_nothing_else_does() {
        let fixation = found(Name::Rotation, "fixation");
        assert!(fixation.with.is_empty() && fixation.or.is_empty() && fixation.alone_there);
    }

    #[test]
    fn what_a_defence_brings_along_is_named() {
        // `host-prefix` does not work without `secure`, so it brings it along.
        let stopped = found(Name::HostPrefix, "secure-cookie-over-http");
        assert_eq!(stopped.with, ["secure"]);
        assert_eq!(stopped.or, [["transport"]]);
    }

    #[test]
    fn where_several_defences_stop_an_attack_none_is_necessary() {
        let forged = found(Name::CsrfToken, "csrf-form");
        assert_eq!(forged.or, [["request-origin"], ["same-site"]]);
        assert!(!forged.alone_there);
    }

    #[test]
    fn every_defence_stops_an_attack_or_has_a_row_in_the_catalogue() {
        for name in Name::ALL {
            let good = !stops(*name).is_empty() || !shown(*name).is_empty();
            assert!(good, "{}", name.slug());
        }
    }
}
