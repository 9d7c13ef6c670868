//! Whether a step was done: the events that it expects, found in the journal in their order.
//!
//! Nothing that a student types counts as proof, only what the server saw. Where an attempt does
//! not count, the page says why.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::events::{self, Facts};
use super::sheet::Step;
use crate::policy::Variant;

/// How many comparisons one check may cost. A journal of thousands of events with many sessions
/// could otherwise make a step with many unknowns slow.
const MOST_COMPARISONS: usize = 400_000;

/// One expected event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    event: String,
    fields: Vec<(String, Pattern)>,
    not_yet: String,
    but: Vec<But>,
}

/// An attempt that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
struct But {
    fields: Vec<(String, Pattern)>,
    says: String,
}

/// What a field must be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// One of these texts.
    Is(Vec<String>),
    /// A text that begins so.
    Begins(String),
    /// Not there.
    Absent,
    /// Anything the first time, and the same from then on.
    Same(String),
    /// Anything but that.
    Other(String),
}

/// What the unknowns of a step stand for.
type Bound = BTreeMap<String, String>;

/// An expectation as it stands in a sheet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RawExpectation {
    event: String,
    not_yet: String,
    #[serde(default)]
    but: Vec<RawBut>,
    #[serde(flatten)]
    fields: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize)]
struct RawBut {
    says: String,
    #[serde(flatten)]
    fields: BTreeMap<String, toml::Value>,
}

impl Pattern {
    fn read(value: &toml::Value) -> Result<Self, String> {
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(_) | toml::Value::Boolean(_) => {
                return Ok(Pattern::Is(vec![value.to_string()]));
            }
            other => return Err(format!("{other} is neither text, number nor true or false")),
        };
        Ok(if text.is_empty() {
            Pattern::Absent
        } else if let Some(name) = text.strip_prefix("!$") {
            Pattern::Other(name.to_owned())
        } else if let Some(name) = text.strip_prefix('$') {
            Pattern::Same(name.to_owned())
        } else if let Some(start) = text.strip_suffix('*') {
            Pattern::Begins(start.to_owned())
        } else {
            Pattern::Is(text.split('|').map(str::to_owned).collect())
        })
    }

    /// Whether the field fits. What it binds is written to `bound`.
    fn fits(&self, value: Option<&str>, bound: &mut Bound) -> bool {
        match (self, value) {
            (Pattern::Is(texts), Some(value)) => texts.iter().any(|text| text == value),
            (Pattern::Begins(start), Some(value)) => value.starts_with(start.as_str()),
            (Pattern::Absent, value) => value.is_none(),
            (Pattern::Same(name), Some(value)) => match bound.get(name) {
                Some(known) => known == value,
                None => {
                    bound.insert(name.clone(), value.to_owned());
                    true
                }
            },
            (Pattern::Other(name), value) => bound.get(name).map(String::as_str) != value,
            (Pattern::Is(_) | Pattern::Begins(_) | Pattern::Same(_), None) => false,
        }
    }
}

fn read_fields(
    event: &str,
    known: &[&str],
    raw: BTreeMap<String, toml::Value>,
) -> Result<Vec<(String, Pattern)>, String> {
    let mut fields = Vec::with_capacity(raw.len());
    for (field, value) in raw {
        if !known.contains(&field.as_str()) {
            let known = known.join(", ");
            return Err(format!(
                "the event {event} has no field {field}, but {known}"
            ));
        }
        fields.push((field, Pattern::read(&value)?));
    }
    Ok(fields)
}

fn fit(fields: &[(String, Pattern)], facts: &Facts, bound: &mut Bound) -> bool {
    let mut all = fields.iter();
    all.all(|(field, pattern)| pattern.fits(facts.get(field).map(String::as_str), bound))
}

impl Expectation {
    /// Reads an expectation of a step that is about `variant`. `bound` collects the unknowns that
    /// stand in this and earlier expectations.
    ///
    /// # Errors
    /// An event or a field that does not exist; an unknown that is refused before it is bound.
    pub fn read(
        raw: RawExpectation,
        variant: Option<Variant>,
        bound: &mut BTreeMap<String, ()>,
    ) -> Result<Self, String> {
        let event = raw.event;
        let Some(known) = events::fields_of(&event) else {
            let all: Vec<_> = events::names().collect();
            return Err(format!("there is no event {event}, but {}", all.join(", ")));
        };
        let mut fields = read_fields(&event, &known, raw.fields)?;
        if let Some(variant) = variant
            && !fields.iter().any(|(field, _)| field == "variant")
        {
            let pattern = Pattern::Is(vec![variant.to_string()]);
            fields.insert(0, ("variant".into(), pattern));
        }
        let mut but = Vec::with_capacity(raw.but.len());
        for one in raw.but {
            but.push(But {
                fields: read_fields(&event, &known, one.fields)?,
                says: one.says,
            });
        }
        for (_, pattern) in &fields {
            match pattern {
                Pattern::Same(name) => {
                    bound.insert(name.clone(), ());
                }
                Pattern::Other(name) if !bound.contains_key(name) => {
                    return Err(format!("!${name} stands before any ${name}"));
                }
                _ => {}
            }
        }
        Ok(Self {
            event,
            fields,
            not_yet: raw.not_yet,
            but,
        })
    }

    fn is_met_by(&self, facts: &Facts, bound: &Bound) -> Option<Bound> {
        if facts.get("event") != Some(&self.event) {
            return None;
        }
        let mut bound = bound.clone();
        fit(&self.fields, facts, &mut bound).then_some(bound)
    }

    /// Whether the event is an attempt at this: the same event, variant, and page where one is named.
    fn is_tried_by(&self, facts: &Facts) -> bool {
        const AIM: [&str; 4] = ["variant", "path", "method", "attack"];
        let aim = self
            .fields
            .iter()
            .filter(|(field, _)| AIM.contains(&field.as_str()));
        let aim: Vec<_> = aim.cloned().collect();
        facts.get("event") == Some(&self.event) && fit(&aim, facts, &mut Bound::new())
    }

    /// Why this event does not count.
    fn why_not(&self, facts: &Facts, bound: &Bound) -> Option<String> {
        let mut own = self.but.iter();
        if let Some(but) = own.find(|but| fit(&but.fields, facts, &mut bound.clone())) {
            return Some(but.says.clone());
        }
        let mut bound = bound.clone();
        let (field, pattern) = self.fields.iter().find(|(field, pattern)| {
            !pattern.fits(facts.get(field).map(String::as_str), &mut bound)
        })?;
        let was = facts.get(field).map_or("nothing", String::as_str);
        Some(match pattern {
            Pattern::Is(texts) => format!(
                "The last attempt did not count: its {field} was {was}, not {}.",
                texts.join(" or ")
            ),
            Pattern::Begins(start) => {
                format!("The last attempt did not count: its {field} was {was}, not {start}….")
            }
            Pattern::Absent => {
                format!("The last attempt did not count: its {field} was {was}, not nothing.")
            }
            Pattern::Same(_) => {
                format!("The last attempt did not count: it was about another {field}.")
            }
            Pattern::Other(_) => {
                format!("The last attempt did not count: it was about the same {field} again.")
            }
        })
    }
}

/// How a step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was done.
    Solved {
        /// The events that show it, by their place in the list.
        events: Vec<usize>,
        /// How many attempts at the last of them it took.
        attempts: usize,
    },
    /// It was not done yet.
    NotYet {
        /// What is missing, or why the last attempt did not count.
        says: String,
        /// How many attempts there were at what is missing.
        attempts: usize,
    },
}

/// Looks for what a step expects in the events since its sheet was opened.
pub fn check(step: &Step, journal: &[Facts]) -> Verdict {
    let mut search = Search {
        expect: &step.expect,
        journal,
        comparisons: 0,
        best: (0, 0, Bound::new()),
    };
    let mut events = Vec::new();
    let solved = search.find(0, 0, &Bound::new(), &mut events);
    let attempts = |expected: Option<&Expectation>, events: &[Facts]| {
        let tried = |expected: &Expectation| {
            let tried = events.iter().filter(|facts| expected.is_tried_by(facts));
            tried.count()
        };
        expected.map(tried).unwrap_or_default()
    };
    if solved {
        let last = events.last().map_or(0, |last| last + 1);
        let before = events.iter().rev().nth(1).map_or(0, |before| before + 1);
        return Verdict::Solved {
            attempts: attempts(step.expect.last(), &journal[before..last]),
            events,
        };
    }
    let (reached, from, bound) = search.best;
    let missing = step.expect.get(reached);
    let says = missing.map(|missing| {
        let later = journal.iter().skip(from).rev();
        let mut tried = later.filter(|facts| missing.is_tried_by(facts));
        let last = tried.next();
        last.and_then(|facts| missing.why_not(facts, &bound))
            .unwrap_or_else(|| missing.not_yet.clone())
    });
    Verdict::NotYet {
        says: says.unwrap_or_default(),
        attempts: attempts(missing, journal.get(from..).unwrap_or_default()),
    }
}

struct Search<'s> {
    expect: &'s [Expectation],
    journal: &'s [Facts],
    comparisons: usize,
    /// The furthest that was reached: expectations met, where to look on, what is bound.
    best: (usize, usize, Bound),
}

impl Search<'_> {
    /// Finds the expectations from `at` on in the events from `from` on, trying every event that
    /// could be meant: a student who starts again is met at the second attempt.
    fn find(&mut self, at: usize, from: usize, bound: &Bound, events: &mut Vec<usize>) -> bool {
        let Some(expectation) = self.expect.get(at) else {
            return true;
        };
        if (at, from) > (self.best.0, self.best.1) {
            self.best = (at, from, bound.clone());
        }
        for (place, facts) in self.journal.iter().enumerate().skip(from) {
            self.comparisons += 1;
            if self.comparisons > MOST_COMPARISONS {
                return false;
            }
            if let Some(bound) = expectation.is_met_by(facts, bound) {
                events.push(place);
                if self.find(at + 1, place + 1, &bound, events) {
                    return true;
                }
                events.pop();
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worksheets::blocks;

    const STEP: &str = r#"
        id = "planted"
        variant = "insecure"
        do = "x"
        [[expect]]
        event = "session-opened"
        session = "$planted"
        not-yet = "No session yet."
        [[expect]]
        event = "signed-in"
        user = "student123|alice"
        before = "$planted"
        session = "$planted"
        client = "curl"
        not-yet = "Nobody signed in yet."
        [[expect.but]]
        before = "!$planted"
        says = "Another session."
    "#;

    fn facts(text: &str) -> Facts {
        let pairs = text
            .split_whitespace()
            .map(|pair| pair.split_once('=').unwrap());
        let mut facts: Facts = pairs.map(|(k, v)| (k.into(), v.into())).collect();
        facts.entry("variant".into()).or_insert("insecure".into());
        facts.entry("client".into()).or_insert("curl".into());
        facts
    }

    fn verdict(step: &str, journal: &[&str]) -> Verdict {
        let step = blocks::step(step).unwrap();
        let journal: Vec<_> = journal.iter().map(|line| facts(line)).collect();
        check(&step, &journal)
    }

    fn says(journal: &[&str]) -> (String, usize) {
        match verdict(STEP, journal) {
            Verdict::NotYet { says, attempts } => (says, attempts),
            solved @ Verdict::Solved { .. } => panic!("{solved:?}"),
        }
    }

    const OPENED: &str = "event=session-opened session=a adopted=false";
    const KEPT: &str = "event=signed-in user=alice session=a before=a";

    #[test]
    fn a_step_is_solved_by_its_events_in_their_order() {
        let solved = verdict(STEP, &[OPENED, "event=notice-posted user=x", KEPT]);
        assert_eq!(
            solved,
            Verdict::Solved {
                events: vec![0, 2],
                attempts: 1
            }
        );
        assert_eq!(says(&[KEPT, OPENED]).0, "Nobody signed in yet.");
        assert_eq!(says(&[]).0, "No session yet.");
    }

    #[test]
    fn an_unknown_stands_for_one_session_and_an_earlier_one_does_not_block_a_later() {
        let other = "event=session-opened session=b adopted=false";
        assert!(matches!(
            verdict(STEP, &[other, OPENED, KEPT]),
            Verdict::Solved { .. }
        ));
        assert!(matches!(
            verdict(STEP, &[OPENED, other, KEPT]),
            Verdict::Solved { .. }
        ));
        let rotated = "event=signed-in user=alice session=c before=a";
        let (text, attempts) = says(&[OPENED, rotated]);
        assert_eq!(
            text,
            "The last attempt did not count: it was about another session."
        );
        assert_eq!(attempts, 1);
    }

    #[test]
    fn the_page_says_why_an_attempt_did_not_count() {
        let fresh = "event=signed-in user=alice session=z";
        assert_eq!(says(&[OPENED, fresh]).0, "Another session.");
        let browser = "event=signed-in user=alice session=a before=a client=browser";
        let (text, attempts) = says(&[OPENED, fresh, browser]);
        assert_eq!(
            text,
            "The last attempt did not count: its client was browser, not curl."
        );
        assert_eq!(attempts, 2);
        let elsewhere = "event=signed-in user=alice session=a before=a variant=hardened";
        assert_eq!(
            says(&[OPENED, elsewhere]),
            ("Nobody signed in yet.".into(), 0)
        );
    }

    #[test]
    fn patterns_match_beginnings_absence_and_numbers() {
        let step = "id = \"a\"\ndo = \"x\"\n[[expect]]\nevent = \"request\"\npath = \"/dash*\"\n\
                    status = 200\nuser = \"\"\nnot-yet = \"No.\"";
        let solved = |line: &str| matches!(verdict(step, &[line]), Verdict::Solved { .. });
        assert!(solved("event=request path=/dashboard status=200"));
        assert!(!solved("event=request path=/dashboard status=303"));
        assert!(!solved(
            "event=request path=/dashboard status=200 user=alice"
        ));
        assert!(!solved("event=request path=/ status=200"));
    }

    #[test]
    fn a_step_that_nothing_can_solve_is_refused() {
        let step = |expect: &str| {
            let text = format!("id = \"a\"\ndo = \"x\"\n[[expect]]\nnot-yet = \"\"\n{expect}");
            blocks::step(&text).unwrap_err().1
        };
        assert!(step("event = \"nothing\"").starts_with("there is no event nothing, but session"));
        assert!(step("event = \"rotated\"\nuesr = \"x\"").contains("has no field uesr, but user"));
        assert!(step("event = \"rotated\"\nfrom = \"!$x\"").contains("before any $x"));
        assert!(step("event = \"rotated\"\nfrom = [1]").contains("neither text"));
    }

    #[test]
    fn a_hostile_journal_costs_a_bounded_time() {
        let opened: Vec<String> = (0..2_000)
            .map(|n| format!("event=session-opened session={n} adopted=false"))
            .collect();
        let journal: Vec<&str> = opened.iter().map(String::as_str).collect();
        assert_eq!(says(&journal).0, "Nobody signed in yet.");
    }
}
