//! The numbers in a sheet that follow from the lists of defences and attacks: `{{defences}}` and the
//! like. Adding a defence or an attack changes them in every sheet.
//!
//! They are put in while a sheet is read, so they may also be the number that a step expects or the
//! right answer to a question. Addresses differ from bench to bench: those are in `placeholders.rs`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::attacks::{self, Card, Engine};
use crate::defences::policy::Name;

/// Each number with its placeholder.
static COUNTS: LazyLock<[(&str, usize); 9]> = LazyLock::new(|| {
    let cards: Vec<&Card> = attacks::ALL.iter().map(|attack| attack.card()).collect();
    let http = cards.iter().filter(|card| card.engine == Engine::Http);
    let http: Vec<&Card> = http.copied().collect();
    let defences = Name::ALL.len();
    let fewest = fewest(&http);
    [
        ("{{defences}}", defences),
        ("{{attacks}}", cards.len()),
        ("{{http-attacks}}", http.len()),
        ("{{browser-attacks}}", cards.len() - http.len()),
        ("{{fewest-defences}}", fewest),
        ("{{one-too-many}}", fewest + 1),
        ("{{two-too-many}}", fewest + 2),
        ("{{forced-defences}}", forced(&http).len()),
        ("{{spare-defences}}", defences - fewest),
    ]
});

/// The text with every number put in.
pub fn fill(text: &str) -> String {
    let put = |text: String, (name, number): &(&str, usize)| match text.contains(name) {
        true => text.replace(name, &number.to_string()),
        false => text,
    };
    COUNTS.iter().fold(text.to_owned(), put)
}

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

/// The defences that are the only answer to some attack, with what they need.
fn forced(cards: &[&Card]) -> BTreeSet<Name> {
    let only = cards.iter().filter_map(|card| match card.stopped_by {
        [only] => Some(*only),
        _ => None,
    });
    with_needs(only.flatten().copied())
}

/// The smallest number of strong defences that stop all these attacks.
fn fewest(cards: &[&Card]) -> usize {
    let mut best = Name::ALL.len();
    search(&forced(cards), cards, &mut best);
    best
}

/// Tries each way to stop the first attack that succeeds against `strong`. The forced defences stop
/// all but a few, so few cases are left.
fn search(strong: &BTreeSet<Name>, cards: &[&Card], best: &mut usize) {
    if strong.len() >= *best {
        return;
    }
    let stops = |set: &&[Name]| set.iter().all(|name| strong.contains(name));
    let open = cards.iter().find(|card| !card.stopped_by.iter().any(stops));
    match open {
        None => *best = strong.len(),
        Some(card) => {
            for set in card.stopped_by {
                let more = strong.iter().chain(*set).copied();
                search(&with_needs(more), cards, best);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTACKS: [&[&[Name]]; 4] = [
        &[&[Name::Rotation]],
        &[&[Name::JwtKey, Name::JwtSignature]],
        &[&[Name::JsonOnly], &[Name::CsrfToken]],
        &[&[Name::CsrfToken], &[Name::Rotation]],
    ];

    fn cards() -> [Card; 4] {
        let card = attacks::find("fixation").expect("an attack").card();
        let of = |stopped_by| Card {
            stopped_by,
            ..*card
        };
        ATTACKS.map(of)
    }

    #[test]
    fn the_fewest_defences_are_the_forced_ones_and_the_cheapest_choice() {
        let cards = cards();
        let cards: Vec<&Card> = cards.iter().collect();
        let names = [Name::Rotation, Name::JwtSignature, Name::JwtKey];
        assert_eq!(forced(&cards), with_needs(names));
        // `json-only` would cost two, because it needs `cors`.
        assert_eq!(fewest(&cards), forced(&cards).len() + 1);
    }

    #[test]
    fn numbers_are_put_in_and_other_placeholders_stay() {
        let text = "a = {{defences}} of {{lab}}, {{forced-defences}}";
        let all = Name::ALL.len();
        let filled = fill(text);
        assert!(
            filled.starts_with(&format!("a = {all} of {{{{lab}}}}, ")),
            "{filled}"
        );
        assert!(!filled.contains("{{forced"), "{filled}");
    }
}
