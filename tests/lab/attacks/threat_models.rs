//! The threat models of sheet 14: their attacks exist, the budget is far below the price of everything,
//! and there is more than one good answer.

use std::collections::BTreeSet;

use session_lab::attacks;
use session_lab::attacks::threat_model::{BUDGET, MODELS, ThreatModel};
use session_lab::defences::policy::{Name, Policy};
use session_lab::defences::price;

/// These defences, with all that they need.
fn with_needs(defences: impl IntoIterator<Item = Name>) -> BTreeSet<Name> {
    let mut all = BTreeSet::new();
    let mut open: Vec<Name> = defences.into_iter().collect();
    while let Some(name) = open.pop() {
        if all.insert(name) {
            open.extend(name.lesson().needs);
        }
    }
    all
}

/// Every mix that stops all attacks of a model, and stops being one without any of its defences.
fn answers(model: &ThreatModel) -> Vec<BTreeSet<Name>> {
    let mut mixes = BTreeSet::from([BTreeSet::new()]);
    for name in model.attacks {
        let card = attacks::find(name).expect("an attack").card();
        let longer = mixes.iter().flat_map(|mix: &BTreeSet<Name>| {
            let sets = card.stopped_by.iter();
            sets.map(|set| with_needs(mix.iter().chain(*set).copied()))
        });
        mixes = longer.collect();
    }
    let smaller = |mix: &BTreeSet<Name>| {
        let others = mixes.iter();
        others
            .filter(|other| *other != mix)
            .all(|other| !other.is_subset(mix))
    };
    let minimal = mixes.iter().filter(|mix| smaller(mix));
    minimal.cloned().collect()
}

fn coins(mix: &BTreeSet<Name>) -> u32 {
    mix.iter().map(|name| name.price().coins()).sum()
}

#[test]
fn a_budget_permits_several_answers_and_not_everything() {
    assert!(price::of_policy(&Policy::HARDENED) > 2 * BUDGET);
    for model in MODELS {
        let affordable = answers(model)
            .into_iter()
            .filter(|mix| coins(mix) <= BUDGET);
        let affordable: Vec<_> = affordable.collect();
        assert!(
            affordable.len() >= 10,
            "{}: {}",
            model.name,
            affordable.len()
        );
        let prices: BTreeSet<u32> = affordable.iter().map(coins).collect();
        assert!(prices.len() > 2, "{}: {prices:?}", model.name);
        // Something is left for a second answer.
        let cheapest = prices.first().expect("a price");
        assert!(cheapest + 5 <= BUDGET, "{}: {cheapest}", model.name);
    }
}

/// What the teacher's notes of sheet 14 say of the numbers.
#[test]
fn the_teachers_notes_tell_how_many_answers_there_are() {
    let sheet = include_str!("../../../labs/14-harden-it.md");
    for model in MODELS {
        let all = answers(model);
        let lowest = all.iter().map(coins).min().expect("an answer");
        let highest = all.iter().map(coins).max().expect("an answer");
        let says = format!("{} coins", highest);
        let range = format!("for {lowest} to {highest}");
        assert!(sheet.contains(&all.len().to_string()), "{}", model.name);
        assert!(sheet.contains(&range), "{}: {range}, {says}", model.name);
    }
}

#[test]
fn every_attack_of_a_model_is_one_and_is_named_once() {
    for model in MODELS {
        let named: BTreeSet<_> = model.attacks.iter().collect();
        assert_eq!(named.len(), model.attacks.len(), "{}", model.name);
        for name in model.attacks {
            assert!(attacks::find(name).is_some(), "{}: {name}", model.name);
        }
        assert!(!model.attackers.is_empty() && !model.excluded.is_empty());
    }
}
