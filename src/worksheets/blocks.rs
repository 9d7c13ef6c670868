//! The marked blocks of a sheet, from their TOML to the types of [`super::sheet`].

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::expectation::{Expectation, RawExpectation};
use super::mistake::line_at;
use super::sheet::{
    BlockCommon, CourseStage, FrontMatter, Level, Proof, Question, QuestionKind, QuestionOption,
    Reflection, Screenshot, SheetStep, Wrong,
};
use super::standards::{self, Subject};
use super::values::rule::{self, RawRule};
use crate::attacks;
use crate::defences::policy::Name;

/// What is wrong in a block: a line in it, counted from 0, and a sentence.
pub type Fault = (usize, String);

/// The defence of that name.
///
/// # Errors
/// There is none.
pub fn defence(slug: &str) -> Result<Name, String> {
    let mut all = Name::ALL.iter().copied();
    all.find(|name| name.slug() == slug)
        .ok_or_else(|| format!("there is no defence called {slug}"))
}

fn from_toml<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| line_at(text, span.start) - 1);
        (line, error.message().replace('\n', " "))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFront {
    title: String,
    minutes: u16,
    level: Level,
    stage: CourseStage,
    after: Vec<String>,
    outcomes: Vec<String>,
    standards: Vec<String>,
    defences: Vec<String>,
    attacks: Vec<String>,
    needs: Vec<String>,
    teacher: Option<String>,
    /// They are read before: what they choose is in the text already.
    #[serde(default, rename = "value")]
    _values: Vec<RawRule>,
}

/// Reads the front matter.
///
/// # Errors
/// No TOML, a key too many or too few, a defence or an attack that is none, a standard that is not in
/// the table or is about something else, a value that cannot be drawn.
pub fn front_matter(text: &str) -> Result<FrontMatter, Fault> {
    let raw: RawFront = from_toml(text)?;
    let whole = |message| (0, message);
    rule::declared(text).map_err(whole)?;
    if raw.outcomes.is_empty() || raw.title.trim().is_empty() {
        return Err(whole("a sheet has a title and an outcome".to_owned()));
    }
    if !(5..=90).contains(&raw.minutes) {
        return Err(whole(format!("{} minutes are no lesson", raw.minutes)));
    }
    let defences: Result<_, _> = raw.defences.iter().map(|slug| defence(slug)).collect();
    let unknown = raw
        .attacks
        .iter()
        .find(|name| attacks::find(name).is_none());
    if let Some(name) = unknown {
        return Err(whole(format!("there is no attack called {name}")));
    }
    let front = FrontMatter {
        title: raw.title,
        minutes: raw.minutes,
        level: raw.level,
        stage: raw.stage,
        after: raw.after,
        outcomes: raw.outcomes,
        standards: raw.standards,
        defences: defences.map_err(whole)?,
        attacks: raw.attacks,
        needs: raw.needs,
        teacher: raw.teacher,
    };
    let subjects = Subject::of_sheet(&front);
    for id in &front.standards {
        standards::check(id, &subjects).map_err(whole)?;
    }
    Ok(front)
}

fn common(
    id: String,
    points: Option<u32>,
    hints: Vec<String>,
    teacher: Option<String>,
) -> Result<BlockCommon, Fault> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if !(1..=64).contains(&id.len()) || !id.bytes().all(allowed) {
        return Err((
            0,
            format!("the id {id:?} is not 1 to 64 letters, digits and -"),
        ));
    }
    Ok(BlockCommon {
        id,
        points: points.unwrap_or(1),
        hints,
        teacher,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawStep {
    id: String,
    points: Option<u32>,
    #[serde(default)]
    hints: Vec<String>,
    teacher: Option<String>,
    r#do: String,
    variant: Option<String>,
    expect: Vec<RawExpectation>,
    #[serde(default)]
    proof: Proof,
}

/// Reads a block `step`.
///
/// # Errors
/// No TOML, a key too many or too few, an event or a field of one that does not exist.
pub fn step(text: &str) -> Result<SheetStep, Fault> {
    let raw: RawStep = from_toml(text)?;
    let variant = match raw.variant {
        None => None,
        Some(name) => {
            let no_variant = |_| (0, format!("there is no variant called {name}"));
            Some(name.parse().map_err(no_variant)?)
        }
    };
    if raw.expect.is_empty() {
        return Err((0, "a step expects at least one event".into()));
    }
    let mut bound = BTreeMap::new();
    let mut expect = Vec::with_capacity(raw.expect.len());
    for one in raw.expect {
        let one = Expectation::read(one, variant, &mut bound).map_err(|message| (0, message))?;
        expect.push(one);
    }
    Ok(SheetStep {
        common: common(raw.id, raw.points, raw.hints, raw.teacher)?,
        task: raw.r#do,
        variant,
        expect,
        proof: raw.proof,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawQuestion {
    id: String,
    kind: String,
    points: Option<u32>,
    #[serde(default)]
    hints: Vec<String>,
    teacher: Option<String>,
    ask: String,
    #[serde(default)]
    option: Vec<QuestionOption>,
    reveal: Option<String>,
    #[serde(default)]
    accept: Vec<String>,
    equals: Option<f64>,
    within: Option<f64>,
    unit: Option<String>,
    because: Option<String>,
    #[serde(default)]
    wrong: Vec<Wrong>,
}

impl RawQuestion {
    /// The keys that only some kinds have, and that this block has.
    fn special_keys(&self) -> Vec<&'static str> {
        [
            ("option", !self.option.is_empty()),
            ("reveal", self.reveal.is_some()),
            ("accept", !self.accept.is_empty()),
            ("equals", self.equals.is_some()),
            ("within", self.within.is_some()),
            ("unit", self.unit.is_some()),
            ("because", self.because.is_some()),
            ("wrong", !self.wrong.is_empty()),
        ]
        .into_iter()
        .filter_map(|(key, there)| there.then_some(key))
        .collect()
    }
}

/// Reads a block `question`.
///
/// # Errors
/// No TOML, a kind that is none, a key that its kind lacks or does not have.
pub fn question(text: &str) -> Result<Question, Fault> {
    let raw: RawQuestion = from_toml(text)?;
    let (needs, may): (&[&str], &[&str]) = match raw.kind.as_str() {
        "choice" => (&["option"], &[]),
        "prediction" => (&["option", "reveal"], &[]),
        "text" => (&["accept", "because"], &["wrong"]),
        "number" => (&["equals", "because"], &["within", "unit", "wrong"]),
        other => return Err((0, format!("there is no kind of question called {other}"))),
    };
    let there = raw.special_keys();
    if let Some(key) = needs.iter().find(|key| !there.contains(key)) {
        return Err((0, format!("a question of kind {} has {key}", raw.kind)));
    }
    if let Some(key) = there
        .iter()
        .find(|key| !needs.contains(key) && !may.contains(key))
    {
        return Err((0, format!("a question of kind {} has no {key}", raw.kind)));
    }
    if needs.contains(&"option") {
        check_options(&raw)?;
    }
    let because = raw.because.unwrap_or_default();
    let kind = match raw.kind.as_str() {
        "choice" => QuestionKind::Choice(raw.option),
        "prediction" => QuestionKind::Prediction {
            options: raw.option,
            reveal: raw.reveal.unwrap_or_default(),
        },
        "text" => QuestionKind::Text {
            accept: raw.accept,
            because,
            wrong: raw.wrong,
        },
        _ => QuestionKind::Number {
            equals: raw.equals.unwrap_or_default(),
            within: raw.within.unwrap_or_default().abs(),
            unit: raw.unit,
            because,
            wrong: raw.wrong,
        },
    };
    Ok(Question {
        common: common(raw.id, raw.points, raw.hints, raw.teacher)?,
        ask: raw.ask,
        kind,
    })
}

fn check_options(raw: &RawQuestion) -> Result<(), Fault> {
    if !(2..=6).contains(&raw.option.len()) {
        return Err((0, "a question has two to six options".into()));
    }
    if !raw.option.iter().any(|option| option.right) {
        return Err((0, "no option is right".into()));
    }
    let silent = |option: &&QuestionOption| option.because.is_none();
    match raw.option.iter().find(silent) {
        Some(option) if raw.kind == "choice" => {
            Err((0, format!("the option {:?} says no because", option.text)))
        }
        _ => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReflection {
    id: String,
    points: Option<u32>,
    #[serde(default)]
    hints: Vec<String>,
    teacher: String,
    ask: String,
    lines: Option<u8>,
}

/// Reads a block `reflection`.
///
/// # Errors
/// No TOML, a key too many or too few.
pub fn reflection(text: &str) -> Result<Reflection, Fault> {
    let raw: RawReflection = from_toml(text)?;
    Ok(Reflection {
        common: common(raw.id, raw.points, raw.hints, Some(raw.teacher))?,
        ask: raw.ask,
        lines: raw.lines.unwrap_or(4).min(40),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScreenshot {
    id: String,
    #[serde(default)]
    hints: Vec<String>,
    teacher: Option<String>,
    take: String,
    look: Option<String>,
}

/// Reads a block `screenshot`.
///
/// # Errors
/// No TOML, a key too many or too few.
pub fn screenshot(text: &str) -> Result<Screenshot, Fault> {
    let raw: RawScreenshot = from_toml(text)?;
    Ok(Screenshot {
        // The lab cannot see whether a picture was taken.
        common: common(raw.id, Some(0), raw.hints, raw.teacher)?,
        take: raw.take,
        look: raw.look,
    })
}
