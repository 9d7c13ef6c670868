//! A sheet as templates show it: on a student's page, on paper, or in the teacher's copy.
//!
//! Answers, reasons that were not earned yet and the teacher's texts are put in for the teacher only:
//! what a student's page must not show is not sent to it.

pub mod outline;
mod question;

use std::collections::BTreeMap;

use question::QuestionView;
use serde::Serialize;

use super::console;
use super::glossary_links::GlossaryLinks;
use super::markdown::{to_html, to_html_on, to_html_with, to_inline_html};
use super::placeholders::PlaceholderValues;
use super::progress::SheetProgress;
use super::sheet::{BlockCommon, Console, Sheet, SheetBlock, SheetStep};
use super::standards::{self, Standard};
use super::survey::SheetStanding;
use crate::defences::policy::Name;
use crate::web::visible_time::date_and_time;
use crate::worksheets::pictures::PictureUse;

/// Who reads.
#[derive(Clone, Copy, Debug)]
pub enum SheetReader<'r> {
    /// A student at the page, with what was done so far.
    Student(&'r SheetStanding),
    /// A student with paper.
    Paper,
    /// The teacher, with paper and answers.
    Teacher,
}

impl<'r> SheetReader<'r> {
    fn is_teacher(self) -> bool {
        matches!(self, SheetReader::Teacher)
    }

    fn progress(self) -> Option<&'r SheetProgress> {
        match self {
            SheetReader::Student(standing) => Some(&standing.progress),
            SheetReader::Paper | SheetReader::Teacher => None,
        }
    }
}

/// The head of the sheet.
#[derive(Debug, Serialize)]
pub struct FrontView {
    slug: String,
    number: String,
    title: String,
    minutes: u16,
    level: &'static str,
    outcomes: Vec<String>,
    standards: Vec<&'static Standard>,
    defences: Vec<&'static str>,
    attacks: Vec<String>,
    needs: Vec<String>,
    points: u32,
    /// Whether each student has values for themselves.
    has_values: bool,
    /// For the teacher: the name of each, and the value.
    values: Vec<(String, String)>,
    teacher: Option<String>,
}

/// A piece of a sheet.
#[derive(Debug, Serialize)]
pub struct PartView {
    kind: &'static str,
    html: String,
    #[serde(flatten)]
    common: Option<CommonView>,
    lines: Vec<ConsoleLineView>,
    step: Option<SheetStepView>,
    question: Option<QuestionView>,
    reflection: Option<ReflectionView>,
    look: Option<String>,
    elsewhere: Vec<ElsewhereView>,
}

impl PartView {
    /// Takes out whether a question was answered rightly, and why: a teacher releases that later.
    pub fn keep_back(&mut self) {
        if let Some(question) = &mut self.question {
            question.keep_back();
        }
    }
}

/// What blocks with an id share.
#[derive(Debug, Serialize)]
pub struct CommonView {
    id: String,
    /// Counts the blocks of this kind, from 1.
    number: usize,
    points: u32,
    hints: Vec<String>,
    hints_left: usize,
    teacher: Option<String>,
}

/// A line of a block `console`.
#[derive(Debug, Serialize)]
pub struct ConsoleLineView {
    /// `command`, `more` of a command, or `prints`.
    kind: &'static str,
    text: String,
}

/// The status of a step.
#[derive(Debug, Serialize)]
pub struct SheetStepView {
    solved: bool,
    at: String,
    attempts: usize,
    client: String,
    /// `Not yet.`, unless it may have happened before the journal begins.
    status: &'static str,
    message: String,
    seen: Vec<String>,
}

/// A reflection, and what was written.
#[derive(Debug, Serialize)]
pub struct ReflectionView {
    given: String,
    lines: u8,
}

/// A defence's setting in five frameworks.
#[derive(Debug, Serialize)]
pub struct ElsewhereView {
    slug: &'static str,
    title: &'static str,
    settings: [(&'static str, &'static str); 5],
}

/// The head of a sheet.
pub fn front(sheet: &Sheet, values: &PlaceholderValues, reader: SheetReader<'_>) -> FrontView {
    let front = &sheet.front;
    let inline = |text: &String| to_inline_html(&values.fill(text));
    let teacher = front.teacher.as_ref().filter(|_| reader.is_teacher());
    let own_values = sheet.values.iter().filter(|_| reader.is_teacher());
    let own_values = own_values.map(|(rule, value)| (rule.name().to_owned(), value.to_owned()));
    FrontView {
        slug: sheet.slug.clone(),
        number: sheet.number().to_owned(),
        title: front.title.clone(),
        minutes: front.minutes,
        level: front.level.word(),
        outcomes: front.outcomes.iter().map(inline).collect(),
        standards: standards::rows_of(&front.standards),
        defences: front.defences.iter().map(|name| name.slug()).collect(),
        attacks: front.attacks.clone(),
        needs: front.needs.iter().map(inline).collect(),
        points: sheet.points(),
        has_values: !sheet.values.is_empty(),
        values: own_values.collect(),
        teacher: teacher.map(|text| to_html(&values.fill(text))),
    }
}

/// Every piece of a sheet that this reader may see.
pub fn parts(sheet: &Sheet, values: &PlaceholderValues, reader: SheetReader<'_>) -> Vec<PartView> {
    let mut writer = ViewWriter {
        values,
        reader,
        numbers: BTreeMap::new(),
        links: GlossaryLinks::new(&values.fill("{{lab}}"), sheet.number()),
    };
    let parts = sheet.parts.iter();
    parts.filter_map(|part| writer.part(&part.what)).collect()
}

struct ViewWriter<'w> {
    values: &'w PlaceholderValues,
    reader: SheetReader<'w>,
    numbers: BTreeMap<&'static str, usize>,
    links: GlossaryLinks,
}

impl ViewWriter<'_> {
    fn html(&self, text: &str) -> String {
        let on = match self.reader {
            SheetReader::Student(_) => PictureUse::Page,
            SheetReader::Paper | SheetReader::Teacher => PictureUse::Paper,
        };
        to_html_on(&self.values.fill(text), on)
    }

    /// Running text. On a page the first use of a word of the lab's own is a link; paper needs none.
    fn prose(&mut self, text: &str) -> String {
        match self.reader {
            SheetReader::Student(..) => {
                let text = self.values.fill(text);
                to_html_with(&text, PictureUse::Page, |events| self.links.add(events))
            }
            SheetReader::Paper | SheetReader::Teacher => self.html(text),
        }
    }

    fn inline(&self, text: &str) -> String {
        to_inline_html(&self.values.fill(text))
    }

    fn part(&mut self, what: &SheetBlock) -> Option<PartView> {
        let kind = match what {
            SheetBlock::Text(_) => "text",
            SheetBlock::Console(console) if console.browser => "devtools",
            SheetBlock::Console(_) => "console",
            SheetBlock::Step(_) => "step",
            SheetBlock::Question(_) => "question",
            SheetBlock::Reflection(_) => "reflection",
            SheetBlock::Screenshot(_) => "screenshot",
            SheetBlock::Elsewhere(_) => "elsewhere",
            SheetBlock::Teacher(_) if self.reader.is_teacher() => "teacher",
            SheetBlock::Teacher(_) => return None,
        };
        let common = what.common().map(|common| self.common(common, kind));
        let mut view = PartView {
            kind,
            html: String::new(),
            common,
            lines: Vec::new(),
            step: None,
            question: None,
            reflection: None,
            look: None,
            elsewhere: Vec::new(),
        };
        match what {
            SheetBlock::Text(text) => view.html = self.prose(text),
            SheetBlock::Teacher(text) => view.html = self.html(text),
            SheetBlock::Console(console) => view.lines = self.lines(console),
            SheetBlock::Step(step) => {
                view.html = self.html(&step.task);
                view.step = Some(self.step(step));
            }
            SheetBlock::Question(question) => {
                view.html = self.html(&question.ask);
                view.question = Some(self.question(question));
            }
            SheetBlock::Reflection(reflection) => {
                view.html = self.html(&reflection.ask);
                let given = self.reader.progress();
                let given = given.and_then(|all| all.answers.get(&reflection.common.id));
                view.reflection = Some(ReflectionView {
                    given: given.map(|given| given.answer.clone()).unwrap_or_default(),
                    lines: reflection.lines,
                });
            }
            SheetBlock::Screenshot(screenshot) => {
                view.html = self.html(&screenshot.take);
                view.look = screenshot.look.as_ref().map(|look| self.html(look));
            }
            SheetBlock::Elsewhere(names) => view.elsewhere = names.iter().map(elsewhere).collect(),
        }
        Some(view)
    }

    fn common(&mut self, common: &BlockCommon, kind: &'static str) -> CommonView {
        let number = self.numbers.entry(kind).or_default();
        *number += 1;
        let number = *number;
        let opened = match self.reader {
            SheetReader::Student(SheetStanding { progress, .. }) => {
                progress.hints.get(&common.id).copied().unwrap_or_default()
            }
            SheetReader::Paper => 0,
            SheetReader::Teacher => common.hints.len(),
        };
        let hints = common.hints.iter().take(opened);
        let teacher = common.teacher.as_ref().filter(|_| self.reader.is_teacher());
        CommonView {
            id: common.id.clone(),
            number,
            points: common.points,
            hints: hints.map(|hint| self.html(hint)).collect(),
            hints_left: common.hints.len().saturating_sub(opened),
            teacher: teacher.map(|text| self.html(text)),
        }
    }

    fn lines(&self, block: &Console) -> Vec<ConsoleLineView> {
        let text = self.values.fill(&block.text);
        let line = |kind, text: &str| ConsoleLineView {
            kind,
            text: text.to_owned(),
        };
        let Ok(commands) = console::commands(&text) else {
            // In the browser's console there is no prompt to tell commands by.
            return text.lines().map(|text| line("command", text)).collect();
        };
        let mut lines = Vec::new();
        for command in commands {
            for (at, text) in command.command.lines().enumerate() {
                lines.push(line(if at == 0 { "command" } else { "more" }, text));
            }
            lines.extend(command.prints.iter().map(|text| line("prints", text)));
        }
        lines
    }

    fn step(&self, step: &SheetStep) -> SheetStepView {
        let id = &step.common.id;
        let mut view = SheetStepView {
            solved: false,
            at: String::new(),
            attempts: 0,
            client: String::new(),
            status: "",
            message: String::new(),
            seen: Vec::new(),
        };
        let SheetReader::Student(standing) = self.reader else {
            return view;
        };
        if let Some(done) = standing.progress.steps.get(id) {
            view.solved = true;
            view.at = date_and_time(done.at);
            view.attempts = done.attempts;
            view.client.clone_from(&done.client);
            view.seen.clone_from(&done.seen);
        } else if let Some(open) = standing.open.iter().find(|open| open.id == *id) {
            view.attempts = open.attempts;
            view.status = open.status;
            view.message = self.inline(&open.message);
        }
        view
    }
}

fn elsewhere(name: &Name) -> ElsewhereView {
    let lesson = name.lesson();
    let there = &lesson.elsewhere;
    ElsewhereView {
        slug: name.slug(),
        title: lesson.title,
        settings: [
            ("Flask", there.flask),
            ("Express", there.express),
            ("Django", there.django),
            ("Spring", there.spring),
            ("Rocket", there.rocket),
        ],
    }
}
