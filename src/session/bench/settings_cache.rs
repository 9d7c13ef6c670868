//! The settings of a bench: its clock, the student's own mix and name, what a class gave to exercises.
//!
//! The settings are in storage, and this is a copy of them, because every request asks. Each change
//! counts up one more record, `changed`. A lab that shares its store with others reads that record
//! at a request, unless it did so a few milliseconds ago, and the other settings again when it has
//! been counted up.
//!
//! A stale copy of a security setting is a hole: a defence that was switched on at one instance
//! would still be off at another, and the balancer chooses which instance serves an attacker. So
//! the age of the copy is bounded, and where the store does not answer, [`Bench::refresh`] is an
//! error and not "as before".
//!
//! Refused alternative: telling the other instances about a change. One that was unreachable at
//! that moment would never learn of it. Asking cannot miss a change.

mod given;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde::{Serialize, de::DeserializeOwned};

use super::given_values::GivenValues;
use super::{Bench, Sharing, audit};
use crate::base::clock::BenchTime;
use crate::base::event::{ClientKind, Event, EventKind};
use crate::defences::policy::{Name, Policy, ResolvedPolicy, Variant, resolve};
use crate::storage::{
    Batch, Commit, Expect, Put, RecordKey, RecordKind, StorageError, StoredRecord,
};

/// How far ahead a clock can be moved in all: ten years. More than any limit in the lab, and far
/// from the end of what a time can count to.
pub const FURTHEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// How old the copy may be where others change the settings: less than a request takes to come from
/// one lab to another. Nobody can see a change on one instance and be early at the next. Under load
/// most requests need not ask.
pub(super) const FRESH: Duration = Duration::from_millis(5);

const CHANGED: &str = "changed";
const CLOCK: &str = "clock";
const CUSTOM: &str = "custom";
const STUDENT: &str = "student";
const RESETS: &str = "resets";
const VALUES: &str = "values";

/// The copy. Nothing is known before the settings are read for the first time.
///
/// A lock that a panic has poisoned is used all the same: each write replaces the whole snapshot or
/// one moment in it, so no half-written state exists.
#[derive(Debug, Default)]
pub(super) struct SettingsCache(RwLock<SettingsSnapshot>);

#[derive(Clone, Debug)]
struct SettingsSnapshot {
    /// How often the settings had changed when this was read.
    changed: Option<u64>,
    /// When that count was read last, or rather when the reading began: the answer was true then.
    looked: Instant,
    ahead_millis: u64,
    custom: Policy,
    student: Option<String>,
    resets: u64,
    values: Arc<GivenValues>,
}

// Without a stored mix the custom variant is the insecure one: every switch is then a decision of
// the student. Nothing but a lab may have such a default. Elsewhere it is the strong arm.
impl Default for SettingsSnapshot {
    fn default() -> Self {
        Self {
            changed: None,
            looked: Instant::now(),
            ahead_millis: 0,
            custom: Policy::INSECURE,
            student: None,
            resets: 0,
            values: Arc::default(),
        }
    }
}

impl SettingsCache {
    fn get<T>(&self, what: impl FnOnce(&SettingsSnapshot) -> T) -> T {
        what(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that the copy was right at this moment. The later moment wins: an answer that was
    /// under way for long must not make the copy look older than it is.
    fn looked_at(&self, when: Instant) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        state.looked = state.looked.max(when);
    }

    fn set(&self, state: SettingsSnapshot) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

/// How much of a bench is taken back to its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetScope {
    /// Accounts, sessions, tokens and notices of every variant.
    Accounts,
    /// The same and the clock. The clock never goes back alone: sessions that had expired would be
    /// accepted again.
    AccountsAndClock,
    /// The same and the attacker's loot.
    Everything,
}

/// What a change writes.
#[derive(Default)]
struct SettingsChange {
    put: Vec<Put>,
    event: Option<EventKind>,
    /// Where given, all records of other kinds are removed.
    clear: Option<Vec<RecordKind>>,
}

impl Bench {
    /// Brings the copy of the bench's settings up to date, where somebody else may have changed
    /// them.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn refresh(&self) -> Result<(), StorageError> {
        let (known, looked) = self.settings.get(|state| (state.changed, state.looked));
        let is_fresh = self.sharing == Sharing::Alone || looked.elapsed() < FRESH;
        // Both: a copy that was never read is never fresh, however young it is.
        if known.is_some() && is_fresh {
            return Ok(());
        }
        // Taken before the question. A change during the answer would otherwise count as seen.
        let looked = Instant::now();
        let changes = self.count_changes().await?;
        if known.is_none() {
            self.look_whether_empty(changes).await?;
        }
        if known == Some(changes) {
            self.settings.looked_at(looked);
        } else {
            // One at a time. Of two readers the slower one would otherwise put its older copy over
            // the newer one, and a change that was seen would be unseen again.
            let _turn = self.changing.lock().await;
            self.settings.set(self.read_settings().await?);
        }
        Ok(())
    }

    /// Whether the settings were read at all since the lab started. Before that the copy is a
    /// default and says nothing about the bench.
    pub fn is_known(&self) -> bool {
        self.settings.get(|state| state.changed.is_some())
    }

    /// How often the settings have changed: the version of the record `changed`, which holds
    /// nothing. The store counts, so two instances cannot count differently.
    async fn count_changes(&self) -> Result<u64, StorageError> {
        let found = self.storage.read(&self.name, &setting(CHANGED)).await?;
        Ok(found.map_or(0, |found| found.version))
    }

    async fn read_settings(&self) -> Result<SettingsSnapshot, StorageError> {
        // Counted first: what changes from here on is read again later. Counted last, a change
        // between reading and counting would be missed until the next one.
        let looked = Instant::now();
        let changed = Some(self.count_changes().await?);
        let read = async |name| self.storage.read(&self.name, &setting(name)).await;
        let clock = read(CLOCK).await?;
        let custom = read(CUSTOM).await?;
        let student = read(STUDENT).await?;
        let resets = read(RESETS).await?;
        let values = read(VALUES).await?;
        Ok(SettingsSnapshot {
            changed,
            looked,
            ahead_millis: decoded(clock),
            custom: custom.map_or(Policy::INSECURE, |found| decode_custom(&found.value)),
            student: decoded(student),
            resets: decoded(resets),
            values: Arc::new(decoded(values)),
        })
    }

    /// Changes the settings, from what they are now: of two labs that change them at once, the
    /// second sees what the first one did.
    async fn change(
        &self,
        make: impl Fn(&mut SettingsSnapshot) -> SettingsChange,
    ) -> Result<(), StorageError> {
        let _turn = self.changing.lock().await;
        let mut transaction = self.transact("a setting of the bench");
        loop {
            transaction.attempt().await?;
            let mut state = self.read_settings().await?;
            let SettingsChange { put, event, clear } = make(&mut state);
            let at = BenchTime::now(Duration::from_millis(state.ahead_millis));
            let event = event.map(|what| Event {
                at,
                variant: None,
                client: ClientKind::Other,
                what,
            });
            let before = state.changed.unwrap_or_default();
            self.hold();
            let batch = Batch {
                // One condition for all settings, because each change writes this record. Of two
                // changes at once the second begins again and keeps what the first one did.
                expect: vec![(setting(CHANGED), Expect::Version(before))],
                put: [put, vec![put_setting(CHANGED, &())]].concat(),
                events: event.clone().into_iter().collect(),
                clear,
                ..Batch::default()
            };
            // The copy follows the store and never leads it: a change that was not stored would
            // hold on this instance, until it restarts.
            if self.storage.commit(&self.name, batch).await? == Commit::Done {
                state.changed = Some(before + 1);
                self.settings.set(state);
                if let Some(event) = &event {
                    audit::log(&self.name, event);
                }
                return Ok(());
            }
        }
    }

    /// How far the bench's clock was moved ahead.
    pub fn ahead(&self) -> Duration {
        Duration::from_millis(self.settings.get(|state| state.ahead_millis))
    }

    /// The time on the bench's clock. Every limit of sessions and tokens is compared with it, so a
    /// student can watch an hour pass.
    pub fn now(&self) -> BenchTime {
        BenchTime::now(self.ahead())
    }

    /// The time on its clock as the store has it, whoever moved it.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn read_clock(&self) -> Result<BenchTime, StorageError> {
        let ahead = self.read_settings().await?.ahead_millis;
        Ok(BenchTime::now(Duration::from_millis(ahead)))
    }

    /// Moves the clock ahead. It stops ten years ahead of the wall clock.
    ///
    /// Only ahead. A clock that goes back makes expired sessions valid again; it is also why real
    /// servers must not take the time from a request.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn move_clock(&self, by: Duration) -> Result<(), StorageError> {
        let change = |state: &mut SettingsSnapshot| {
            let ahead = Duration::from_millis(state.ahead_millis).saturating_add(by);
            let millis = u64::try_from(ahead.min(FURTHEST).as_millis()).unwrap_or(u64::MAX);
            let minutes = millis / 60_000;
            set_clock(state, millis, EventKind::ClockMoved { minutes })
        };
        self.change(change).await
    }

    /// Removes what the scope names, but never settings and the progress of worksheets, and notes
    /// that the bench was reset. This is the one way back for the clock, and the same commit removes
    /// every session that it would revive.
    ///
    /// The denylist is removed as well, and no token is stored. So the same commit counts the reset,
    /// and the keys of tokens depend on that count: a token from before it has a wrong signature.
    pub(super) async fn clear(&self, scope: ResetScope) -> Result<(), StorageError> {
        self.change(|state| {
            state.resets += 1;
            let count = put_setting(RESETS, &state.resets);
            let mut change = match scope {
                ResetScope::Accounts => SettingsChange {
                    event: Some(EventKind::BenchReset),
                    ..SettingsChange::default()
                },
                ResetScope::AccountsAndClock | ResetScope::Everything => {
                    set_clock(state, 0, EventKind::BenchReset)
                }
            };
            change.put.push(count);
            let mut stays = vec![
                RecordKind::Setting,
                RecordKind::Progress,
                RecordKind::Class,
                RecordKind::Owner,
            ];
            if scope != ResetScope::Everything {
                stays.push(RecordKind::Loot);
            }
            change.clear = Some(stays);
            change
        })
        .await
    }

    /// How often the bench was reset.
    pub fn resets(&self) -> u64 {
        self.settings.get(|state| state.resets)
    }

    /// The student's own mix.
    pub fn custom(&self) -> Policy {
        self.settings.get(|state| state.custom)
    }

    /// The policy of a variant on this bench. Only `custom` depends on the bench; what `hardened`
    /// means no student can change.
    pub fn resolve(&self, variant: Variant) -> ResolvedPolicy {
        resolve(variant, &self.custom())
    }

    /// Replaces the student's own mix. It is stored by the names of the arms, not by their numbers:
    /// a new defence in the list must not turn a stored strong arm into a weak one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn set_custom(&self, policy: Policy) -> Result<(), StorageError> {
        let names = || Name::ALL.iter();
        let arms: HashMap<&str, &str> = names()
            .map(|name| (name.slug(), policy.arm(*name).slug))
            .collect();
        let strong = names().filter(|name| policy.is_strong(**name)).count();
        let change = |state: &mut SettingsSnapshot| {
            state.custom = policy;
            SettingsChange {
                put: vec![put_setting(CUSTOM, &arms)],
                event: Some(EventKind::CustomChanged { strong }),
                clear: None,
            }
        };
        self.change(change).await
    }

    /// The name that the student entered for screenshots and reports.
    pub fn student(&self) -> Option<String> {
        self.settings.get(|state| state.student.clone())
    }

    /// Stores the student's name, or forgets it.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn set_student(&self, name: Option<String>) -> Result<(), StorageError> {
        let change = |state: &mut SettingsSnapshot| {
            state.student.clone_from(&name);
            SettingsChange {
                put: vec![put_setting(STUDENT, &name)],
                ..SettingsChange::default()
            }
        };
        self.change(change).await
    }
}

fn set_clock(state: &mut SettingsSnapshot, millis: u64, event: EventKind) -> SettingsChange {
    state.ahead_millis = millis;
    SettingsChange {
        put: vec![put_setting(CLOCK, &millis)],
        event: Some(event),
        clear: None,
    }
}

/// The key of a setting. It belongs to no variant, so no request to a portal can reach it.
fn setting(name: &str) -> RecordKey {
    // Invariant: the names are literals of this file.
    RecordKey::new(None, RecordKind::Setting, name).expect("a literal name")
}

/// A setting as it was stored. One that is not there, or that cannot be read, is that of a new bench.
fn decoded<T: DeserializeOwned + Default>(found: Option<StoredRecord>) -> T {
    let read = found.and_then(|found| serde_json::from_slice(&found.value).ok());
    read.unwrap_or_default()
}

fn put_setting(name: &str, value: &impl Serialize) -> Put {
    Put {
        key: setting(name),
        // Invariant: numbers, texts and maps of texts always become JSON.
        value: serde_json::to_vec(value).expect("a setting becomes JSON"),
        last_used: BenchTime::now(Duration::ZERO),
        expires_at: BenchTime::FOREVER,
        owner: None,
        replaces: None,
    }
}

/// The stored mix. A defence that a newer version added, or an arm that is gone, stays weak. A real
/// system must decide the other way: what its configuration does not say is strong (CWE-636).
pub(crate) fn decode_custom(bytes: &[u8]) -> Policy {
    let arms: HashMap<String, String> = serde_json::from_slice(bytes).unwrap_or_default();
    Name::ALL.iter().fold(Policy::INSECURE, |policy, name| {
        arms.get(name.slug())
            .and_then(|arm| policy.choose(*name, arm))
            .unwrap_or(policy)
    })
}
