//! The values of a sheet that each student has for themselves: an amount, a word, a number to work out.
//!
//! A sheet declares them in its front matter ([`rule`]) and uses them as `{{value:NAME}}`. They are put
//! in before a sheet is read, so a command, an expected event and a right answer agree. Whoever copies
//! an answer has the one of another student.
//!
//! | who | has |
//! |---|---|
//! | a student in a class | what the desk drew for them, from a key that never leaves it |
//! | any other bench | what its lab draws, from its own key: the same at every start |
//! | paper | one fixed set |
//!
//! Read [`rule`] next, then [`crate::worksheets::library`], which reads a sheet once for each set.

pub mod rule;

use sha2::{Digest, Sha256};

use self::rule::ValueRule;
use super::codes::Codes;
use crate::session::bench::Bench;

/// The rules of a sheet, each with the value that was chosen by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetValues(Vec<(ValueRule, String)>);

impl SheetValues {
    /// The values of these rules. What `choose` does not say, or may not, is the value on paper.
    pub fn choose(
        rules: impl IntoIterator<Item = ValueRule>,
        choose: impl Fn(&ValueRule) -> Option<String>,
    ) -> Self {
        let chosen = rules.into_iter().map(|rule| {
            let value = choose(&rule).filter(|value| rule.accepts(value));
            let value = value.unwrap_or_else(|| rule.on_paper());
            (rule, value)
        });
        Self(chosen.collect())
    }

    /// The same rules with other values.
    #[must_use]
    pub fn anew(&self, choose: impl Fn(&ValueRule) -> Option<String>) -> Self {
        Self::choose(self.0.iter().map(|(rule, _)| rule.clone()), choose)
    }

    /// Whether the sheet has no values.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each rule and its value.
    pub fn iter(&self) -> impl Iterator<Item = (&ValueRule, &str)> {
        self.0.iter().map(|(rule, value)| (rule, value.as_str()))
    }

    /// The text with every value put in.
    pub fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (rule, value) in self.iter() {
            for (placeholder, field) in rule.placeholders(value) {
                text = text.replace(&placeholder, field);
            }
        }
        text
    }

    /// Eight hexadecimal digits that are equal for equal values of a sheet. A report carries them: they
    /// say whose values it was made with, and do not spell an answer out.
    pub fn mark(&self, sheet: &str) -> String {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        };
        add(sheet);
        for (rule, value) in self.iter() {
            add(rule.name());
            add(value);
        }
        let hash = hash.finalize();
        hash[..4].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The value of a rule on a bench: what a class gave, or else what the lab draws.
pub fn of_bench(bench: &Bench, sheet: &str, rule: &ValueRule) -> Option<String> {
    let given = bench.given_values();
    let given = given.get(sheet, rule.name());
    if let Some(given) = given.filter(|given| rule.accepts(given)) {
        return Some(given.to_owned());
    }
    let codes = Codes::new(bench.keys().worksheets());
    of_lab(codes, bench.name().as_str(), sheet, rule)
}

/// What a lab draws for a bench by itself. The portal's own value it does not draw: without a class the
/// portal's word is the one that the source and the pages name.
pub fn of_lab(codes: Codes<'_>, bench: &str, sheet: &str, rule: &ValueRule) -> Option<String> {
    (!rule.is_the_portals()).then(|| rule.draw(&codes.of_value(bench, sheet, rule.name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(front: &str, chosen: &str) -> SheetValues {
        let rules = rule::declared(front).expect("rules");
        SheetValues::choose(rules, |_| Some(chosen.to_owned()))
    }

    const AMOUNT: &str = "[[value]]\nname = \"amount\"\nbetween = [11, 20]\npaper = 15\n";

    #[test]
    fn a_value_is_put_in_wherever_it_is_named_and_a_foreign_one_is_not() {
        let text = "amount={{value:amount}} {{value:other}} {{lab}}";
        let filled = "amount=12 {{value:other}} {{lab}}";
        assert_eq!(values(AMOUNT, "12").fill(text), filled);
        for foreign in ["10", "21", "012", "12; rm -r /", ""] {
            assert!(values(AMOUNT, foreign).fill(text).contains("amount=15"));
        }
    }

    #[test]
    fn the_fields_of_a_row_come_together() {
        let rows = "[[value]]\nname = \"speed\"\n\
                    one-of = [{ keys = \"one million\", seconds = 14 }, { keys = \"two million\", seconds = 7 }]\n";
        let text = "{{value:speed.keys}}: {{value:speed.seconds}}";
        assert_eq!(values(rows, "").fill(text), "one million: 14");
        let other = values(rows, "keys two million, seconds 7");
        assert_eq!(other.fill(text), "two million: 7");
        assert_ne!(other.mark("10-x"), values(rows, "").mark("10-x"));
        assert_ne!(other.mark("10-x"), other.mark("11-x"));
        assert_eq!(other.mark("10-x").len(), 8);
    }

    #[test]
    fn a_lab_draws_for_each_bench_and_sheet_and_not_for_the_portal() {
        let rule = &rule::declared(&AMOUNT.replace("20", "9999")).expect("a rule")[0];
        let codes = Codes::new(&[7; 32]);
        let drawn = |bench, sheet| of_lab(codes, bench, sheet, rule).expect("a value");
        assert_eq!(drawn("local", "05-x"), drawn("local", "05-x"));
        assert_ne!(drawn("local", "05-x"), drawn("team-7", "05-x"));
        assert_ne!(drawn("local", "05-x"), drawn("local", "19-x"));
        let word = "[[value]]\nname = \"jwt-word\"\nof-the-portal = true\n";
        let word = &rule::declared(word).expect("a rule")[0];
        assert_eq!(of_lab(codes, "local", "12-x", word), None);
        assert_eq!(word.on_paper(), "secret");
    }
}
