//! A question as a page shows it: its options, what was answered, and what is right for those who
//! may know.

use serde::Serialize;

use super::ViewWriter;
use crate::worksheets::answers::{chosen, judge};
use crate::worksheets::sheet::{Question, QuestionKind, QuestionOption, Wrong};

/// A question, and what was answered.
#[derive(Debug, Serialize)]
pub struct QuestionView {
    /// `choice`, `choices`, `prediction`, `text` or `number`.
    form: &'static str,
    options: Vec<OptionView>,
    unit: Option<String>,
    given: Option<String>,
    tries: usize,
    right: Option<bool>,
    because: Vec<String>,
    /// Whether the two before this are kept back until a teacher releases them.
    kept_back: bool,
    /// For the teacher: what is right.
    answers: Vec<String>,
    /// For the teacher: common mistakes.
    mistakes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct OptionView {
    at: usize,
    html: String,
    chosen: bool,
    /// For the teacher.
    right: bool,
    because: Option<String>,
}

impl QuestionView {
    pub(super) fn keep_back(&mut self) {
        self.right = None;
        self.because.clear();
        self.kept_back = true;
    }
}

impl ViewWriter<'_> {
    pub(super) fn question(&self, question: &Question) -> QuestionView {
        let teacher = self.reader.is_teacher();
        let given = self.reader.progress();
        let given = given.and_then(|all| all.answers.get(&question.common.id));
        let judged = given.and_then(|given| judge(question, &given.answer).ok());
        let (options, right) = match &question.kind {
            QuestionKind::Choice(options) | QuestionKind::Prediction { options, .. } => {
                let count = options.iter().filter(|option| option.right).count();
                (options.as_slice(), count)
            }
            QuestionKind::Text { .. } | QuestionKind::Number { .. } => (&[][..], 0),
        };
        let form = match &question.kind {
            QuestionKind::Choice(_) if right > 1 => "choices",
            QuestionKind::Choice(_) => "choice",
            QuestionKind::Prediction { .. } => "prediction",
            QuestionKind::Text { .. } => "text",
            QuestionKind::Number { .. } => "number",
        };
        let picked = given.and_then(|given| chosen(options, &given.answer).ok());
        let picked = picked.unwrap_or_default();
        let option = |(at, option): (usize, &QuestionOption)| OptionView {
            at,
            html: self.inline(&option.text),
            chosen: picked.contains(&at),
            right: teacher && option.right,
            because: option
                .because
                .as_ref()
                .filter(|_| teacher)
                .map(|text| self.inline(text)),
        };
        let (answers, mistakes) = if teacher {
            self.answers(question)
        } else {
            (Vec::new(), Vec::new())
        };
        QuestionView {
            form,
            options: options.iter().enumerate().map(option).collect(),
            unit: match &question.kind {
                QuestionKind::Number { unit, .. } => unit.clone(),
                _ => None,
            },
            given: given.map(|given| given.answer.clone()),
            tries: given.map_or(0, |given| given.tries),
            right: judged.as_ref().and_then(|judged| judged.right),
            because: judged
                .map(|judged| judged.because.iter().map(|text| self.html(text)).collect())
                .unwrap_or_default(),
            kept_back: false,
            answers,
            mistakes,
        }
    }

    /// What is right, and common mistakes, for the teacher.
    fn answers(&self, question: &Question) -> (Vec<String>, Vec<String>) {
        let mistakes = |wrong: &[Wrong]| {
            let line = |one: &Wrong| self.inline(&format!("{}: {}", one.answer, one.because));
            wrong.iter().map(line).collect()
        };
        match &question.kind {
            QuestionKind::Choice(_) => (Vec::new(), Vec::new()),
            QuestionKind::Prediction { reveal, .. } => (vec![self.html(reveal)], Vec::new()),
            QuestionKind::Text {
                accept,
                because,
                wrong,
            } => {
                let right = format!("{}. {because}", accept.join(" or "));
                (vec![self.html(&right)], mistakes(wrong))
            }
            QuestionKind::Number {
                equals,
                within,
                unit,
                because,
                wrong,
            } => {
                let unit = unit.as_deref().unwrap_or_default();
                let off = if *within > 0.0 {
                    format!(" (within {within})")
                } else {
                    String::new()
                };
                let right = format!("{equals} {unit}{off}. {because}");
                (vec![self.html(&right)], mistakes(wrong))
            }
        }
    }
}
