//! Counting: what a session is worth is decided as the lab decides it, on the bench's clock and
//! under the variant's policy.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::rfc_3339;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::defences::PolicyProbe;
use crate::defences::policy::{Policy, Variant, resolve};
use crate::session::SessionRecord;
use crate::session::bench::decode_custom;
use crate::storage::stats::{BenchSettings, Census};
use crate::storage::{RecordKey, StoredRecord};

/// What was counted of one bench.
#[derive(Debug, Serialize)]
pub struct BenchStats {
    pub bench: String,
    /// How far its clock is ahead.
    pub clock_ahead_seconds: u64,
    pub journal_events: usize,
    /// Records that all variants share: settings, the progress of worksheets.
    pub shared_records: usize,
    pub variants: Vec<VariantStats>,
}

/// What was counted of one variant on one bench.
#[derive(Debug, Serialize)]
pub struct VariantStats {
    pub variant: String,
    #[serde(flatten)]
    pub counts: SessionCounts,
}

/// Sessions and records.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SessionCounts {
    /// Live sessions of somebody.
    pub signed_in: usize,
    /// Live sessions of nobody.
    pub anonymous: usize,
    /// Sessions that are over, and wait to be swept.
    pub expired: usize,
    /// When the oldest live session was opened.
    pub oldest: Option<String>,
    /// Records of every kind, sessions included.
    pub records: usize,
}

/// Counts the records that it is given.
pub struct Tally {
    now: BenchTime,
    benches: BTreeMap<BenchName, BenchTally>,
    unreadable: usize,
}

struct BenchTally {
    ahead: Duration,
    custom: Policy,
    shared: usize,
    events: usize,
    worlds: BTreeMap<Variant, WorldTally>,
}

struct WorldTally {
    probe: PolicyProbe,
    oldest: Option<BenchTime>,
    counts: SessionCounts,
}

impl Tally {
    /// Nothing yet; the time is the wall clock's.
    pub fn at(now: BenchTime) -> Self {
        Self {
            now,
            benches: BTreeMap::new(),
            unreadable: 0,
        }
    }

    /// How many session records could not be read.
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// What was counted, bench by bench, and all together.
    pub fn finish(self) -> (Vec<BenchStats>, SessionCounts) {
        let mut total = SessionCounts::default();
        let mut oldest: Option<BenchTime> = None;
        let mut benches = Vec::new();
        for (bench, tally) in self.benches {
            let mut variants = Vec::new();
            total.records += tally.shared;
            for (variant, world) in tally.worlds {
                let counts = SessionCounts {
                    oldest: world.oldest.map(rfc_3339),
                    ..world.counts
                };
                total.signed_in += counts.signed_in;
                total.anonymous += counts.anonymous;
                total.expired += counts.expired;
                total.records += counts.records;
                oldest = oldest.into_iter().chain(world.oldest).min();
                variants.push(VariantStats {
                    variant: variant.to_string(),
                    counts,
                });
            }
            benches.push(BenchStats {
                bench: bench.to_string(),
                clock_ahead_seconds: tally.ahead.as_secs(),
                journal_events: tally.events,
                shared_records: tally.shared,
                variants,
            });
        }
        total.oldest = oldest.map(rfc_3339);
        (benches, total)
    }

    fn on(&mut self, bench: &BenchName) -> &mut BenchTally {
        if !self.benches.contains_key(bench) {
            self.benches.insert(bench.clone(), BenchTally::default());
        }
        // Invariant: it was put there above.
        self.benches.get_mut(bench).expect("a bench")
    }
}

impl Default for BenchTally {
    fn default() -> Self {
        Self {
            ahead: Duration::ZERO,
            custom: Policy::INSECURE,
            shared: 0,
            events: 0,
            worlds: BTreeMap::new(),
        }
    }
}

impl BenchTally {
    fn world(&mut self, variant: Variant) -> &mut WorldTally {
        let custom = self.custom;
        self.worlds.entry(variant).or_insert_with(|| WorldTally {
            probe: PolicyProbe::new(resolve(variant, &custom).policy),
            oldest: None,
            counts: SessionCounts::default(),
        })
    }
}

impl Census for Tally {
    fn bench(&mut self, bench: &BenchName, settings: &BenchSettings) {
        let clock = settings.clock.as_deref();
        let ahead = clock.and_then(|clock| serde_json::from_slice(clock).ok());
        let tally = self.on(bench);
        tally.ahead = Duration::from_millis(ahead.unwrap_or_default());
        if let Some(custom) = &settings.custom {
            tally.custom = decode_custom(custom);
        }
    }

    fn session(&mut self, bench: &BenchName, key: &RecordKey, stored: &StoredRecord) {
        let Some(variant) = key.world() else {
            return;
        };
        let Ok(record) = serde_json::from_slice::<SessionRecord>(&stored.value) else {
            return self.unreadable();
        };
        let wall = self.now;
        let tally = self.on(bench);
        let now = wall.after(tally.ahead);
        let world = tally.world(variant);
        world.counts.records += 1;
        if record
            .expired(&world.probe, stored.last_used, now)
            .is_some()
        {
            world.counts.expired += 1;
            return;
        }
        world.oldest = world.oldest.into_iter().chain([record.created]).min();
        if record.user.is_some() {
            world.counts.signed_in += 1;
        } else {
            world.counts.anonymous += 1;
        }
    }

    fn record(&mut self, bench: &BenchName, key: &RecordKey) {
        let tally = self.on(bench);
        match key.world() {
            Some(variant) => tally.world(variant).counts.records += 1,
            None => tally.shared += 1,
        }
    }

    fn journal(&mut self, bench: &BenchName, events: usize) {
        self.on(bench).events = events;
    }

    fn unreadable(&mut self) {
        self.unreadable += 1;
    }
}
