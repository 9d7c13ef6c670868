//! What is done and what is open of every sheet on a bench: what is recorded, and what the journal
//! shows besides.
//!
//! Looking stores nothing. The journal is enough, from the bench's first event on: a sheet that nobody
//! opened yet knows what was done for it. [`progress_tracker`](super::progress_tracker) stores what it
//! finds.

use std::collections::HashMap;
use std::time::Duration;

use super::check::{SheetCheck, Verdict};
use super::events::{self, Facts};
use super::library::SheetLibrary;
use super::progress::{SheetProgress, StepDone};
use crate::base::clock::BenchTime;
use crate::base::event::{Event, EventKind, in_words};
use crate::session::bench::Bench;
use crate::storage::{EventId, StorageError};
use crate::web::visible_time::date_and_time;

/// How many of the events that solved a step are kept with it.
const KEPT: usize = 8;

/// The time by the wall clock: progress is dated by it, however far the bench's clock was moved.
pub fn wall_time() -> BenchTime {
    BenchTime::now(Duration::ZERO)
}

/// A step that is still to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenStep {
    pub id: String,
    /// `Not yet.`, unless it may have happened before the journal begins.
    pub status: &'static str,
    /// What is missing, or why the last attempt did not count: Markdown.
    pub message: String,
    /// How many attempts there were.
    pub attempts: usize,
}

/// What is done of a sheet, and what is open.
#[derive(Clone, Debug)]
pub struct SheetStanding {
    pub slug: String,
    /// What is recorded, with the steps that the journal shows as done.
    pub progress: SheetProgress,
    /// The steps that are to be done.
    pub open: Vec<OpenStep>,
    /// Whether the journal shows a step that is not recorded.
    pub has_news: bool,
}

/// A bench's journal, as the checks look at it.
#[derive(Debug, Default)]
pub struct JournalView {
    ids: Vec<EventId>,
    events: Vec<Event>,
    facts: Vec<Facts>,
    /// When each event happened, by the wall clock.
    times: Vec<BenchTime>,
    last: EventId,
}

impl JournalView {
    /// Reads the whole journal of a bench.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn read(bench: &Bench) -> Result<Self, StorageError> {
        let (last, journal) = bench.journal().await?;
        let (ids, events): (Vec<_>, Vec<_>) = journal.into_iter().unzip();
        Ok(Self {
            facts: events.iter().map(events::facts).collect(),
            times: wall_times(&events, bench.ahead()),
            ids,
            events,
            last,
        })
    }

    /// The place of the first event after this one. A journal that has fewer events was deleted and
    /// begun anew: then all of it came later.
    fn after(&self, event: EventId) -> usize {
        if event > self.last {
            return 0;
        }
        self.ids.partition_point(|id| *id <= event)
    }

    /// When it begins, where events after this one are no longer in it.
    fn begins_late(&self, after: EventId) -> Option<BenchTime> {
        let first = self.ids.first().copied();
        let is_whole = match first {
            Some(first) => after <= self.last && first.0 <= after.0 + 1,
            None => after == self.last,
        };
        let begins = self.times.first().copied();
        (!is_whole).then(|| begins.unwrap_or_else(wall_time))
    }

    fn step_done(&self, shown_by: &[usize], attempts: usize) -> StepDone {
        let last = shown_by.last().copied().unwrap_or_default();
        let client = self.events.get(last);
        let seen = shown_by.iter().filter_map(|at| self.events.get(*at));
        StepDone {
            at: self.times.get(last).copied().unwrap_or_else(wall_time),
            attempts,
            client: client.map_or("", |e| in_words::client(e.client)).to_owned(),
            seen: seen.take(KEPT).map(in_words::event).collect(),
            event: self.ids.get(last).copied(),
        }
    }
}

/// When events happened by the wall clock. Each is dated by the bench's clock, and the journal also
/// tells when that was moved; `ahead` is how far it is ahead now.
fn wall_times(events: &[Event], ahead: Duration) -> Vec<BenchTime> {
    let moved_to = |event: &Event| match event.what {
        EventKind::ClockMoved { minutes } => Some(Duration::from_secs(minutes.saturating_mul(60))),
        EventKind::BenchReset => Some(Duration::ZERO),
        _ => None,
    };
    let was_moved = events.iter().any(|event| moved_to(event).is_some());
    let mut ahead = if was_moved { Duration::ZERO } else { ahead };
    let now = wall_time();
    let times = events.iter().map(|event| {
        ahead = moved_to(event).unwrap_or(ahead);
        let ahead = u64::try_from(ahead.as_millis()).unwrap_or(u64::MAX);
        BenchTime::from_millis(event.at.millis().saturating_sub(ahead)).min(now)
    });
    times.collect()
}

/// What is done and open of every sheet, in the order of the course. `recorded` is what the store
/// holds, by the sheets' slugs.
pub fn survey(
    library: &SheetLibrary,
    mut recorded: HashMap<String, SheetProgress>,
    journal: &JournalView,
) -> Vec<SheetStanding> {
    let begin = |slug: &String| {
        let fresh = || SheetProgress::new(EventId::default(), wall_time());
        recorded.remove(slug).unwrap_or_else(fresh)
    };
    let sheets = library.sheets();
    let progress: Vec<_> = sheets.iter().map(|sheet| &sheet.slug).map(begin).collect();
    let checks = sheets.iter().zip(&progress).map(|(sheet, progress)| {
        let known = |step: &str| {
            let done = progress.steps.get(step)?;
            let event = done.event.filter(|event| *event <= journal.last);
            Some(event.map_or(0, |event| journal.after(event)))
        };
        let start = journal.after(progress.after);
        SheetCheck::new(sheet.steps(), &journal.facts, start, known)
    });
    let checks: Vec<_> = checks.collect();
    let served: Vec<Vec<usize>> = checks
        .iter()
        .map(|check| match check.is_well_begun() {
            true => check.done().collect(),
            false => Vec::new(),
        })
        .collect();
    let mut standings = Vec::with_capacity(sheets.len());
    for (at, (sheet, check)) in sheets.iter().zip(&checks).enumerate() {
        let others = served.iter().enumerate().filter(|(other, _)| *other != at);
        let elsewhere: Vec<_> = others.flat_map(|(_, places)| places).copied().collect();
        let own = &progress[at];
        let begins = journal.begins_late(own.after);
        let mut standing = SheetStanding {
            slug: sheet.slug.clone(),
            progress: own.clone(),
            open: Vec::new(),
            has_news: false,
        };
        for (step, verdict) in check.verdicts(&elsewhere, |step| own.hints.contains_key(step)) {
            let id = step.common.id.clone();
            match verdict {
                Verdict::Solved { events, attempts } => {
                    let done = journal.step_done(&events, attempts);
                    standing.progress.started = standing.progress.started.min(done.at);
                    standing.progress.steps.insert(id, done);
                    standing.has_news = true;
                }
                Verdict::NotYet {
                    message,
                    attempts,
                    forgotten,
                } => {
                    let begins = begins.filter(|_| forgotten);
                    let (status, message) = match begins {
                        Some(begins) => ("", not_seen(begins)),
                        None => ("Not yet.", message),
                    };
                    standing.open.push(OpenStep {
                        id,
                        status,
                        message,
                        attempts,
                    });
                }
            }
        }
        standings.push(standing);
    }
    standings
}

fn not_seen(begins: BenchTime) -> String {
    let begins = date_and_time(begins);
    format!(
        "Not seen (the journal begins at {begins} UTC). The lab no longer knows what happened before. \
         If you did this step earlier, do it again."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::event::ClientKind;

    const MINUTE: u64 = 60_000;

    fn event(at: u64, what: EventKind) -> Event {
        Event {
            at: BenchTime::from_millis(at),
            variant: None,
            client: ClientKind::Other,
            what,
        }
    }

    fn anything(at: u64) -> Event {
        event(at, EventKind::CustomChanged { strong: 1 })
    }

    #[test]
    fn events_are_dated_by_the_wall_clock_however_often_the_benchs_clock_was_moved() {
        let moved = |at, minutes| event(at, EventKind::ClockMoved { minutes });
        let journal = [
            anything(1_000),
            moved(2_000 + 5 * MINUTE, 5),
            anything(3_000 + 5 * MINUTE),
            moved(4_000 + 65 * MINUTE, 65),
            anything(5_000 + 65 * MINUTE),
            event(6_000, EventKind::BenchReset),
            anything(7_000),
        ];
        let times = wall_times(&journal, Duration::ZERO);
        let millis: Vec<_> = times.into_iter().map(BenchTime::millis).collect();
        assert_eq!(millis, [1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000]);
        // The journal no longer tells when the clock was moved.
        let ahead = Duration::from_secs(300);
        let times = wall_times(&[anything(1_000 + 5 * MINUTE)], ahead);
        assert_eq!(times[0].millis(), 1_000);
        let from_the_future = wall_times(&[anything(u64::MAX)], Duration::ZERO);
        assert!(from_the_future[0] <= wall_time());
    }

    fn view(ids: &[u64], last: u64) -> JournalView {
        JournalView {
            ids: ids.iter().copied().map(EventId).collect(),
            times: ids.iter().copied().map(BenchTime::from_millis).collect(),
            last: EventId(last),
            ..JournalView::default()
        }
    }

    #[test]
    fn a_journal_that_lost_its_beginning_or_all_of_it_begins_late() {
        let begins = |journal: &JournalView, after: u64| {
            let begins = journal.begins_late(EventId(after));
            begins.map(BenchTime::millis)
        };
        assert_eq!(begins(&view(&[1, 2], 2), 0), None);
        assert_eq!(begins(&view(&[], 0), 0), None);
        let dropped = view(&[5, 6, 7], 7);
        assert_eq!(begins(&dropped, 0), Some(5));
        assert_eq!(begins(&dropped, 4), None, "nothing after the reset is lost");
        assert_eq!(dropped.after(EventId(5)), 1);
        // It was deleted, and counts from 1 again.
        let anew = view(&[1, 2], 2);
        assert_eq!(begins(&anew, 40), Some(1));
        assert_eq!(anew.after(EventId(40)), 0);
        assert!(begins(&view(&[], 0), 40).is_some());
    }
}
