//! One bench's records in memory, with the lists, the deadlines and the journal that belong to
//! them.
//!
//! Nothing here waits, so it can be guarded by an ordinary mutex.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::journal::RecentEvents;
use super::record::RecordEntry;
use crate::base::clock::BenchTime;
use crate::storage::{RecordIndex, RecordKey, StoredRecord};

/// A record, and how it is filed.
struct RecordSlot {
    key: Arc<RecordKey>,
    record: RecordEntry,
    /// The deadline under which it is filed; a touch moves `record.expires_at` ahead of it.
    filed: BenchTime,
    /// Whether it is in the set of touched records.
    touched: bool,
}

/// One bench's records, and what is derived from them. Without `Debug`: keys may be session ids.
#[derive(Default)]
pub struct BenchRecords {
    slots: HashMap<Arc<RecordKey>, RecordSlot>,
    /// Each list in the order of first puts.
    lists: HashMap<RecordIndex, BTreeMap<u64, Arc<RecordKey>>>,
    /// By deadline, then by position, which makes the pair unique. May be too early, never too
    /// late.
    deadlines: BTreeMap<(BenchTime, u64), Arc<RecordKey>>,
    /// Records touched since [`BenchRecords::take_touched`] took them. Each of them is in `slots`.
    touched: HashSet<Arc<RecordKey>>,
    journal: RecentEvents,
    /// The highest sequence number given out so far.
    sequence: u64,
}

impl BenchRecords {
    /// The record at `key`, as the storage contract gives it out.
    pub fn read(&self, key: &RecordKey) -> Option<StoredRecord> {
        self.record(key).map(RecordEntry::stored)
    }

    /// The record at `key`.
    pub fn record(&self, key: &RecordKey) -> Option<&RecordEntry> {
        self.slots.get(key).map(|slot| &slot.record)
    }

    /// The keys of all records, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &RecordKey> {
        self.slots.keys().map(|key| &**key)
    }

    /// At most `limit` keys of a list, first put first.
    pub fn members(&self, index: &RecordIndex, limit: usize) -> Vec<RecordKey> {
        let list = self.lists.get(index).into_iter().flat_map(BTreeMap::values);
        list.take(limit).map(|key| RecordKey::clone(key)).collect()
    }

    /// How many keys an index has.
    pub fn count(&self, index: &RecordIndex) -> usize {
        self.lists.get(index).map_or(0, BTreeMap::len)
    }

    /// The events kept.
    pub fn journal(&self) -> &RecentEvents {
        &self.journal
    }

    /// The events kept, to add to them.
    pub fn journal_mut(&mut self) -> &mut RecentEvents {
        &mut self.journal
    }

    /// The highest sequence number given out so far.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Stores a record as it is, and replaces any that has this key.
    pub fn insert(&mut self, key: Arc<RecordKey>, record: RecordEntry) {
        self.remove(&key);
        self.sequence = self.sequence.max(record.sequence).max(record.position);
        for index in lists_of(&key, &record) {
            let list = self.lists.entry(index).or_default();
            list.insert(record.position, Arc::clone(&key));
        }
        let filed = record.expires_at;
        self.deadlines
            .insert((filed, record.position), Arc::clone(&key));
        let slot = RecordSlot {
            key: Arc::clone(&key),
            record,
            filed,
            touched: false,
        };
        self.slots.insert(key, slot);
    }

    /// Removes a record, also from every list.
    pub fn remove(&mut self, key: &RecordKey) {
        let Some(slot) = self.slots.remove(key) else {
            return;
        };
        for index in lists_of(key, &slot.record) {
            if let Some(list) = self.lists.get_mut(&index) {
                list.remove(&slot.record.position);
                if list.is_empty() {
                    self.lists.remove(&index);
                }
            }
        }
        self.deadlines.remove(&(slot.filed, slot.record.position));
        if slot.touched {
            self.touched.remove(key);
        }
    }

    /// Notes that a record was used. Every request does this, so it costs one look-up: the
    /// record stays filed under its old deadline until [`BenchRecords::due`] comes across it.
    pub fn touch(&mut self, key: &RecordKey, last_used: BenchTime, expires_at: BenchTime) {
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        if last_used <= slot.record.last_used && expires_at <= slot.record.expires_at {
            return;
        }
        slot.record.last_used = slot.record.last_used.max(last_used);
        slot.record.expires_at = slot.record.expires_at.max(expires_at);
        if !slot.touched {
            self.mark_touched(key);
        }
    }

    /// The records touched since each was last taken.
    pub fn touched(&self) -> Vec<Arc<RecordKey>> {
        self.touched.iter().cloned().collect()
    }

    /// The record, if it was touched and is still here. It counts as untouched from then on.
    pub fn take_touched(&mut self, key: &RecordKey) -> Option<RecordEntry> {
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

    /// At most `limit` records that have expired at `now`, those that expired first first. They are
    /// not removed.
    pub fn due(&mut self, now: BenchTime, limit: usize) -> Vec<RecordKey> {
        let mut due = Vec::new();
        let mut filed_too_early = Vec::new();
        for key in self.deadlines.range(..=(now, u64::MAX)).map(|(_, key)| key) {
            if due.len() == limit {
                break;
            }
            match self.slots.get(key) {
                Some(slot) if slot.record.expires_at > now => filed_too_early.push(Arc::clone(key)),
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
            self.deadlines.remove(&(slot.filed, slot.record.position));
            slot.filed = slot.record.expires_at;
            self.deadlines
                .insert((slot.filed, slot.record.position), Arc::clone(&slot.key));
        }
    }
}

/// The lists that name a record.
fn lists_of(key: &RecordKey, record: &RecordEntry) -> impl Iterator<Item = RecordIndex> {
    let (world, kind) = (key.world(), key.kind());
    let owner = record.owner.clone();
    let of_owner = owner.map(|owner| RecordIndex::Owner(world, kind, owner));
    std::iter::once(RecordIndex::Kind(world, kind)).chain(of_owner)
}
