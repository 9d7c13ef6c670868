//! Threads for password hashes, as many as there are cores, and whose hash is next.
//!
//! A slow hash makes guessing expensive for the thief of a store, and every sign-in expensive for
//! the portal. An attacker can turn that around: wrong passwords cost them nothing, and each keeps
//! a core busy for a while and fills 19 MiB (Argon2id as OWASP recommends it). A thousand at once
//! would stop every other request (CWE-400). So three things are bounded: the threads, the memory,
//! and what a bench may have waiting. `hashing/turns.rs` gives the turns, one bench after the other.
//!
//! Refused alternative: a faster hash. The thief of the store would gain as much as the portal.
//!
//! Refused alternative: one queue for all in the order of arrival. Four hundred guesses on one bench
//! would keep the students of all others waiting for as long as those take.
//!
//! Refused alternative: the threads that the runtime has for work that blocks. There can be
//! hundreds of those, so hundreds of hashes would run at once, and each thread keeps what it once
//! took.

mod turns;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Runtime};

use self::turns::{Turn, Turns};
use crate::base::bench_name::BenchName;
use crate::defences::hash_memory::HashMemory;
use crate::storage::StorageError;

pub use self::turns::{QueueFull, WAITING_A_BENCH};

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// The bench has as many hashes waiting as it may.
    #[error(transparent)]
    QueueFull(#[from] QueueFull),
    /// The lab is stopping, or the hash panicked.
    #[error(transparent)]
    Thread(#[from] StorageError),
}

/// Threads that hash, and do nothing else. The others wait for their turn.
#[derive(Debug)]
pub struct Hashing {
    runtime: Option<Runtime>,
    turns: Arc<Turns>,
    spare: Arc<SpareMemory>,
}

impl Hashing {
    /// One thread a core, each started when it is needed.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(cores)
            .thread_name("password-hash")
            .build();
        // The threads have their own runtime, so a queue of hashes never takes the threads that
        // read and write files.
        //
        // Invariant: only drivers for sockets and time can fail, and none was asked for.
        let runtime = runtime.expect("a runtime without drivers");
        Self {
            runtime: Some(runtime),
            turns: Turns::new(cores),
            spare: Arc::default(),
        }
    }

    /// Runs a hash for a bench on one of the threads, with memory that it may fill. The caller waits
    /// without holding a thread of the server.
    ///
    /// # Errors
    /// See [`HashingError`]. None of them is a right password: the caller must refuse the sign-in.
    pub async fn run<T: Send + 'static>(
        &self,
        bench: &BenchName,
        work: impl FnOnce(&mut HashMemory) -> T + Send + 'static,
    ) -> Result<T, HashingError> {
        let Some(runtime) = &self.runtime else {
            return Err(StorageError::Stopping.into());
        };
        let turn = self.turns.take(bench).await?;
        let spare = self.spare.clone();
        // The turn goes along: it ends with the work, also where nobody waits for the answer any more.
        let done = runtime.spawn_blocking(move || spare.lend(&turn, work));
        Ok(done
            .await
            .map_err(|error| StorageError::of_thread(&error))?)
    }
}

impl Default for Hashing {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Hashing {
    fn drop(&mut self) {
        // A runtime that is dropped by a task would wait for its threads, and a task must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Memory that no hash uses at the moment: as much as threads have while others wait, and that of one
/// hash in a quiet lab.
#[derive(Debug, Default)]
struct SpareMemory(Mutex<Vec<HashMemory>>);

impl SpareMemory {
    /// Runs a hash in spare memory, or in new. Work that panics takes its memory with it.
    fn lend<T>(&self, turn: &Turn, work: impl FnOnce(&mut HashMemory) -> T) -> T {
        let mut memory = self.lock().pop().unwrap_or_default();
        let done = work(&mut memory);
        let mut spare = self.lock();
        spare.push(memory);
        if !turn.is_awaited() {
            spare.truncate(1);
        }
        done
    }

    // A list is valid at every step, so a panic elsewhere does no harm.
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<HashMemory>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;
    use std::time::Duration;

    use futures::future::join_all;

    use super::*;

    fn name(text: &str) -> BenchName {
        text.parse().expect("a good name")
    }

    fn cores() -> usize {
        thread::available_parallelism().map_or(1, NonZeroUsize::get)
    }

    #[tokio::test]
    async fn many_hashes_at_once_take_turns_on_as_many_threads_as_cores() {
        let (hashing, bench) = (Hashing::new(), name("a"));
        let work = |_: &mut HashMemory| {
            thread::sleep(Duration::from_millis(1));
            thread::current().id()
        };
        let all = (0..50).map(|_| hashing.run(&bench, work));
        let threads = join_all(all).await;
        let threads: HashSet<_> = threads.into_iter().map(|id| id.expect("done")).collect();
        assert!(threads.len() <= cores(), "{}", threads.len());
    }

    #[tokio::test]
    async fn a_hash_that_panics_is_an_error_and_the_next_ones_are_done() {
        let (hashing, bench) = (Hashing::new(), name("a"));
        for _ in 0..=cores() {
            let broken = hashing.run(&bench, |_| panic!("a broken hash")).await;
            assert!(matches!(broken, Err(HashingError::Thread(_))));
        }
        assert_eq!(hashing.run(&bench, |_| 7).await.ok(), Some(7));
    }

    #[tokio::test]
    async fn after_many_hashes_at_once_the_memory_of_one_is_kept() {
        let (hashing, bench) = (Hashing::new(), name("a"));
        let work = |_: &mut HashMemory| thread::sleep(Duration::from_millis(1));
        for done in join_all((0..50).map(|_| hashing.run(&bench, work))).await {
            done.expect("done");
        }
        assert_eq!(hashing.spare.lock().len(), 1);
    }
}
