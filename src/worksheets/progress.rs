//! What a bench keeps of one sheet: steps, answers, hints.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::judge;
use super::sheet::Sheet;
use crate::base::clock::BenchTime;
use crate::storage::EventId;

/// What was done of one sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SheetProgress {
    /// Steps look at the events after this one.
    pub after: EventId,
    /// When it was begun, by the wall clock: by the first answer, hint or step that was done.
    pub started: BenchTime,
    /// Whether a step is still to be done.
    pub open: bool,
    /// The steps that are done, by their ids.
    pub steps: BTreeMap<String, StepDone>,
    /// The answers given, by the ids of their questions and reflections.
    pub answers: BTreeMap<String, GivenAnswer>,
    /// How many hints were opened, by the ids of their blocks.
    pub hints: BTreeMap<String, usize>,
}

/// A step that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct StepDone {
    /// When, by the wall clock.
    pub at: BenchTime,
    /// How many attempts it took: those that the sheet complained of, and the one that counted.
    pub attempts: usize,
    /// What kind of client did it.
    pub client: String,
    /// What the server saw, in sentences.
    pub seen: Vec<String>,
    /// The last event that it took; an earlier lab did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GivenAnswer {
    /// The answer; a choice by the numbers of its options.
    pub answer: String,
    /// When, by the wall clock.
    pub at: BenchTime,
    /// How many times the question was answered.
    pub tries: usize,
}

impl SheetProgress {
    /// Nothing done yet; steps look at what happens after this event.
    pub fn new(after: EventId, started: BenchTime) -> Self {
        Self {
            after,
            started,
            open: true,
            steps: BTreeMap::new(),
            answers: BTreeMap::new(),
            hints: BTreeMap::new(),
        }
    }

    /// Whether anything was done.
    pub fn is_begun(&self) -> bool {
        !(self.steps.is_empty() && self.answers.is_empty() && self.hints.is_empty())
    }

    /// When something was last done that leaves a date.
    pub fn last_done(&self) -> Option<BenchTime> {
        let steps = self.steps.values().map(|done| done.at);
        steps
            .chain(self.answers.values().map(|given| given.at))
            .max()
    }

    /// Whether the question of this id is answered for good: rightly, or where nothing is right or
    /// wrong.
    pub fn is_settled(&self, sheet: &Sheet, id: &str) -> bool {
        let Some(given) = self.answers.get(id) else {
            return false;
        };
        match sheet.questions().find(|question| question.common.id == id) {
            Some(question) => {
                judge(question, &given.answer).is_ok_and(|judged| judged.right != Some(false))
            }
            None => !given.answer.trim().is_empty(),
        }
    }

    /// The points reached.
    pub fn points(&self, sheet: &Sheet) -> u32 {
        let steps = sheet.steps().map(|step| &step.common);
        let solved = steps.filter(|common| self.steps.contains_key(&common.id));
        let questions = sheet.questions().map(|question| &question.common);
        let written = questions.chain(sheet.reflections().map(|reflection| &reflection.common));
        let settled = written.filter(|common| self.is_settled(sheet, &common.id));
        solved.chain(settled).map(|common| common.points).sum()
    }

    /// The points reached with steps alone.
    pub fn points_of_steps(&self, sheet: &Sheet) -> u32 {
        let steps = sheet.steps().map(|step| &step.common);
        let solved = steps.filter(|common| self.steps.contains_key(&common.id));
        solved.map(|common| common.points).sum()
    }

    /// How many steps are done.
    pub fn steps_done(&self, sheet: &Sheet) -> usize {
        let steps = sheet.steps();
        steps
            .filter(|step| self.steps.contains_key(&step.common.id))
            .count()
    }

    /// Takes over what `other` has and this lacks; of two answers the later one.
    pub fn merge(&mut self, other: SheetProgress) {
        for (id, done) in other.steps {
            self.steps.entry(id).or_insert(done);
        }
        for (id, given) in other.answers {
            match self.answers.get(&id) {
                Some(own) if own.at >= given.at => {}
                _ => {
                    self.answers.insert(id, given);
                }
            }
        }
        for (id, opened) in other.hints {
            let own = self.hints.entry(id).or_default();
            *own = opened.max(*own);
        }
        self.started = self.started.min(other.started);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(answer: &str, at: u64) -> GivenAnswer {
        GivenAnswer {
            answer: answer.into(),
            at: BenchTime::from_millis(at),
            tries: 1,
        }
    }

    #[test]
    fn merging_loses_nothing() {
        let mut own = SheetProgress::new(EventId(5), BenchTime::from_millis(50));
        own.answers.insert("a".into(), given("new", 9));
        own.answers.insert("b".into(), given("old", 1));
        own.hints.insert("h".into(), 2);
        let mut other = SheetProgress::new(EventId(1), BenchTime::from_millis(10));
        other.answers.insert("a".into(), given("older", 3));
        other.answers.insert("b".into(), given("newer", 4));
        other.hints.insert("h".into(), 1);
        let done = StepDone {
            at: BenchTime::from_millis(7),
            attempts: 1,
            client: "curl".into(),
            seen: Vec::new(),
            event: Some(EventId(3)),
        };
        other.steps.insert("s".into(), done.clone());
        own.merge(other);
        assert_eq!(own.answers["a"].answer, "new");
        assert_eq!(own.answers["b"].answer, "newer");
        assert_eq!((own.hints["h"], &own.steps["s"]), (2, &done));
        assert_eq!(
            (own.after, own.started),
            (EventId(5), BenchTime::from_millis(10))
        );
    }
}
