//! One event that a step expects: its fields, and what to say of attempts that do not count.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::events::{self, Facts};
use crate::base::event::in_words;
use crate::defences::policy::Variant;

/// One expected event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    event: String,
    fields: Vec<(String, Pattern)>,
    not_yet: String,
    but: Vec<But>,
    /// What is no attempt at this, although it looks like one: the sheet itself asks for it.
    asides: Vec<Aside>,
}

/// What looks like an attempt and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Aside {
    fields: Vec<(String, Pattern)>,
    /// How many times the sheet asks for it; where it is left out, any number is no attempt.
    times: Option<usize>,
}

/// An attempt that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
struct But {
    fields: Vec<(String, Pattern)>,
    message: String,
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

/// The values of a step's unknowns.
pub(super) type Bound = BTreeMap<String, String>;

/// An expectation as it is written in a sheet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RawExpectation {
    event: String,
    not_yet: String,
    #[serde(default)]
    but: Vec<RawBut>,
    #[serde(default, rename = "aside")]
    asides: Vec<RawAside>,
    #[serde(flatten)]
    fields: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize)]
struct RawBut {
    #[serde(rename = "says")]
    message: String,
    #[serde(flatten)]
    fields: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize)]
struct RawAside {
    times: Option<usize>,
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
    /// What the page says while nothing was tried.
    pub(crate) fn not_yet(&self) -> &str {
        &self.not_yet
    }

    /// Whether the sheet itself says this of the expectation, in these words.
    pub fn says(&self, message: &str) -> bool {
        self.not_yet == message || self.but.iter().any(|but| but.message == message)
    }

    /// Reads an expectation of a step that is about `variant`. `bound` collects the unknowns that
    /// are in this and earlier expectations.
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
                message: one.message,
            });
        }
        let mut asides = Vec::with_capacity(raw.asides.len());
        for one in raw.asides {
            asides.push(Aside {
                fields: read_fields(&event, &known, one.fields)?,
                times: one.times,
            });
        }
        for (_, pattern) in &fields {
            match pattern {
                Pattern::Same(name) => {
                    bound.insert(name.clone(), ());
                }
                Pattern::Other(name) if !bound.contains_key(name) => {
                    return Err(format!("!${name} comes before any ${name}"));
                }
                _ => {}
            }
        }
        Ok(Self {
            event,
            fields,
            not_yet: raw.not_yet,
            but,
            asides,
        })
    }

    /// The values of the unknowns if this event is the expected one; `None` if it is not.
    pub(super) fn is_met_by(&self, facts: &Facts, bound: &Bound) -> Option<Bound> {
        if facts.get("event") != Some(&self.event) {
            return None;
        }
        let mut bound = bound.clone();
        fit(&self.fields, facts, &mut bound).then_some(bound)
    }

    /// Whether the event is an attempt at this: the same event, site and variant, and the page where
    /// one is named.
    pub(super) fn is_tried_by(&self, facts: &Facts) -> bool {
        const AIM: [&str; 5] = ["variant", "site", "path", "method", "attack"];
        let mut aim = self
            .fields
            .iter()
            .filter(|(field, _)| AIM.contains(&field.as_str()));
        facts.get("event") == Some(&self.event)
            && aim.all(|(field, pattern)| {
                let value = facts.get(field).map(String::as_str);
                pattern.fits(value, &mut Bound::new())
            })
    }

    /// Those of these events that are failed attempts at this, where none of them met it.
    pub(super) fn missed_by<'f>(
        &self,
        events: impl Iterator<Item = &'f Facts>,
    ) -> impl Iterator<Item = &'f Facts> {
        let mut passed = vec![0; self.asides.len()];
        events.filter(move |facts| {
            let mut asides = self.asides.iter().zip(&mut passed);
            self.is_tried_by(facts)
                && !asides.any(|(aside, passed)| {
                    let is_aside = fit(&aside.fields, facts, &mut Bound::new())
                        && aside.times.is_none_or(|times| *passed < times);
                    *passed += usize::from(is_aside);
                    is_aside
                })
        })
    }

    /// Why this event does not count.
    pub(super) fn why_not(&self, facts: &Facts, bound: &Bound) -> Option<String> {
        let mut own = self.but.iter();
        if let Some(but) = own.find(|but| fit(&but.fields, facts, &mut bound.clone())) {
            return Some(but.message.clone());
        }
        let mut bound = bound.clone();
        let (field, pattern) = self.fields.iter().find(|(field, pattern)| {
            !pattern.fits(facts.get(field).map(String::as_str), &mut bound)
        })?;
        let was = facts.get(field).map_or("nothing", String::as_str);
        if (field.as_str(), was) == ("client", "powershell") {
            return Some(format!(
                "The last attempt did not count: it came from PowerShell. {}",
                in_words::POWERSHELL_HINT
            ));
        }
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
