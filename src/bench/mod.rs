//! A bench: one student's isolated state, from the clock to the custom policy.
//!
//! Everything in the lab belongs to a bench from the first day. `local` is the one without a prefix
//! in its addresses. [`Benches`] makes them on first use and bounds their number.

pub mod audit;
mod benches;
mod journal;
mod keys;
pub mod loot;
mod name;
pub mod wire;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use benches::{BENCH_LIMIT, Benches, OpenBenchError};
pub use keys::{BenchKeys, JWT_LABEL, WORKSHEETS_LABEL};
use loot::Loot;
pub use name::{BadBenchName, BenchName};
use tokio::sync::Semaphore;
use wire::Wire;

use crate::clock::BenchTime;
use crate::defences::password_storage::Cost;
use crate::journal::{Client, Event, What};
use crate::policy::{AskedSet, Name, Policy, Resolved, Variant, resolve};
use crate::same_site::measured::Measured;
use crate::storage::{Batch, Index, Key, Kind, Put, Storage, Unavailable};
use crate::worksheets::notebook;
use crate::world::FOR_EVER;

/// Benches whose names begin like this are thrown away: those of attacks. They stay in memory.
pub const RUN_PREFIX: &str = "run-";

/// How far ahead a clock can be moved in all: ten years.
pub const FURTHEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// One student's isolated state.
pub struct Bench {
    name: BenchName,
    storage: Arc<dyn Storage>,
    keys: Arc<BenchKeys>,
    ahead_millis: AtomicU64,
    custom: Mutex<Policy>,
    asked: Mutex<HashMap<Variant, u64>>,
    last_event: AtomicU64,
    noting: AtomicBool,
    student: Mutex<Option<String>>,
    wire: Wire,
    loot: Loot,
    same_site: Measured,
    hashing: Arc<Semaphore>,
    used: Mutex<Instant>,
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bench")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Bench {
    /// Makes a bench, with the clock and the custom policy that it had before.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn open(
        name: BenchName,
        storage: Arc<dyn Storage>,
        keys: Arc<BenchKeys>,
        hashing: Arc<Semaphore>,
    ) -> Result<Self, Unavailable> {
        let ahead = match storage.read(&name, &setting("clock")).await? {
            Some(found) => serde_json::from_slice(&found.value).unwrap_or(0),
            None => 0,
        };
        let custom = match storage.read(&name, &setting("custom")).await? {
            Some(found) => decode_custom(&found.value),
            None => Policy::INSECURE,
        };
        let student = match storage.read(&name, &setting("student")).await? {
            Some(found) => serde_json::from_slice(&found.value).unwrap_or(None),
            None => None,
        };
        let noting = notebook::any_open(&name, &*storage).await?;
        Ok(Self {
            name,
            storage,
            keys,
            ahead_millis: AtomicU64::new(ahead),
            custom: Mutex::new(custom),
            asked: Mutex::default(),
            last_event: AtomicU64::new(0),
            noting: AtomicBool::new(noting),
            student: Mutex::new(student),
            wire: Wire::default(),
            loot: Loot::default(),
            same_site: Measured::default(),
            hashing,
            used: Mutex::new(Instant::now()),
        })
    }

    /// Its name.
    pub fn name(&self) -> &BenchName {
        &self.name
    }

    /// How long ago it was last used.
    pub fn unused_for(&self) -> Duration {
        lock(&self.used).elapsed()
    }

    /// Where its records are kept.
    pub fn storage(&self) -> &dyn Storage {
        &*self.storage
    }

    /// Its keys.
    pub fn keys(&self) -> &BenchKeys {
        &self.keys
    }

    /// The requests that it saw lately.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// What the attacker caught and planted.
    pub fn loot(&self) -> &Loot {
        &self.loot
    }

    /// The SameSite table that the student's browser fills in.
    pub fn same_site(&self) -> &Measured {
        &self.same_site
    }

    /// Runs a password hash off the async threads, at most one a core at a time.
    ///
    /// # Errors
    /// The lab is stopping.
    pub async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let stopping = |_| Unavailable("the lab is stopping".into());
        let _slot = self.hashing.acquire().await.map_err(stopping)?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| Unavailable(format!("a password hash failed: {error}")))
    }

    /// How much work a password hash is here: little where the bench is thrown away.
    pub fn hash_cost(&self) -> Cost {
        if is_throw_away(&self.name) {
            Cost::ThrowAway
        } else {
            Cost::Owasp
        }
    }

    /// How far its clock was moved ahead.
    pub fn ahead(&self) -> Duration {
        Duration::from_millis(self.ahead_millis.load(Ordering::Relaxed))
    }

    /// The time on its clock.
    pub fn now(&self) -> BenchTime {
        BenchTime::now(self.ahead())
    }

    /// The student's own mix.
    pub fn custom(&self) -> Policy {
        *lock(&self.custom)
    }

    /// The policy of a variant on this bench.
    pub fn resolve(&self, variant: Variant) -> Resolved {
        resolve(variant, &self.custom())
    }

    /// Remembers which defences were asked for a variant.
    pub fn note_asked(&self, variant: Variant, seen: AskedSet) {
        *lock(&self.asked).entry(variant).or_default() |= seen.bits();
    }

    /// Every defence that was asked for a variant since the bench was made.
    pub fn asked(&self, variant: Variant) -> AskedSet {
        AskedSet::from_bits(lock(&self.asked).get(&variant).copied().unwrap_or_default())
    }

    /// The name that the student entered for screenshots and reports.
    pub fn student(&self) -> Option<String> {
        lock(&self.student).clone()
    }

    /// Keeps the student's name, or forgets it.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn set_student(&self, name: Option<String>) -> Result<(), Unavailable> {
        let batch = Batch {
            put: vec![put_setting("student", &name, self.now())],
            ..Batch::default()
        };
        self.storage.commit(&self.name, batch).await?;
        *lock(&self.student) = name;
        Ok(())
    }

    /// Moves the clock ahead. It stops ten years ahead of the wall clock.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn move_clock(&self, by: Duration) -> Result<(), Unavailable> {
        let ahead = self.ahead().saturating_add(by).min(FURTHEST);
        let millis = u64::try_from(ahead.as_millis()).unwrap_or(u64::MAX);
        let minutes = millis / 60_000;
        self.keep("clock", &millis, What::ClockMoved { minutes })
            .await?;
        self.ahead_millis.store(millis, Ordering::Relaxed);
        Ok(())
    }

    /// Replaces the student's own mix.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn set_custom(&self, policy: Policy) -> Result<(), Unavailable> {
        let arms: HashMap<&str, &str> = Name::ALL
            .iter()
            .map(|name| (name.slug(), policy.arm(*name).slug))
            .collect();
        let strong = Name::ALL
            .iter()
            .filter(|name| policy.is_strong(**name))
            .count();
        self.keep("custom", &arms, What::CustomChanged { strong })
            .await?;
        *lock(&self.custom) = policy;
        Ok(())
    }

    /// Takes the bench back to its beginning: everybody signed out, accounts and notices as they
    /// were, the clock on time. The custom policy, the student's name and the progress of worksheets
    /// stay.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn reset(&self) -> Result<(), Unavailable> {
        const AT_ONCE: usize = 1_000;
        let worlds = Variant::all().map(Some).chain([None]);
        let stays = |kind: &Kind| matches!(kind, Kind::Setting | Kind::Progress);
        let kinds = Kind::ALL.into_iter().filter(move |kind| !stays(kind));
        for index in worlds.flat_map(|w| kinds.clone().map(move |kind| Index::Kind(w, kind))) {
            loop {
                let remove = self.storage.members(&self.name, &index, AT_ONCE).await?;
                if remove.is_empty() {
                    break;
                }
                self.storage
                    .commit(
                        &self.name,
                        Batch {
                            remove,
                            ..Batch::default()
                        },
                    )
                    .await?;
            }
        }
        self.keep("clock", &0_u64, What::BenchReset).await?;
        self.ahead_millis.store(0, Ordering::Relaxed);
        self.wire.clear();
        self.loot.reset();
        self.same_site.reset();
        Ok(())
    }

    async fn keep(
        &self,
        what: &str,
        value: &impl serde::Serialize,
        event: What,
    ) -> Result<(), Unavailable> {
        let event = Event {
            at: self.now(),
            variant: None,
            client: Client::Other,
            what: event,
        };
        let batch = Batch {
            put: vec![put_setting(what, value, self.now())],
            events: vec![event.clone()],
            ..Batch::default()
        };
        self.storage.commit(&self.name, batch).await?;
        audit::log(&self.name, &event);
        Ok(())
    }
}

fn is_throw_away(name: &BenchName) -> bool {
    name.as_str().starts_with(RUN_PREFIX)
}

fn setting(name: &str) -> Key {
    // Invariant: the names are literals of this file.
    Key::new(None, Kind::Setting, name).expect("a literal name")
}

fn put_setting(name: &str, value: &impl serde::Serialize, now: BenchTime) -> Put {
    Put {
        key: setting(name),
        // Invariant: numbers, texts and maps of texts always become JSON.
        value: serde_json::to_vec(value).expect("a setting becomes JSON"),
        seen: now,
        until: FOR_EVER,
        owner: None,
        replaces: None,
    }
}

/// The stored mix. A defence that a newer version added, or an arm that is gone, stays weak.
fn decode_custom(bytes: &[u8]) -> Policy {
    let arms: HashMap<String, String> = serde_json::from_slice(bytes).unwrap_or_default();
    Name::ALL.iter().fold(Policy::INSECURE, |policy, name| {
        arms.get(name.slug())
            .and_then(|arm| policy.choose(*name, arm))
            .unwrap_or(policy)
    })
}

/// A lock that outlives a panic elsewhere: what it guards is valid at every step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
