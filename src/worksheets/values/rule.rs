//! What a sheet declares of a value: its name, and what it may be.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde::Deserialize;

use crate::defences::jwt_key::WORDS;
use crate::session::bench::given_values::JWT_WORD;

/// The longest text of a value, in characters.
const LONGEST: usize = 40;

/// A value that is drawn for each student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRule {
    name: String,
    choices: ValueChoices,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ValueChoices {
    /// A whole number.
    Between {
        range: RangeInclusive<u64>,
        paper: u64,
    },
    /// One of these texts; the first is on paper.
    OneOf(Vec<String>),
    /// One of these rows, each with the same fields; the first is on paper.
    Rows(Vec<BTreeMap<String, String>>),
    /// The word of the weak `jwt-key`: the portal changes with it.
    JwtWord,
}

/// A rule as it is written in front matter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawRule {
    name: String,
    between: Option<(u64, u64)>,
    paper: Option<u64>,
    one_of: Option<Vec<RawChoice>>,
    #[serde(default)]
    of_the_portal: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum RawChoice {
    Text(String),
    Row(BTreeMap<String, RawField>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum RawField {
    Text(String),
    Whole(u64),
    Decimal(f64),
}

impl RawField {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Whole(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
        }
    }
}

/// The rules in a front matter.
///
/// # Errors
/// What is wrong with one. That the front matter is none is not among it: no rules are found there.
pub fn declared(front: &str) -> Result<Vec<ValueRule>, String> {
    #[derive(Deserialize)]
    struct OnlyRules {
        #[serde(default)]
        value: Vec<RawRule>,
    }
    let only: Option<OnlyRules> = toml::from_str(front).ok();
    let rules: Vec<_> = only
        .map(|only| only.value)
        .unwrap_or_default()
        .into_iter()
        .map(ValueRule::read)
        .collect::<Result<_, _>>()?;
    let names: BTreeSet<_> = rules.iter().map(ValueRule::name).collect();
    match names.len() == rules.len() {
        true => Ok(rules),
        false => Err("two values have one name".into()),
    }
}

impl ValueRule {
    /// Reads a rule.
    fn read(raw: RawRule) -> Result<Self, String> {
        let name = raw.name;
        let wrong = |what: &str| Err(format!("the value {name}: {what}"));
        let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
        if name.is_empty() || !name.chars().all(is_name) {
            return wrong("a name has small letters and hyphens");
        }
        if raw.of_the_portal != (name == JWT_WORD) {
            return wrong("of-the-portal belongs to jwt-word, and to no other");
        }
        let choices = match (raw.between, raw.one_of, raw.of_the_portal) {
            (Some((from, to)), None, false) => {
                let range = from..=to;
                match raw.paper {
                    Some(paper) if from < to && range.contains(&paper) => {
                        ValueChoices::Between { range, paper }
                    }
                    _ => return wrong("paper says a number between the two, which differ"),
                }
            }
            (None, Some(choices), false) => match one_of(choices) {
                Ok(choices) => choices,
                Err(what) => return wrong(what),
            },
            (None, None, true) => ValueChoices::JwtWord,
            _ => return wrong("it has either between or one-of"),
        };
        if raw.paper.is_some() && !matches!(choices, ValueChoices::Between { .. }) {
            return wrong("paper belongs to between; elsewhere the first one is on paper");
        }
        Ok(Self { name, choices })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the portal itself changes with it.
    pub fn is_the_portals(&self) -> bool {
        self.choices == ValueChoices::JwtWord
    }

    /// The value on paper.
    pub fn on_paper(&self) -> String {
        match &self.choices {
            ValueChoices::Between { paper, .. } => paper.to_string(),
            _ => self.choice(0),
        }
    }

    /// The value that these bytes draw.
    pub fn draw(&self, bytes: &[u8; 32]) -> String {
        let [a, b, c, d, e, f, g, h, ..] = *bytes;
        let number = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        match &self.choices {
            ValueChoices::Between { range, .. } => {
                let width = (range.end() - range.start()).saturating_add(1);
                (range.start() + number % width).to_string()
            }
            _ => {
                let count = self.count() as u64;
                // What is left of a division by a small number always fits.
                self.choice(usize::try_from(number % count.max(1)).unwrap_or_default())
            }
        }
    }

    /// Whether this is a value of the rule. What a desk sent is looked at by it.
    pub fn accepts(&self, value: &str) -> bool {
        match &self.choices {
            ValueChoices::Between { range, .. } => value
                .parse()
                .is_ok_and(|number: u64| range.contains(&number) && number.to_string() == value),
            _ => (0..self.count()).any(|at| self.choice(at) == value),
        }
    }

    /// The placeholders of this value, each with what it becomes.
    pub fn placeholders<'v>(&'v self, value: &'v str) -> Vec<(String, &'v str)> {
        let name = &self.name;
        let ValueChoices::Rows(rows) = &self.choices else {
            return vec![(format!("{{{{value:{name}}}}}"), value)];
        };
        let row = rows.iter().find(|row| spelled(row) == value);
        row.into_iter()
            .flatten()
            .map(|(field, text)| (format!("{{{{value:{name}.{field}}}}}"), text.as_str()))
            .collect()
    }

    fn count(&self) -> usize {
        match &self.choices {
            ValueChoices::Between { .. } => 0,
            ValueChoices::OneOf(texts) => texts.len(),
            ValueChoices::Rows(rows) => rows.len(),
            ValueChoices::JwtWord => WORDS.len(),
        }
    }

    fn choice(&self, at: usize) -> String {
        let found = match &self.choices {
            ValueChoices::Between { .. } => None,
            ValueChoices::OneOf(texts) => texts.get(at).cloned(),
            ValueChoices::Rows(rows) => rows.get(at).map(spelled),
            ValueChoices::JwtWord => WORDS.get(at).map(|word| (*word).to_owned()),
        };
        found.unwrap_or_default()
    }
}

/// A row as one text: `keys one million, seconds 14`.
fn spelled(row: &BTreeMap<String, String>) -> String {
    let fields = row.iter().map(|(field, text)| format!("{field} {text}"));
    fields.collect::<Vec<_>>().join(", ")
}

/// Values become parts of commands: letters, digits and little more.
fn is_harmless(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-');
    (1..=LONGEST).contains(&text.len()) && text.chars().all(allowed)
}

fn one_of(choices: Vec<RawChoice>) -> Result<ValueChoices, &'static str> {
    let (mut texts, mut rows) = (Vec::new(), Vec::new());
    for choice in choices {
        match choice {
            RawChoice::Text(text) => texts.push(text),
            RawChoice::Row(row) => {
                let row = row.into_iter().map(|(field, value)| (field, value.text()));
                rows.push(row.collect::<BTreeMap<_, _>>());
            }
        }
    }
    let fields = rows.iter().flat_map(BTreeMap::values);
    if !texts.iter().chain(fields).all(|text| is_harmless(text)) {
        return Err("it has letters, digits, spaces, dots and hyphens, 40 at most");
    }
    let (choices, all): (_, Vec<String>) = match (texts.is_empty(), rows.is_empty()) {
        (false, true) => (ValueChoices::OneOf(texts.clone()), texts),
        (true, false) => {
            let alike = |row: &BTreeMap<String, String>| row.keys().eq(rows[0].keys());
            if !rows.iter().all(alike) {
                return Err("each row has the same fields");
            }
            let all = rows.iter().map(spelled).collect();
            (ValueChoices::Rows(rows), all)
        }
        _ => return Err("one-of has texts or rows"),
    };
    let different: BTreeSet<_> = all.iter().collect();
    match different.len() == all.len() && all.len() > 1 {
        true => Ok(choices),
        false => Err("one-of has two or more, and they differ"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(rest: &str) -> Result<ValueRule, String> {
        let rules = declared(&format!("[[value]]\nname = \"a\"\n{rest}"))?;
        Ok(rules[0].clone())
    }

    #[test]
    fn every_choice_is_drawn_and_accepted_and_no_other() {
        for (rest, count) in [
            ("between = [3, 7]\npaper = 5", 5),
            ("one-of = [\"x\", \"y\", \"z\"]", 3),
            (
                "one-of = [{ n = 1, w = \"one\" }, { n = 2.5, w = \"more\" }]",
                2,
            ),
        ] {
            let rule = rule(rest).expect("a rule");
            let drawn: BTreeSet<_> = (0..=255).map(|byte| rule.draw(&[byte; 32])).collect();
            assert_eq!(drawn.len(), count, "{rest}: {drawn:?}");
            assert!(drawn.contains(&rule.on_paper()), "{rest}");
            assert!(drawn.iter().all(|value| rule.accepts(value)), "{drawn:?}");
            for other in ["", "2", "8", "+5", "w", "$(id)"] {
                assert!(!rule.accepts(other), "{rest}: {other}");
            }
        }
    }

    #[test]
    fn a_rule_that_cannot_be_kept_is_refused() {
        for (rest, why) in [
            ("", "either between or one-of"),
            (
                "between = [1, 2]\npaper = 1\none-of = [\"x\", \"y\"]",
                "either",
            ),
            ("between = [3, 3]\npaper = 3", "which differ"),
            ("between = [1, 3]\npaper = 4", "between the two"),
            ("one-of = [\"x\"]", "two or more"),
            ("one-of = [\"x\", \"x\"]", "they differ"),
            ("one-of = [\"x\", \"$(id)\"]", "letters, digits"),
            ("one-of = [\"x\", { n = 1 }]", "texts or rows"),
            ("one-of = [{ n = 1 }, { m = 1 }]", "the same fields"),
            ("one-of = [\"x\", \"y\"]\npaper = 1", "first one"),
            ("of-the-portal = true", "jwt-word"),
        ] {
            let refused = rule(rest).expect_err(rest);
            assert!(refused.contains(why), "{rest}: {refused}");
        }
        let twice = "[[value]]\nname = \"a\"\none-of = [\"x\", \"y\"]\n".repeat(2);
        assert!(declared(&twice).is_err());
    }

    #[test]
    fn the_portals_word_is_one_of_the_weak_arms_list() {
        let front = "[[value]]\nname = \"jwt-word\"\nof-the-portal = true\n";
        let rule = &declared(front).expect("a rule")[0];
        assert!(rule.is_the_portals());
        let drawn: BTreeSet<_> = (0..=255).map(|byte| rule.draw(&[byte; 32])).collect();
        assert_eq!(drawn, WORDS.map(str::to_owned).into());
    }
}
