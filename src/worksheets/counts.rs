//! The numbers in a sheet that follow from the lists of defences and attacks: `{{defences}}` and the
//! like. Adding a defence or an attack changes them in every sheet.
//!
//! They are put in while a sheet is read, so they may also be the number that a step expects or the
//! right answer to a question. Addresses differ from bench to bench: those are in `placeholders.rs`.

use std::sync::LazyLock;

use crate::attacks::threat_model::BUDGET;
use crate::attacks::{self, Engine};
use crate::defences::policy::{Name, Policy};
use crate::defences::price;

/// Each number with its placeholder.
static COUNTS: LazyLock<[(&str, usize); 6]> = LazyLock::new(|| {
    let cards = attacks::ALL.iter().map(|attack| attack.card());
    let http = cards.filter(|card| card.engine == Engine::Http).count();
    let all = attacks::ALL.len();
    let coins = |price: u32| usize::try_from(price).unwrap_or_default();
    [
        ("{{defences}}", Name::ALL.len()),
        ("{{attacks}}", all),
        ("{{http-attacks}}", http),
        ("{{browser-attacks}}", all - http),
        ("{{budget}}", coins(BUDGET)),
        (
            "{{price-of-all}}",
            coins(price::of_policy(&Policy::HARDENED)),
        ),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_put_in_and_other_placeholders_stay() {
        let text = "a = {{defences}} of {{lab}}, {{budget}}";
        let all = Name::ALL.len();
        let filled = fill(text);
        assert!(
            filled.starts_with(&format!("a = {all} of {{{{lab}}}}, ")),
            "{filled}"
        );
        assert!(!filled.contains("{{budget"), "{filled}");
    }
}
