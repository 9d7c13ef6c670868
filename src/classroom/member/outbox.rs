//! The outbox: what happened and is still to be reported, with consecutive numbers.
//!
//! An item stays until the desk has said that its number is stored. What was sent once and not yet
//! acknowledged is *in doubt*: perhaps the desk has it and only its answer was lost. So these items are
//! sent again as they were, and nothing in front of them or between them changes.

use serde::{Deserialize, Serialize};

use super::sheets_seen::SheetsSeen;
use crate::base::clock::BenchTime;
use crate::classroom::protocol::{Happened, Item, LARGEST_BODY, MOST_ITEMS};
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::survey::SheetStanding;

/// How many items wait at most: a desk that is away for a week must not fill a student's disk.
const MOST_PENDING: usize = 1_000;

/// How many bytes may wait when a reflection is added. Those of all sheets have room.
const MOST_BYTES: usize = 1024 * 1024;

/// How large the items of one report may be: the body has a little more.
const LARGEST_BATCH: usize = LARGEST_BODY - 16 * 1024;

/// What is still to be reported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Outbox {
    /// The last number that the desk has stored; the first pending item has the next one. `None` until
    /// the desk has said it.
    stored: Option<u64>,
    /// How many of the first items may have reached the desk.
    in_doubt: usize,
    pending: Vec<Item>,
    seen: SheetsSeen,
}

/// Some items to be sent, and the number of the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingBatch {
    pub first: u64,
    pub items: Vec<Item>,
}

/// What the desk's answer says about the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// What was sent is stored, or a part of it.
    InStep,
    /// The desk has less or more than this lab has sent. All that is there is reported anew.
    Anew,
}

impl Outbox {
    /// Compares what is done and open with what was seen before, and keeps the difference.
    pub fn look(&mut self, library: &SheetLibrary, standings: &[SheetStanding], now: BenchTime) {
        let news = self.seen.news(library, standings, now);
        for item in news {
            self.push(item);
        }
    }

    /// Keeps one more item. Where too much waits, something older makes room.
    pub fn push(&mut self, item: Item) {
        // Only a reflection is long. A thousand of the others have less than a megabyte.
        let is_long = matches!(item.what, Happened::Reflected { .. });
        self.pending.push(item);
        while self.pending.len() > MOST_PENDING || is_long && self.bytes() > MOST_BYTES {
            let Some(place) = self.gives_way() else {
                return;
            };
            self.pending.remove(place);
        }
    }

    /// How many items wait.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Whether the student raised or lowered a hand, and the desk has not stored it.
    pub fn has_hand(&self) -> bool {
        let is_hand = |item: &Item| matches!(item.what, Happened::Hand { .. });
        self.pending.iter().any(is_hand)
    }

    /// What is to be sent next. Until the desk has said what it has, nothing is sent but the question.
    /// What was sent before and may have arrived is sent again as it was.
    pub fn batch(&mut self) -> OutgoingBatch {
        let Some(stored) = self.stored else {
            return OutgoingBatch {
                first: 1,
                items: Vec::new(),
            };
        };
        if self.in_doubt == 0 {
            self.in_doubt = self.fitting();
        }
        OutgoingBatch {
            first: stored.saturating_add(1),
            items: self.pending.iter().take(self.in_doubt).cloned().collect(),
        }
    }

    /// Takes what the desk says that it has stored.
    pub fn acknowledge(&mut self, stored: u64) -> Acknowledged {
        let Some(before) = self.stored else {
            self.stored = Some(stored);
            self.in_doubt = 0;
            return Acknowledged::InStep;
        };
        let arrived = stored.checked_sub(before).map(usize::try_from);
        match arrived {
            Some(Ok(arrived)) if arrived <= self.in_doubt => {
                self.pending.drain(..arrived);
                // What is left of them was not stored, so it is no longer in doubt.
                self.in_doubt = 0;
                self.stored = Some(stored);
                Acknowledged::InStep
            }
            _ => {
                self.begin_anew();
                self.stored = Some(stored);
                Acknowledged::Anew
            }
        }
    }

    /// Forgets what the sheets looked like and which numbers were used: the next report asks the desk
    /// what it has, and then all that is there is reported. What a student submitted or raised stays.
    pub fn begin_anew(&mut self) {
        self.stored = None;
        self.in_doubt = 0;
        self.pending.retain(|item| {
            matches!(
                item.what,
                Happened::Reflected { .. } | Happened::Hand { .. }
            )
        });
        self.seen.forget();
    }

    /// How many of the first items fit into one report.
    fn fitting(&self) -> usize {
        let mut room = LARGEST_BATCH;
        let fits = |item: &&Item| {
            let bytes = size(item);
            let fits = bytes <= room;
            room = room.saturating_sub(bytes);
            fits
        };
        self.pending
            .iter()
            .take(MOST_ITEMS)
            .take_while(fits)
            .count()
    }

    fn bytes(&self) -> usize {
        self.pending.iter().map(size).sum()
    }

    /// The item that is missed least: of those that a later item repeats an attempt, then any; else
    /// the oldest attempt; else the oldest item. One that is in doubt stays.
    fn gives_way(&self) -> Option<usize> {
        let is_attempt = |item: &Item| matches!(item.what, Happened::Tried { .. });
        let is_repeated = |place: usize| {
            let later = self.pending.get(place + 1..).unwrap_or_default();
            later
                .iter()
                .any(|later| says_as_much(&later.what, &self.pending[place].what))
        };
        let free = || self.pending.iter().enumerate().skip(self.in_doubt);
        let repeated = |(place, _): &(usize, &Item)| is_repeated(*place);
        let attempts = || free().filter(|(_, item)| is_attempt(item));
        let found = attempts().find(repeated).or_else(|| free().find(repeated));
        let found = found.or_else(|| attempts().next());
        // The newest is what was pushed just now.
        let oldest = || {
            free()
                .next()
                .filter(|(place, _)| place + 1 < self.pending.len())
        };
        found.or_else(oldest).map(|(place, _)| place)
    }
}

/// The bytes of an item in a report.
fn size(item: &Item) -> usize {
    serde_json::to_vec(item).map_or(0, |json| json.len() + 1)
}

/// Whether the later of two items says everything that the earlier one says.
fn says_as_much(later: &Happened, earlier: &Happened) -> bool {
    use Happened::{Answered, Begun, Hand, Reflected, Solved, StartedAgain, Tried};
    match (later, earlier) {
        (
            Tried { sheet, step, .. } | Solved { sheet, step, .. },
            Tried {
                sheet: of,
                step: at,
                ..
            },
        ) => (sheet, step) == (of, at),
        (
            Solved { sheet, step, .. },
            Solved {
                sheet: of,
                step: at,
                ..
            },
        ) => (sheet, step) == (of, at),
        (
            Answered {
                sheet, question, ..
            },
            Answered {
                sheet: of,
                question: at,
                ..
            },
        ) => (sheet, question) == (of, at),
        (
            Reflected {
                sheet, reflection, ..
            },
            Reflected {
                sheet: of,
                reflection: at,
                ..
            },
        ) => (sheet, reflection) == (of, at),
        (Begun { sheet }, Begun { sheet: of }) => sheet == of,
        (StartedAgain { sheet }, StartedAgain { sheet: of }) => sheet == of,
        (Hand { .. }, Hand { .. }) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
