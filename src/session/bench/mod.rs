//! A bench: one student's isolated state, from the clock to the custom policy.
//!
//! Everything in the lab belongs to a bench. `local` is the one without a prefix in its addresses.
//! [`Benches`] makes them on first use and bounds their number.
//!
//! On a student's own computer isolation is not a defence: anyone who knows a bench's name can open it. In a
//! class the lab's own pages also ask for a secret ([`owners`]). The portal asks for nothing but the name,
//! also there: a real service with many customers needs more. Each request must prove that its user
//! belongs to that customer.

pub mod audit;
mod benches;
pub mod drafts;
pub mod given_values;
mod holding;
mod journal;
mod keys;
pub mod loot;
mod owner_record;
pub mod owners;
mod per_bench;
mod run_names;
mod settings_cache;
mod transact;
pub mod wire;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use crate::base::bench_name::{BadBenchName, BenchName};
pub use crate::session::hashing::{Hashing, HashingError};
pub use benches::{BENCH_LIMIT, Benches, OpenBenchError, TooManyBenches};
use drafts::Drafts;
use holding::Holding;
pub use keys::{BenchKeys, JWT_LABEL, WORKSHEETS_LABEL};
use loot::Loot;
pub use per_bench::PerBench;
pub use run_names::{is_run_name, is_run_of_this_process, run_name};
use settings_cache::SettingsCache;
pub(crate) use settings_cache::decode_custom;
pub use settings_cache::{FURTHEST, ResetScope};
pub use transact::Transaction;
use wire::Wire;

use crate::defences::hash_memory::HashMemory;
use crate::defences::password_storage::HashCost;
use crate::defences::policy::{ProbedSet, Variant};
use crate::session::replaced::ReplacedIds;
use crate::session::throttle::Attempts;
use crate::storage::{Storage, StorageError};

/// Whether other labs use the same store. What is copied into memory may be wrong where they do: a
/// defence that a student switched on at one instance must apply at all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nobody else changes what is stored in it, so a copy in memory is always right.
    Alone,
    /// Other instances of the same lab do, behind one balancer. A copy is right for milliseconds.
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
    /// Where its [`Transaction`]s take turns. One for each bench, so that a student who floods their
    /// own bench delays nobody else.
    turns: transact::Turns,
    probed: Mutex<HashMap<Variant, u64>>,
    wire: Wire,
    drafts: Drafts,
    hashing: Arc<Hashing>,
    attempts: Attempts,
    replaced: ReplacedIds,
    holding: Holding,
    used: Mutex<Instant>,
}

// Written by hand: the name, and none of the keys, records and requests that it holds (CWE-532).
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
            turns: transact::Turns::default(),
            probed: Mutex::default(),
            wire: Wire::default(),
            drafts: Drafts::default(),
            hashing,
            attempts: Attempts::default(),
            replaced: ReplacedIds::default(),
            holding: Holding::default(),
            used: Mutex::new(Instant::now()),
        }
    }

    /// The name, which every call of the storage needs: without it there is no way to a record.
    pub fn name(&self) -> &BenchName {
        &self.name
    }

    /// Whether it belongs to one run of an attack, and is thrown away after it.
    pub fn is_thrown_away(&self) -> bool {
        is_run_name(&self.name)
    }

    /// How long ago it was last used, on the machine's clock and not on the bench's: a student who
    /// moves the clock a year ahead must not lose the bench.
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

    /// The keys. All benches share them; a key of tokens is derived with the bench's name.
    pub fn keys(&self) -> &BenchKeys {
        &self.keys
    }

    /// The requests that it saw lately, with every secret masked.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// What was typed into forms that outlived their sessions.
    pub fn drafts(&self) -> &Drafts {
        &self.drafts
    }

    /// What the attacker caught and planted, unmasked: that is what the attacker really has.
    pub fn loot(&self) -> Loot<'_> {
        Loot::of(self)
    }

    /// Runs a password hash off the async threads, at most one a core at a time. All benches share
    /// the threads, because all of them share the cores, and take turns.
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

    /// How much work a password hash is here: little where the bench is thrown away. Nobody attacks
    /// those hashes, and the matrix signs in thousands of times. Every other bench has the cost
    /// that OWASP recommends.
    pub fn hash_cost(&self) -> HashCost {
        if is_run_name(&self.name) {
            HashCost::ThrowAway
        } else {
            HashCost::Owasp
        }
    }

    /// Remembers which defences were asked for a variant. An attack that was stopped proves nothing
    /// about a defence that the portal never asked.
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

    /// Takes the whole bench back to its beginning: every session ended, accounts and notices as
    /// they were, no loot, the clock on time.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn reset(&self) -> Result<(), StorageError> {
        self.reset_part(ResetScope::Everything).await
    }

    /// Takes a part of the bench back to its beginning. The custom policy, the student's name and
    /// the progress of worksheets stay. All of it is one commit: nobody meets a bench that is half
    /// reset.
    ///
    /// Sessions and clock must change together. With the clock put back first, sessions that had
    /// expired would be accepted again until they are removed.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn reset_part(&self, scope: ResetScope) -> Result<(), StorageError> {
        self.clear(scope).await?;
        self.wire.clear();
        self.drafts.clear();
        Ok(())
    }
}

/// A lock that outlives a panic elsewhere: what it guards is valid at every step. Refused
/// alternative: `unwrap`. One panic, which a stranger's request may cause, would then make every
/// later request of the bench panic as well.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
