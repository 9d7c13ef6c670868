//! A sheet as templates show it: on a student's page, on paper, or in the teacher's copy.
//!
//! Answers, reasons that were not earned yet and the teacher's texts are put in for the teacher only:
//! what a student's page must not show is not sent to it.

mod question;

use std::collections::BTreeMap;

use question::QuestionView;
use serde::Serialize;

use super::check::Verdict;
use super::console;
use super::markdown::{to_html, to_html_on, to_inline_html};
use super::placeholders::Values;
use super::progress::Progress;
use super::progress_tracker::StepStatus;
use super::sheet::{Common, Console, Sheet, Step, What};
use crate::defences::policy::Name;
use crate::web::visible_time::date_and_time;
use crate::worksheets::pictures::On;

/// Who reads.
#[derive(Clone, Copy, Debug)]
pub enum Reader<'r> {
    /// A student at the page, with what was done so far.
    Student(&'r Progress, &'r [StepStatus]),
    /// A student with paper.
    Paper,
    /// The teacher, with paper and answers.
    Teacher,
}

impl<'r> Reader<'r> {
    fn is_teacher(self) -> bool {
        matches!(self, Reader::Teacher)
    }

    fn progress(self) -> Option<&'r Progress> {
        match self {
            Reader::Student(progress, _) => Some(progress),
            Reader::Paper | Reader::Teacher => None,
        }
    }
}

/// What stands above the text.
#[derive(Debug, Serialize)]
pub struct FrontView {
    slug: String,
    number: String,
    title: String,
    minutes: u16,
    level: &'static str,
    outcomes: Vec<String>,
    standards: Vec<String>,
    defences: Vec<&'static str>,
    attacks: Vec<String>,
    needs: Vec<String>,
    points: u32,
    teacher: Option<String>,
}

/// A piece of a sheet.
#[derive(Debug, Serialize)]
pub struct PartView {
    kind: &'static str,
    html: String,
    #[serde(flatten)]
    common: Option<CommonView>,
    lines: Vec<LineView>,
    step: Option<StepView>,
    question: Option<QuestionView>,
    reflection: Option<ReflectionView>,
    look: Option<String>,
    elsewhere: Vec<ElsewhereView>,
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
pub struct LineView {
    /// `command`, `more` of a command, or `prints`.
    kind: &'static str,
    text: String,
}

/// How a step stands.
#[derive(Debug, Serialize)]
pub struct StepView {
    solved: bool,
    at: String,
    attempts: usize,
    client: String,
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
pub fn front(sheet: &Sheet, values: &Values, reader: Reader<'_>) -> FrontView {
    let front = &sheet.front;
    let inline = |text: &String| to_inline_html(&values.fill(text));
    let teacher = front.teacher.as_ref().filter(|_| reader.is_teacher());
    FrontView {
        slug: sheet.slug.clone(),
        number: sheet.number().to_owned(),
        title: front.title.clone(),
        minutes: front.minutes,
        level: front.level.word(),
        outcomes: front.outcomes.iter().map(inline).collect(),
        standards: front.standards.clone(),
        defences: front.defences.iter().map(|name| name.slug()).collect(),
        attacks: front.attacks.clone(),
        needs: front.needs.iter().map(inline).collect(),
        points: sheet.points(),
        teacher: teacher.map(|text| to_html(&values.fill(text))),
    }
}

/// Every piece of a sheet that this reader may see.
pub fn parts(sheet: &Sheet, values: &Values, reader: Reader<'_>) -> Vec<PartView> {
    let mut writer = Writer {
        values,
        reader,
        numbers: BTreeMap::new(),
    };
    let parts = sheet.parts.iter();
    parts.filter_map(|part| writer.part(&part.what)).collect()
}

struct Writer<'w> {
    values: &'w Values,
    reader: Reader<'w>,
    numbers: BTreeMap<&'static str, usize>,
}

impl Writer<'_> {
    fn html(&self, text: &str) -> String {
        let on = match self.reader {
            Reader::Student(..) => On::Page,
            Reader::Paper | Reader::Teacher => On::Paper,
        };
        to_html_on(&self.values.fill(text), on)
    }

    fn inline(&self, text: &str) -> String {
        to_inline_html(&self.values.fill(text))
    }

    fn part(&mut self, what: &What) -> Option<PartView> {
        let kind = match what {
            What::Text(_) => "text",
            What::Console(console) if console.browser => "devtools",
            What::Console(_) => "console",
            What::Step(_) => "step",
            What::Question(_) => "question",
            What::Reflection(_) => "reflection",
            What::Screenshot(_) => "screenshot",
            What::Elsewhere(_) => "elsewhere",
            What::Teacher(_) if self.reader.is_teacher() => "teacher",
            What::Teacher(_) => return None,
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
            What::Text(text) | What::Teacher(text) => view.html = self.html(text),
            What::Console(console) => view.lines = self.lines(console),
            What::Step(step) => {
                view.html = self.html(&step.task);
                view.step = Some(self.step(step));
            }
            What::Question(question) => {
                view.html = self.html(&question.ask);
                view.question = Some(self.question(question));
            }
            What::Reflection(reflection) => {
                view.html = self.html(&reflection.ask);
                let given = self.reader.progress();
                let given = given.and_then(|all| all.answers.get(&reflection.common.id));
                view.reflection = Some(ReflectionView {
                    given: given.map(|given| given.answer.clone()).unwrap_or_default(),
                    lines: reflection.lines,
                });
            }
            What::Screenshot(screenshot) => {
                view.html = self.html(&screenshot.take);
                view.look = screenshot.look.as_ref().map(|look| self.html(look));
            }
            What::Elsewhere(names) => view.elsewhere = names.iter().map(elsewhere).collect(),
        }
        Some(view)
    }

    fn common(&mut self, common: &Common, kind: &'static str) -> CommonView {
        let number = self.numbers.entry(kind).or_default();
        *number += 1;
        let number = *number;
        let opened = match self.reader {
            Reader::Student(progress, _) => {
                progress.hints.get(&common.id).copied().unwrap_or_default()
            }
            Reader::Paper => 0,
            Reader::Teacher => common.hints.len(),
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

    fn lines(&self, block: &Console) -> Vec<LineView> {
        let text = self.values.fill(&block.text);
        let line = |kind, text: &str| LineView {
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

    fn step(&self, step: &Step) -> StepView {
        let id = &step.common.id;
        let mut view = StepView {
            solved: false,
            at: String::new(),
            attempts: 0,
            client: String::new(),
            message: String::new(),
            seen: Vec::new(),
        };
        let Reader::Student(progress, standings) = self.reader else {
            return view;
        };
        if let Some(done) = progress.steps.get(id) {
            view.solved = true;
            view.at = date_and_time(done.at);
            view.attempts = done.attempts;
            view.client.clone_from(&done.client);
            view.seen.clone_from(&done.seen);
        } else if let Some((_, Verdict::NotYet { message, attempts })) =
            standings.iter().find(|(step, _)| step == id)
        {
            view.attempts = *attempts;
            view.message = self.inline(message);
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
