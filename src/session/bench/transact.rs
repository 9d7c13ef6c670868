//! Trying a change again that another request came before: the same rules for every record.
//!
//! A change reads records, decides, and commits with the versions that it read as a condition.
//! Where another request was first, nothing is written
//! ([`Conflict`](crate::storage::Commit::Conflict)), and the change must begin again from what is
//! stored now. A change that skips this overwrites what the other request did: two transfers at
//! once would spend the same money twice (CWE-362).
//!
//! ```text
//! let mut transaction = bench.transact("the balance of an account");
//! loop {
//!     transaction.attempt().await?;
//!     // read, decide, draw new random ids …
//!     if commit(batch).await? == Commit::Done { return Ok(…) }
//! }
//! ```
//!
//! An attacker looks for exactly this gap between check and use (CWE-367): a hundred guesses at
//! once, a coupon redeemed twice, a sign-in beside a password change. ASVS 15.4.2 requires that the
//! check and the act are one step.
//!
//! Refused alternative: a lock around each change. It costs a round trip to Redis where nobody is
//! in the way, and a lock in this process is no help against another lab on the same store.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::sync::MutexGuard;

use super::Bench;
use crate::storage::StorageError;

/// How many attempts a change has. Inside a process each of the others can be first at most once,
/// so this many requests may change one record at once. Without a limit an attacker who causes
/// conflicts all the time would keep a request, and its connection, busy forever.
const MOST_ATTEMPTS: u32 = 250;

/// From this attempt on it is another lab that is first, and a short pause lets it finish.
const PAUSE_FROM: u32 = 10;

/// One change, with the attempts that it takes.
#[derive(Debug)]
pub struct Transaction<'b> {
    bench: &'b Bench,
    /// The record that everybody wants to change, for the error.
    what: &'static str,
    attempts: u32,
    /// Held from the first conflict on: requests that met one go on one after the other.
    queue: Option<MutexGuard<'b, ()>>,
}

impl Bench {
    /// Begins a change that is tried again after a conflict. `what` names the record that others
    /// may change at the same time.
    ///
    /// A transaction must be dropped before another one begins inside it.
    pub fn transact(&self, what: &'static str) -> Transaction<'_> {
        Transaction {
            bench: self,
            what,
            attempts: 0,
            queue: None,
        }
    }
}

impl Transaction<'_> {
    /// Begins the next attempt. Everything that depends on the store, and every random value, is
    /// read or drawn after this.
    ///
    /// The first attempt of a change waits for nobody, unless others are in conflict already. After
    /// a conflict the change waits in a queue with those others, so that each of them gets its
    /// turn.
    ///
    /// # Errors
    /// [`StorageError::Contended`]: there was a conflict at every attempt.
    pub async fn attempt(&mut self) -> Result<(), StorageError> {
        if self.attempts == MOST_ATTEMPTS {
            return Err(StorageError::Contended(self.what));
        }
        if self.queue.is_none() && (self.attempts > 0 || self.bench.conflicts.try_lock().is_err()) {
            self.queue = Some(self.bench.conflicts.lock().await);
        }
        if self.attempts >= PAUSE_FROM {
            // Two labs that pause equally long would meet again.
            let millis = RandomState::new().hash_one(self.attempts) % 8;
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        self.attempts += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::bench_name::BenchName;
    use crate::session::bench::{BenchKeys, Benches, Sharing};
    use crate::storage::MemoryStorage;

    #[tokio::test]
    async fn a_change_that_conflicts_every_time_ends_and_names_what_changed() {
        let keys = BenchKeys::derive(|_| [7; 32]);
        let benches = Benches::new(Arc::new(MemoryStorage::default()), Sharing::Alone, keys);
        let bench = benches.open(&BenchName::local()).await.expect("a bench");
        let mut transaction = bench.transact("a record");
        for _ in 0..MOST_ATTEMPTS {
            transaction.attempt().await.expect("one more");
        }
        let error = transaction.attempt().await.expect_err("no more");
        assert!(matches!(error, StorageError::Contended("a record")));
        drop(transaction);
        let mut next = bench.transact("a record");
        next.attempt().await.expect("the queue is free again");
    }
}
