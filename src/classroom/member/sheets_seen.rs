//! What was last seen of the sheets on a bench, and what has happened since.
//!
//! A student's lab reports no request. It looks at what is done of each sheet now and then, compares it
//! with what it saw before, and reports the difference in the words of the protocol. So nothing that a
//! request held is ever in a report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shared_reason::shared_reason;
use crate::base::clock::BenchTime;
use crate::classroom::protocol::{Happened, Item};
use crate::worksheets::answers::judge;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::sheet::Sheet;
use crate::worksheets::survey::SheetStanding;

/// What was last seen, by the sheets' slugs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SheetsSeen(BTreeMap<String, SheetSeen>);

/// What was last seen of one sheet. Numbers of attempts only: no answer, no sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SheetSeen {
    /// The attempts of each solved step.
    solved: BTreeMap<String, usize>,
    /// The attempts at each step that is open.
    tried: BTreeMap<String, usize>,
    /// How many times each question was answered.
    answered: BTreeMap<String, usize>,
}

impl SheetsSeen {
    /// What has happened since the last look, in the order in which it happened. From now on it counts
    /// as seen.
    pub fn news(
        &mut self,
        library: &SheetLibrary,
        standings: &[SheetStanding],
        now: BenchTime,
    ) -> Vec<Item> {
        let mut news = Vec::new();
        for standing in standings {
            let Some(sheet) = library.find(&standing.slug) else {
                continue;
            };
            let before = self.0.get(&sheet.slug).cloned();
            let after = SheetSeen::of(sheet, standing);
            if after.is_empty() && before.is_none() {
                continue;
            }
            let look = Look {
                sheet,
                standing,
                now,
            };
            news.extend(look.news(before, &after));
            self.0.insert(sheet.slug.clone(), after);
        }
        // The desk shows the last move of each student: what was done first is told first.
        news.sort_by_key(|item| item.at);
        news
    }

    /// Forgets everything: the next look reports all that is there.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

impl SheetSeen {
    /// Ids come from the sheet and never from the record, which may have been restored from a file.
    fn of(sheet: &Sheet, standing: &SheetStanding) -> Self {
        let progress = &standing.progress;
        let steps = sheet.steps().map(|step| &step.common.id);
        let questions = sheet.questions().map(|question| &question.common.id);
        let open = standing.open.iter().filter(|open| open.attempts > 0);
        Self {
            solved: steps
                .filter_map(|id| Some((id.clone(), progress.steps.get(id)?.attempts)))
                .collect(),
            tried: open.map(|open| (open.id.clone(), open.attempts)).collect(),
            answered: questions
                .filter_map(|id| Some((id.clone(), progress.answers.get(id)?.tries)))
                .collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.solved.is_empty() && self.tried.is_empty() && self.answered.is_empty()
    }

    /// Whether something is gone that only starting again removes.
    fn lacks_what_was_in(&self, before: &Self) -> bool {
        let gone = |now: &BTreeMap<String, usize>, before: &BTreeMap<String, usize>| {
            before.keys().any(|id| !now.contains_key(id))
        };
        gone(&self.solved, &before.solved) || gone(&self.answered, &before.answered)
    }
}

/// One look at one sheet.
struct Look<'l> {
    sheet: &'l Sheet,
    standing: &'l SheetStanding,
    now: BenchTime,
}

impl Look<'_> {
    fn news(&self, before: Option<SheetSeen>, after: &SheetSeen) -> Vec<Item> {
        let mut news = Vec::new();
        let before = match before {
            Some(before) if after.lacks_what_was_in(&before) => {
                let sheet = Some(self.slug());
                news.push(self.now(Happened::StartedAgain { sheet }));
                SheetSeen::default()
            }
            Some(before) => before,
            None => SheetSeen::default(),
        };
        if before.is_empty() && !after.is_empty() {
            news.push(Item {
                at: self.standing.progress.started.min(self.now),
                what: Happened::Begun { sheet: self.slug() },
            });
        }
        news.extend(self.steps(&before, after));
        news.extend(self.answers(&before, after));
        news
    }

    fn steps(&self, before: &SheetSeen, after: &SheetSeen) -> impl Iterator<Item = Item> {
        let news = self.sheet.steps().filter_map(|step| {
            let id = &step.common.id;
            if let Some(&attempts) = after.solved.get(id) {
                let done = self.standing.progress.steps.get(id)?;
                let what = Happened::Solved {
                    sheet: self.slug(),
                    step: id.clone(),
                    attempts,
                };
                let is_new = before.solved.get(id) != Some(&attempts);
                return is_new.then(|| self.at(done.at, what));
            }
            let attempts = *after.tried.get(id)?;
            let open = self.standing.open.iter().find(|open| open.id == *id)?;
            let what = Happened::Tried {
                sheet: self.slug(),
                step: id.clone(),
                attempts,
                why: shared_reason(step, &open.message),
            };
            let is_new = attempts > before.tried.get(id).copied().unwrap_or_default();
            is_new.then(|| self.now(what))
        });
        news.collect::<Vec<_>>().into_iter()
    }

    fn answers(&self, before: &SheetSeen, after: &SheetSeen) -> impl Iterator<Item = Item> {
        let news = self.sheet.questions().filter_map(|question| {
            let id = &question.common.id;
            let tries = *after.answered.get(id)?;
            let given = self.standing.progress.answers.get(id)?;
            let what = Happened::Answered {
                sheet: self.slug(),
                question: id.clone(),
                right: judge(question, &given.answer).ok()?.right,
                tries,
            };
            let is_new = before.answered.get(id) != Some(&tries);
            is_new.then(|| self.at(given.at, what))
        });
        news.collect::<Vec<_>>().into_iter()
    }

    fn slug(&self) -> String {
        self.sheet.slug.clone()
    }

    fn now(&self, what: Happened) -> Item {
        self.at(self.now, what)
    }

    fn at(&self, at: BenchTime, what: Happened) -> Item {
        Item { at, what }
    }
}
