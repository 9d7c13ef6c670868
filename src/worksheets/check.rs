//! Whether the steps of a sheet were done: the events that each expects, found in the journal in their
//! order.
//!
//! Nothing that a student types counts as proof, only what the server saw. Where an attempt does
//! not count, the page says why. What one expected event looks like is in
//! [`expectation`](super::expectation).
//!
//! The commands of one step often look like failed attempts at a later one. So an attempt belongs to
//! the first open step that it could be meant for. It counts for the step that is due only, and only
//! after everything that served an earlier step or another sheet: nobody who does what the sheet says
//! in its order reads of an attempt that failed.

use std::ops::Range;

use super::events::Facts;
use super::expectation::{Bound, Expectation};
use super::sheet::SheetStep;

/// How many comparisons one check may cost. A journal of thousands of events with many sessions
/// could otherwise make a step with many unknowns slow.
const MOST_COMPARISONS: usize = 400_000;

/// How many events after one its request is looked for.
const EVENTS_OF_A_REQUEST: usize = 4;

/// The status of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was done.
    Solved {
        /// The events that show it, by their place in the list.
        events: Vec<usize>,
        /// How many attempts it took.
        attempts: usize,
    },
    /// It was not seen yet.
    NotYet {
        /// What is missing, or why the last attempt did not count.
        message: String,
        /// How many attempts there were at what is missing.
        attempts: usize,
        /// Whether it may have happened before the journal begins.
        forgotten: bool,
    },
}

/// What is known of a step before its attempts are counted.
#[derive(Debug)]
enum StepFound {
    /// It is recorded as done; the place after the event that showed it.
    Known(usize),
    /// The journal shows it, by these events.
    Solved(Vec<usize>),
    /// So many expectations are met, the next is looked for from here on, and this is bound.
    Open {
        reached: usize,
        from: usize,
        bound: Bound,
    },
}

/// The steps of one sheet beside a journal.
pub(super) struct SheetCheck<'c> {
    journal: &'c [Facts],
    /// Where the events begin that count.
    start: usize,
    steps: Vec<(&'c SheetStep, StepFound)>,
}

impl<'c> SheetCheck<'c> {
    /// Looks for what each step expects, in the events from `start` on. `known` tells of a step that
    /// is recorded as done the place after the event that showed it.
    pub fn new(
        steps: impl Iterator<Item = &'c SheetStep>,
        journal: &'c [Facts],
        start: usize,
        known: impl Fn(&str) -> Option<usize>,
    ) -> Self {
        let found = steps.map(|step| {
            let found = match known(&step.common.id) {
                Some(after) => StepFound::Known(after),
                None => find(step, journal, start),
            };
            (step, found)
        });
        Self {
            journal,
            start,
            steps: found.collect(),
        }
    }

    /// Where the steps were done that are done: the place after the last event of each.
    pub fn done(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().filter_map(|(_, found)| match found {
            StepFound::Known(after) => Some(*after),
            StepFound::Solved(events) => events.last().map(|last| last + 1),
            StepFound::Open { .. } => None,
        })
    }

    /// Whether most of the sheet is done.
    pub fn is_well_begun(&self) -> bool {
        2 * self.done().count() >= self.steps.len()
    }

    /// The status of every step that is not recorded as done. `elsewhere` are the places after events
    /// that served another sheet. A step is also due when its hint was asked for.
    pub fn verdicts(
        &self,
        elsewhere: &[usize],
        is_hinted: impl Fn(&str) -> bool,
    ) -> Vec<(&'c SheetStep, Verdict)> {
        let mut served = self.start;
        let mut open: Vec<&SheetStep> = Vec::new();
        let mut verdicts = Vec::new();
        for (step, found) in &self.steps {
            let is_due = open.is_empty() || is_hinted(&step.common.id);
            // What another sheet needed last may be an attempt here: both look for it.
            let counted = |served: usize, from: usize, until: usize| {
                let other = elsewhere.iter().filter(|after| **after <= until).max();
                let other = other.map_or(0, |after| after.saturating_sub(1));
                let from = if is_due {
                    from.max(served).max(other)
                } else {
                    until
                };
                from..until
            };
            match found {
                StepFound::Known(after) => {
                    let after = (after.checked_sub(1)).map(|last| self.after_the_request_of(last));
                    served = served.max(after.unwrap_or_default());
                }
                StepFound::Solved(events) => {
                    let last = events.last().copied().unwrap_or_default();
                    let before = events.iter().rev().nth(1).map_or(0, |before| before + 1);
                    let failed = step.expect.last().map_or(0, |expected| {
                        self.missed(expected, counted(served, before, last), &open)
                            .count()
                    });
                    served = served.max(self.after_the_request_of(last));
                    let (events, attempts) = (events.clone(), failed + 1);
                    verdicts.push((*step, Verdict::Solved { events, attempts }));
                }
                StepFound::Open {
                    reached,
                    from,
                    bound,
                } => {
                    let within = counted(served, *from, self.journal.len());
                    let verdict = step.expect.get(*reached).map(|missing| {
                        let tried: Vec<_> = self.missed(missing, within, &open).collect();
                        let last = tried.last();
                        let complaint = last.and_then(|facts| missing.why_not(facts, bound));
                        Verdict::NotYet {
                            // Once something is met, whatever is missing comes after it.
                            forgotten: *reached == 0 && complaint.is_none(),
                            message: complaint.unwrap_or_else(|| missing.not_yet().to_owned()),
                            attempts: tried.len(),
                        }
                    });
                    verdicts.extend(verdict.map(|verdict| (*step, verdict)));
                    open.push(step);
                }
            }
        }
        verdicts
    }

    /// The failed attempts at an expectation that cannot be meant for one of the steps before it.
    fn missed<'t>(
        &'t self,
        expected: &'t Expectation,
        within: Range<usize>,
        before: &'t [&SheetStep],
    ) -> impl Iterator<Item = &'t Facts> {
        let events = self.journal.get(within).unwrap_or_default().iter();
        let is_for_another =
            move |facts: &&Facts| before.iter().any(|step| step.is_tried_by(facts));
        expected.missed_by(events.filter(move |facts| !is_for_another(facts)))
    }

    /// The place after the request that caused the event at this place: a request is noted after
    /// everything that happened in it.
    fn after_the_request_of(&self, at: usize) -> usize {
        let is_request = |facts: &Facts| facts.get("event").is_some_and(|event| event == "request");
        let cause = self.journal.get(at);
        if cause.is_none_or(is_request) {
            return at + 1;
        }
        let of_the_same = |facts: &&Facts| {
            let same = |field| cause.and_then(|cause| cause.get(field)) == facts.get(field);
            same("variant") && same("client")
        };
        let later = self.journal.iter().skip(at + 1).take(EVENTS_OF_A_REQUEST);
        let request = later.take_while(of_the_same).position(is_request);
        at + 1 + request.map_or(0, |request| request + 1)
    }
}

fn find(step: &SheetStep, journal: &[Facts], start: usize) -> StepFound {
    let mut search = EventSearch {
        expect: &step.expect,
        journal,
        comparisons: 0,
        best: (0, start, Bound::new()),
    };
    let mut events = Vec::new();
    if search.find(0, start, &Bound::new(), &mut events) {
        return StepFound::Solved(tightest(step, journal, start, events));
    }
    let (reached, from, bound) = search.best;
    StepFound::Open {
        reached,
        from,
        bound,
    }
}

/// Of all ways to meet the expectations the one that ends first, and of those the one that begins last.
/// It stays the same while the journal grows, and what was done anew is looked at anew. Where that
/// costs too many comparisons, `found` is good enough.
fn tightest(step: &SheetStep, journal: &[Facts], start: usize, found: Vec<usize>) -> Vec<usize> {
    let ends = (step.expect.first(), step.expect.last(), found.last());
    let (Some(first), Some(end), Some(last)) = ends else {
        return found;
    };
    let mut comparisons = 0;
    let mut search = |journal: &[Facts], from: usize| {
        let mut search = EventSearch {
            expect: &step.expect,
            journal,
            comparisons,
            best: (0, from, Bound::new()),
        };
        let mut events = Vec::new();
        let is_found = search.find(0, from, &Bound::new(), &mut events);
        comparisons = search.comparisons;
        is_found.then_some(events)
    };
    let may_be = |expected: &Expectation, at: usize| {
        let facts = journal.get(at);
        facts.is_some_and(|facts| expected.is_met_by(facts, &Bound::new()).is_some())
    };
    for until in (start..=*last).filter(|at| may_be(end, *at)) {
        let journal = &journal[..=until];
        let Some(events) = search(journal, start) else {
            continue;
        };
        let begin = events.first().copied().unwrap_or_default();
        let mut later = (begin + 1..=until).rev().filter(|at| may_be(first, *at));
        return later
            .find_map(|from| search(journal, from))
            .unwrap_or(events);
    }
    found
}

struct EventSearch<'s> {
    expect: &'s [Expectation],
    journal: &'s [Facts],
    comparisons: usize,
    /// The furthest that was reached: expectations met, where to look on, what is bound.
    best: (usize, usize, Bound),
}

impl EventSearch<'_> {
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
mod tests;
