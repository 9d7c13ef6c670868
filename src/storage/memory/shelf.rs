//! A shelf: one bench's records with the lists, the deadlines and the journal that belong to them.
//!
//! Nothing here waits, so a shelf may stand behind an ordinary mutex.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::journal::Recent;
use super::plan::Plan;
use crate::base::clock::BenchTime;
use crate::storage::{Index, RecordKey, Stored};

/// A record with all that storage knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The value last put.
    pub value: Arc<[u8]>,
    /// Counts the puts: 1 after the first.
    pub version: u64,
    /// When it was last seen in use.
    pub seen: BenchTime,
    /// From when on it no longer counts.
    pub until: BenchTime,
    /// Whose list it stands in.
    pub owner: Option<String>,
    /// The record whose place it took.
    pub replaces: Option<RecordKey>,
    /// The turn of its first put: its place in the lists, and no other record's.
    pub place: u64,
    /// The turn of the batch that put it last. It tells, after a crash, whether a record that
    /// another replaces is the old one or one that was put again later.
    pub turn: u64,
}

/// A record on the shelf.
struct Slot {
    key: Arc<RecordKey>,
    record: Record,
    /// The deadline under which it is filed; a touch moves `record.until` ahead of it.
    filed: BenchTime,
    /// Whether it stands in the list of touched records.
    touched: bool,
}

/// One bench's records, and what is derived from them. Without `Debug`: keys may be session ids.
#[derive(Default)]
pub struct Shelf {
    slots: HashMap<Arc<RecordKey>, Slot>,
    /// Each list in the order of first puts.
    lists: HashMap<Index, BTreeMap<u64, Arc<RecordKey>>>,
    /// By deadline, then by place, which makes the pair unique. May be too early, never too late.
    deadlines: BTreeMap<(BenchTime, u64), Arc<RecordKey>>,
    /// Records touched since [`Shelf::take_touched`] took them; all of them are on the shelf.
    touched: HashSet<Arc<RecordKey>>,
    journal: Recent,
    /// The highest turn taken so far.
    turn: u64,
}

impl Shelf {
    /// The record at `key`, as the storage contract gives it out.
    pub fn read(&self, key: &RecordKey) -> Option<Stored> {
        self.record(key).map(|record| Stored {
            value: Arc::clone(&record.value),
            version: record.version,
            seen: record.seen,
            until: record.until,
        })
    }

    /// The record at `key`.
    pub fn record(&self, key: &RecordKey) -> Option<&Record> {
        self.slots.get(key).map(|slot| &slot.record)
    }

    /// At most `limit` keys of a list, first put first.
    pub fn members(&self, index: &Index, limit: usize) -> Vec<RecordKey> {
        let list = self.lists.get(index).into_iter().flat_map(BTreeMap::values);
        list.take(limit).map(|key| RecordKey::clone(key)).collect()
    }

    /// How many keys an index has.
    pub fn count(&self, index: &Index) -> usize {
        self.lists.get(index).map_or(0, BTreeMap::len)
    }

    /// The events kept.
    pub fn journal(&self) -> &Recent {
        &self.journal
    }

    /// The events kept, to add to them.
    pub fn journal_mut(&mut self) -> &mut Recent {
        &mut self.journal
    }

    /// The highest turn taken so far.
    pub fn turn(&self) -> u64 {
        self.turn
    }

    /// Makes the changes of a plan. The plan must have been made for the shelf as it stands.
    pub fn apply(&mut self, plan: Plan) {
        for key in plan.gone.iter().chain(&plan.replaced) {
            self.remove(key);
        }
        for (key, record) in plan.puts {
            self.place(key, record);
        }
        for (id, event) in plan.events {
            self.journal.add(id, event);
        }
    }

    /// Puts a record on the shelf as it is, in the place of any that lies there.
    pub fn place(&mut self, key: Arc<RecordKey>, record: Record) {
        self.remove(&key);
        self.turn = self.turn.max(record.turn).max(record.place);
        for index in lists_of(&key, &record) {
            let list = self.lists.entry(index).or_default();
            list.insert(record.place, Arc::clone(&key));
        }
        let filed = record.until;
        self.deadlines
            .insert((filed, record.place), Arc::clone(&key));
        let slot = Slot {
            key: Arc::clone(&key),
            record,
            filed,
            touched: false,
        };
        self.slots.insert(key, slot);
    }

    /// Takes a record off the shelf and out of every list.
    pub fn remove(&mut self, key: &RecordKey) {
        let Some(slot) = self.slots.remove(key) else {
            return;
        };
        for index in lists_of(key, &slot.record) {
            if let Some(list) = self.lists.get_mut(&index) {
                list.remove(&slot.record.place);
                if list.is_empty() {
                    self.lists.remove(&index);
                }
            }
        }
        self.deadlines.remove(&(slot.filed, slot.record.place));
        if slot.touched {
            self.touched.remove(key);
        }
    }

    /// Notes that a record was seen in use. Every request does this, so it costs one look-up: the
    /// record stays filed under its old deadline until [`Shelf::due`] comes across it.
    pub fn touch(&mut self, key: &RecordKey, seen: BenchTime, until: BenchTime) {
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        if seen <= slot.record.seen && until <= slot.record.until {
            return;
        }
        slot.record.seen = slot.record.seen.max(seen);
        slot.record.until = slot.record.until.max(until);
        if !slot.touched {
            self.mark_touched(key);
        }
    }

    /// The records touched since each was last taken.
    pub fn touched(&self) -> Vec<Arc<RecordKey>> {
        self.touched.iter().cloned().collect()
    }

    /// The record, if it was touched and is still here. It counts as untouched from then on.
    pub fn take_touched(&mut self, key: &RecordKey) -> Option<Record> {
        let slot = self.slots.get_mut(key).filter(|slot| slot.touched)?;
        slot.touched = false;
        self.touched.remove(key);
        Some(slot.record.clone())
    }

    /// Counts a record as touched, because what the disk says of it is out of date.
    pub fn mark_touched(&mut self, key: &RecordKey) {
        if let Some(slot) = self.slots.get_mut(key) {
            slot.touched = true;
            self.touched.insert(Arc::clone(&slot.key));
        }
    }

    /// At most `limit` records whose time is over at `now`, longest over first. They stay where
    /// they are.
    pub fn due(&mut self, now: BenchTime, limit: usize) -> Vec<RecordKey> {
        let mut due = Vec::new();
        let mut filed_too_early = Vec::new();
        for key in self.deadlines.range(..=(now, u64::MAX)).map(|(_, key)| key) {
            if due.len() == limit {
                break;
            }
            match self.slots.get(key) {
                Some(slot) if slot.record.until > now => filed_too_early.push(Arc::clone(key)),
                _ => due.push(RecordKey::clone(key)),
            }
        }
        for key in filed_too_early {
            self.file_anew(&key);
        }
        due
    }

    /// Files a record under the deadline that it has by now.
    fn file_anew(&mut self, key: &RecordKey) {
        if let Some(slot) = self.slots.get_mut(key) {
            self.deadlines.remove(&(slot.filed, slot.record.place));
            slot.filed = slot.record.until;
            self.deadlines
                .insert((slot.filed, slot.record.place), Arc::clone(&slot.key));
        }
    }
}

/// The lists that a record stands in.
fn lists_of(key: &RecordKey, record: &Record) -> impl Iterator<Item = Index> {
    let (world, kind) = (key.world(), key.kind());
    let owner = record.owner.clone();
    let of_owner = owner.map(|owner| Index::Owner(world, kind, owner));
    std::iter::once(Index::Kind(world, kind)).chain(of_owner)
}
