//! What a commit will change, worked out before anything is changed.
//!
//! [`super::MemoryStorage`] applies a plan at once. [`crate::storage::FileStorage`] carries it out
//! on the disk first, so that a failure there leaves memory as it was.

use std::collections::HashSet;
use std::sync::Arc;

use super::bench_records::BenchRecords;
use super::record::RecordEntry;
use crate::base::event::Event;
use crate::storage::{Batch, EventId, Expect, RecordKey};

/// The outcome of a batch. No key is in more than one of the lists.
#[derive(Default)]
pub struct Plan {
    /// Records as they will be stored.
    pub puts: Vec<(Arc<RecordKey>, RecordEntry)>,
    /// Records that are there and go.
    pub gone: Vec<RecordKey>,
    /// Records that are there and go because one of `puts` replaces them.
    pub replaced: Vec<RecordKey>,
    /// New events, numbered.
    pub events: Vec<(EventId, Event)>,
}

impl Plan {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        let Self {
            puts,
            gone,
            replaced,
            events,
        } = self;
        puts.is_empty() && gone.is_empty() && replaced.is_empty() && events.is_empty()
    }
}

impl BenchRecords {
    /// What `batch` will change; `None` when something it expects does not hold.
    ///
    /// Removals count before puts: a key that is in both ends with the new record, as if it
    /// had never been there. What a put replaces is removed, whether the batch says so or not.
    pub fn plan(&self, batch: Batch) -> Option<Plan> {
        if !batch
            .expect
            .iter()
            .all(|(key, expect)| self.meets(key, *expect))
        {
            return None;
        }
        let replaced: HashSet<RecordKey> = batch
            .put
            .iter()
            .filter_map(|put| put.replaces.clone())
            .collect();
        let mut gone: HashSet<RecordKey> = batch.remove.into_iter().collect();
        if let Some(stays) = &batch.clear {
            let cleared = self.keys().filter(|key| !stays.contains(&key.kind()));
            gone.extend(cleared.cloned());
        }

        // Every put takes the next sequence number. The batch as a whole is known by its first.
        let batch_sequence = self.sequence() + 1;
        let mut puts: Vec<(Arc<RecordKey>, RecordEntry)> = Vec::with_capacity(batch.put.len());
        for (sequence, put) in (batch_sequence..).zip(batch.put) {
            let twin = puts.iter().position(|(key, _)| **key == put.key);
            let before = match twin {
                Some(twin) => Some(&puts[twin].1),
                None if gone.contains(&put.key) || replaced.contains(&put.key) => None,
                None => self.record(&put.key),
            };
            let record = RecordEntry {
                value: put.value.into(),
                version: before.map_or(1, |before| before.version + 1),
                last_used: put.last_used,
                expires_at: put.expires_at,
                owner: put.owner,
                replaces: put.replaces,
                position: before.map_or(sequence, |before| before.position),
                sequence: batch_sequence,
            };
            match twin {
                Some(twin) => puts[twin].1 = record,
                None => puts.push((Arc::new(put.key), record)),
            }
        }

        let leaves = |key: &RecordKey| {
            self.record(key).is_some() && puts.iter().all(|(put, _)| **put != *key)
        };
        let gone = gone
            .into_iter()
            .filter(|key| !replaced.contains(key) && leaves(key))
            .collect();
        let replaced = replaced.iter().filter(|key| leaves(key)).cloned().collect();
        let events = self.journal().number(batch.events);
        Some(Plan {
            puts,
            gone,
            replaced,
            events,
        })
    }

    /// Makes the changes of a plan. Nothing may have changed since the plan was made.
    pub fn apply(&mut self, plan: Plan) {
        for key in plan.gone.iter().chain(&plan.replaced) {
            self.remove(key);
        }
        for (key, record) in plan.puts {
            self.insert(key, record);
        }
        for (id, event) in plan.events {
            self.journal_mut().add(id, event);
        }
    }

    fn meets(&self, key: &RecordKey, expect: Expect) -> bool {
        let version = self.record(key).map_or(0, |record| record.version);
        match expect {
            Expect::Absent => version == 0,
            Expect::Present => version != 0,
            Expect::Version(expected) => version == expected,
        }
    }
}
