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
//! The first attempt is made beside all others: where nobody is in the way, that is all. After a
//! conflict the change waits for its turn, in the order of arrival, and then has the bench to
//! itself: no other change of this process is under way, so only another lab on the same store can
//! still be first. That makes it fair, by bench: one that is crowded makes no other one wait.
//!
//! Refused alternative: a lock around each change. Changes that never meet would wait for each
//! other, and it is no help against another lab on the same store. Refused alternative: no lock, and
//! more attempts. Of many requests the unlucky ones run out of any number.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::time::timeout;

use super::Bench;
use crate::storage::StorageError;

/// How many attempts a change has. From the second one on it is another lab on the same store that
/// is first, and that lab has one change under way as well: each attempt wins about every other
/// time. Without a limit an attacker who causes conflicts all the time would keep a request, and its
/// connection, busy forever.
const MOST_ATTEMPTS: u32 = 250;

/// From this attempt on a short pause lets the other lab finish.
const PAUSE_FROM: u32 = 10;

/// How long a change waits for its turn: longer than a thousand changes before it take, and not so
/// long that whoever sent it is gone. Where the store does not answer, each of those before it needs
/// the time that the store has for an answer.
const TURN: Duration = Duration::from_secs(30);

/// Where the changes of a bench take turns.
#[derive(Debug, Default)]
pub(super) struct Turns(RwLock<()>);

/// One change, with the attempts that it takes.
#[derive(Debug)]
pub struct Transaction<'b> {
    turns: &'b Turns,
    /// The record that everybody wants to change, for the error.
    what: &'static str,
    attempts: u32,
    turn: Option<Turn<'b>>,
}

/// What an attempt holds. It is never looked at: it is there to be dropped.
#[derive(Debug)]
enum Turn<'b> {
    Beside { _others: RwLockReadGuard<'b, ()> },
    Alone { _bench: RwLockWriteGuard<'b, ()> },
}

impl Bench {
    /// Begins a change that is tried again after a conflict. `what` names the record that others
    /// may change at the same time.
    ///
    /// A transaction must be dropped before another one begins inside it: the inner one would wait
    /// for the outer one.
    pub fn transact(&self, what: &'static str) -> Transaction<'_> {
        Transaction {
            turns: &self.turns,
            what,
            attempts: 0,
            turn: None,
        }
    }
}

impl Transaction<'_> {
    /// Begins the next attempt. Everything that depends on the store, and every random value, is
    /// read or drawn after this.
    ///
    /// # Errors
    /// [`StorageError::Contended`]: there was a conflict at every attempt, or no turn in time.
    pub async fn attempt(&mut self) -> Result<(), StorageError> {
        self.attempt_within(TURN).await
    }

    async fn attempt_within(&mut self, patience: Duration) -> Result<(), StorageError> {
        let contended = || StorageError::Contended(self.what);
        if self.attempts == MOST_ATTEMPTS {
            return Err(contended());
        }
        let lock = &self.turns.0;
        if self.attempts == 0 {
            let others = timeout(patience, lock.read())
                .await
                .map_err(|_| contended())?;
            self.turn = Some(Turn::Beside { _others: others });
        } else if !matches!(self.turn, Some(Turn::Alone { .. })) {
            // Who keeps the place beside the others would wait for itself.
            self.turn = None;
            let bench = timeout(patience, lock.write())
                .await
                .map_err(|_| contended())?;
            self.turn = Some(Turn::Alone { _bench: bench });
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
        next.attempt().await.expect("the next one has its turn");
    }

    #[tokio::test]
    async fn a_change_that_met_a_conflict_has_the_bench_to_itself_and_turns_go_by_arrival() {
        let turns = Turns::default();
        let begin = || Transaction {
            turns: &turns,
            what: "a record",
            attempts: 0,
            turn: None,
        };
        let [mut first, mut second] = [begin(), begin()];
        first.attempt().await.expect("nobody is in the way");
        second.attempt().await.expect("beside the first");
        let order = std::sync::Mutex::new(Vec::new());
        let goes_on = async |mut change: Transaction<'_>, name: &'static str| {
            change.attempt().await.expect("a turn");
            order.lock().expect("no panic").push(name);
            tokio::task::yield_now().await;
        };
        // The third comes when both wait, so it waits behind them.
        tokio::join!(
            goes_on(first, "first"),
            goes_on(second, "second"),
            goes_on(begin(), "third")
        );
        assert_eq!(
            *order.lock().expect("no panic"),
            ["first", "second", "third"]
        );
    }

    #[tokio::test]
    async fn a_turn_that_does_not_come_is_no_fault_of_the_store() {
        let turns = Turns::default();
        let _busy = turns.0.write().await;
        let mut change = Transaction {
            turns: &turns,
            what: "a record",
            attempts: 0,
            turn: None,
        };
        let error = change.attempt_within(Duration::ZERO).await;
        let error = error.expect_err("no turn");
        assert!(matches!(error, StorageError::Contended("a record")));
    }
}
