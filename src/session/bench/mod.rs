//! A bench: one student's isolated state, from the clock to the custom policy.
//!
//! Everything in the lab belongs to a bench from the first day. `local` is the one without a prefix
//! in its addresses. [`Benches`] makes them on first use and bounds their number.

pub mod audit;
mod benches;
mod holding;
mod journal;
mod keys;
pub mod loot;
mod per_bench;
mod settings_cache;
mod transact;
pub mod wire;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use crate::base::bench_name::{BadBenchName, BenchName};
pub use crate::session::hashing::{Hashing, HashingError};
pub use benches::{BENCH_LIMIT, Benches, OpenBenchError, TooManyBenches};
use holding::Holding;
pub use keys::{BenchKeys, JWT_LABEL, WORKSHEETS_LABEL};
use loot::Loot;
pub use per_bench::PerBench;
pub use settings_cache::FURTHEST;
use settings_cache::SettingsCache;
pub(crate) use settings_cache::decode_custom;
pub use transact::Transaction;
use wire::Wire;

use crate::defences::hash_memory::HashMemory;
use crate::defences::password_storage::HashCost;
use crate::defences::policy::{ProbedSet, Variant};
use crate::session::replaced::ReplacedIds;
use crate::session::throttle::Attempts;
use crate::storage::{Storage, StorageError};

/// Benches whose names begin like this are thrown away: those of attacks. They stay in memory.
pub const RUN_PREFIX: &str = "run-";

/// Whether other labs use the same store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nobody else changes what is stored in it.
    Alone,
    /// Other instances of the same lab do, behind one balancer.
    WithOthers,
}

/// One student's isolated state.
pub struct Bench {
    name: BenchName,
    storage: Arc<dyn Storage>,
    sharing: Sharing,
    keys: Arc<BenchKeys>,
    settings: SettingsCache,
    /// Held while the cache of the settings is filled or changed.
    changing: tokio::sync::Mutex<()>,
    /// The queue of [`Transaction`]s that met a conflict.
    conflicts: tokio::sync::Mutex<()>,
    probed: Mutex<HashMap<Variant, u64>>,
    wire: Wire,
    hashing: Arc<Hashing>,
    attempts: Attempts,
    replaced: ReplacedIds,
    holding: Holding,
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
    /// Makes a bench. Its settings are those of a new one until [`Bench::refresh`] has read them.
    pub fn new(
        name: BenchName,
        storage: Arc<dyn Storage>,
        sharing: Sharing,
        keys: Arc<BenchKeys>,
        hashing: Arc<Hashing>,
    ) -> Self {
        Self {
            name,
            storage,
            sharing,
            keys,
            settings: SettingsCache::default(),
            changing: tokio::sync::Mutex::default(),
            conflicts: tokio::sync::Mutex::default(),
            probed: Mutex::default(),
            wire: Wire::default(),
            hashing,
            attempts: Attempts::default(),
            replaced: ReplacedIds::default(),
            holding: Holding::default(),
            used: Mutex::new(Instant::now()),
        }
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

    /// Whether other labs may also serve this bench.
    pub fn sharing(&self) -> Sharing {
        self.sharing
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
    pub fn loot(&self) -> Loot<'_> {
        Loot::of(self)
    }

    /// Runs a password hash off the async threads, at most one a core at a time. Benches take turns.
    ///
    /// # Errors
    /// Too many hashes of this bench are waiting, the lab is stopping, or the hash panicked.
    pub async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut HashMemory) -> T + Send + 'static,
    ) -> Result<T, HashingError> {
        self.hashing.run(&self.name, work).await
    }

    /// What it knows of attempts to sign in that are under way.
    pub(super) fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// The ids that rotations ended a moment ago.
    pub(super) fn replaced(&self) -> &ReplacedIds {
        &self.replaced
    }

    /// How much work a password hash is here: little where the bench is thrown away.
    pub fn hash_cost(&self) -> HashCost {
        if is_throw_away(&self.name) {
            HashCost::ThrowAway
        } else {
            HashCost::Owasp
        }
    }

    /// Remembers which defences were asked for a variant.
    pub fn note_probed(&self, variant: Variant, seen: ProbedSet) {
        *lock(&self.probed).entry(variant).or_default() |= seen.bits();
    }

    /// Every defence that was asked for a variant since the bench was made.
    pub fn probed(&self, variant: Variant) -> ProbedSet {
        ProbedSet::from_bits(
            lock(&self.probed)
                .get(&variant)
                .copied()
                .unwrap_or_default(),
        )
    }

    /// Takes the bench back to its beginning: everybody signed out, accounts and notices as they
    /// were, the clock on time. The custom policy, the student's name and the progress of
    /// worksheets stay. All of it is one commit: nobody meets a bench that is half reset.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn reset(&self) -> Result<(), StorageError> {
        self.clear_and_reset_clock().await?;
        self.wire.clear();
        Ok(())
    }
}

fn is_throw_away(name: &BenchName) -> bool {
    name.as_str().starts_with(RUN_PREFIX)
}

/// A lock that outlives a panic elsewhere: what it guards is valid at every step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
