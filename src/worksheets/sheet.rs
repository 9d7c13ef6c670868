//! What a worksheet is made of.

use serde::{Deserialize, Serialize};

use super::events::Facts;
use super::expectation::Expectation;
use super::values::SheetValues;
use crate::defences::policy::{Name, Variant};

/// One worksheet.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The file's name without its end: `06-session-fixation`.
    pub slug: String,
    /// The head of the sheet.
    pub front: FrontMatter,
    /// Text and blocks, from top to bottom.
    pub parts: Vec<SheetPart>,
    /// The values that are put in.
    pub values: SheetValues,
}

impl Sheet {
    /// The number in front of the slug: `06`.
    pub fn number(&self) -> &str {
        self.slug.split('-').next().unwrap_or_default()
    }

    /// Number and title: `06 Session fixation`.
    pub fn heading(&self) -> String {
        format!("{} {}", self.number(), self.front.title)
    }

    /// The steps, in order.
    pub fn steps(&self) -> impl Iterator<Item = &SheetStep> {
        self.parts.iter().filter_map(|part| match &part.what {
            SheetBlock::Step(step) => Some(step),
            _ => None,
        })
    }

    /// The questions, in order.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.parts.iter().filter_map(|part| match &part.what {
            SheetBlock::Question(question) => Some(question),
            _ => None,
        })
    }

    /// The reflections, in order.
    pub fn reflections(&self) -> impl Iterator<Item = &Reflection> {
        self.parts.iter().filter_map(|part| match &part.what {
            SheetBlock::Reflection(reflection) => Some(reflection),
            _ => None,
        })
    }

    /// The points of everything that has some.
    pub fn points(&self) -> u32 {
        self.parts
            .iter()
            .filter_map(|part| part.what.common())
            .map(|common| common.points)
            .sum()
    }

    /// What every block with an id shares, by that id.
    pub fn common(&self, id: &str) -> Option<&BlockCommon> {
        let mut all = self.parts.iter().filter_map(|part| part.what.common());
        all.find(|common| common.id == id)
    }
}

/// The front matter of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontMatter {
    /// The title, without the number.
    pub title: String,
    /// How long a student takes, in minutes.
    pub minutes: u16,
    /// How much must be known before.
    pub level: Level,
    /// The part of the course that it belongs to.
    pub stage: CourseStage,
    /// The sheets that must be done before, by their numbers.
    pub after: Vec<String>,
    /// What a student can do afterwards, a sentence each.
    pub outcomes: Vec<String>,
    /// The standards' ids, as in `ASVS 7.2.4`.
    pub standards: Vec<String>,
    /// The defences that the sheet is about.
    pub defences: Vec<Name>,
    /// The attacks that it uses, by their names.
    pub attacks: Vec<String>,
    /// What a student needs for it.
    pub needs: Vec<String>,
    /// For the teacher: timing, observations, common wrong answers.
    pub teacher: Option<String>,
}

/// How much must be known before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Level {
    /// Nothing but how to use a browser and a terminal.
    #[serde(rename = "first steps")]
    FirstSteps,
    /// What a session and a cookie are.
    #[serde(rename = "core")]
    Core,
    /// The sheets before it.
    #[serde(rename = "advanced")]
    Advanced,
}

impl Level {
    /// The word in front matter and on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Level::FirstSteps => "first steps",
            Level::Core => "core",
            Level::Advanced => "advanced",
        }
    }
}

/// A part of the course. Its sheets are shown together on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CourseStage {
    Begin,
    Cookies,
    Sessions,
    Tokens,
    Together,
}

impl CourseStage {
    /// Every part, in the order of the course.
    pub const ALL: [Self; 5] = [
        Self::Begin,
        Self::Cookies,
        Self::Sessions,
        Self::Tokens,
        Self::Together,
    ];

    /// Its title on the map.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Begin => "Begin here",
            Self::Cookies => "Cookies and the browser",
            Self::Sessions => "The life of a session",
            Self::Tokens => "Signed state and tokens",
            Self::Together => "Everything together",
        }
    }
}

/// A piece of a sheet and the line that it begins on.
#[derive(Clone, Debug)]
pub struct SheetPart {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The piece.
    pub what: SheetBlock,
}

/// A piece of a sheet.
#[derive(Clone, Debug)]
pub enum SheetBlock {
    /// Markdown.
    Text(String),
    /// Commands and what they print.
    Console(Console),
    /// Something to do, which the lab sees done.
    Step(SheetStep),
    /// Something to answer.
    Question(Question),
    /// Something to think about.
    Reflection(Reflection),
    /// A picture to take.
    Screenshot(Screenshot),
    /// Defences whose settings in other frameworks are shown.
    Elsewhere(Vec<Name>),
    /// Markdown for the teacher's copy only.
    Teacher(String),
}

impl SheetBlock {
    /// What blocks with an id share.
    pub fn common(&self) -> Option<&BlockCommon> {
        match self {
            SheetBlock::Step(step) => Some(&step.common),
            SheetBlock::Question(question) => Some(&question.common),
            SheetBlock::Reflection(reflection) => Some(&reflection.common),
            SheetBlock::Screenshot(screenshot) => Some(&screenshot.common),
            SheetBlock::Text(_)
            | SheetBlock::Console(_)
            | SheetBlock::Elsewhere(_)
            | SheetBlock::Teacher(_) => None,
        }
    }
}

/// Commands and what they print.
#[derive(Clone, Debug)]
pub struct Console {
    /// Whether they are typed into the DevTools console, and not into a terminal.
    pub browser: bool,
    /// The text of the block.
    pub text: String,
}

/// What blocks with an id share.
#[derive(Clone, Debug)]
pub struct BlockCommon {
    /// The id, unique in its sheet.
    pub id: String,
    /// What it counts.
    pub points: u32,
    /// Hints, from a nudge to nearly the answer.
    pub hints: Vec<String>,
    /// For the teacher's copy.
    pub teacher: Option<String>,
}

/// Something to do, which the lab sees done.
#[derive(Clone, Debug)]
pub struct SheetStep {
    /// Id, points, hints, teacher's text.
    pub common: BlockCommon,
    /// What to do: Markdown.
    pub task: String,
    /// The variant that all expectations are about, unless they name their own.
    pub variant: Option<Variant>,
    /// What the journal must hold, in this order.
    pub expect: Vec<Expectation>,
    /// How the tests imitate a browser.
    pub proof: Proof,
}

impl SheetStep {
    /// Whether the event may be meant for the step.
    pub fn is_tried_by(&self, facts: &Facts) -> bool {
        let mut expected = self.expect.iter();
        expected.any(|expected| expected.is_tried_by(facts))
    }
}

/// How the tests imitate a browser: shell commands that are never shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// What solves the step.
    pub run: Option<String>,
    /// An attempt that must not count.
    pub wrong: Option<String>,
}

/// Something to answer.
#[derive(Clone, Debug)]
pub struct Question {
    /// Id, points, hints, teacher's text.
    pub common: BlockCommon,
    /// The question: Markdown.
    pub ask: String,
    /// What kind of answer it wants.
    pub kind: QuestionKind,
}

/// What kind of answer a question wants.
#[derive(Clone, Debug)]
pub enum QuestionKind {
    /// One or more of these.
    Choice(Vec<QuestionOption>),
    /// A guess; then the text is revealed.
    Prediction {
        /// What can be guessed.
        options: Vec<QuestionOption>,
        /// What is shown after the guess: Markdown.
        reveal: String,
    },
    /// A word or a few.
    Text {
        /// Answers that are right.
        accept: Vec<String>,
        /// Why: Markdown.
        because: String,
        /// Common mistakes, each with its reason.
        wrong: Vec<Wrong>,
    },
    Number {
        /// The right one.
        equals: f64,
        /// How far an answer may be off.
        within: f64,
        /// What it counts.
        unit: Option<String>,
        /// Why: Markdown.
        because: String,
        /// Common mistakes, each with its reason.
        wrong: Vec<Wrong>,
    },
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionOption {
    /// The option: Markdown.
    pub text: String,
    /// Whether it is right, or what really happens.
    #[serde(default)]
    pub right: bool,
    /// Why it is right or wrong: Markdown.
    #[serde(default)]
    pub because: Option<String>,
}

/// A common mistake.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrong {
    pub answer: String,
    /// Why it is wrong: Markdown.
    pub because: String,
}

/// Something to think about. The answer is stored and printed, not graded.
#[derive(Clone, Debug)]
pub struct Reflection {
    /// Id, points, hints, teacher's text.
    pub common: BlockCommon,
    /// The question: Markdown.
    pub ask: String,
    /// Lines on paper.
    pub lines: u8,
}

/// A picture to take for the report.
#[derive(Clone, Debug)]
pub struct Screenshot {
    /// Id, points, hints, teacher's text.
    pub common: BlockCommon,
    /// Which picture: Markdown.
    pub take: String,
    /// What must be seen in it: Markdown.
    pub look: Option<String>,
}
