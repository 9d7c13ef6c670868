//! Threads for password hashes, as many as there are cores.
//!
//! A slow hash makes guessing expensive for the thief of a store, and every sign-in expensive for
//! the portal. An attacker can turn that around: wrong passwords cost them nothing, and each keeps
//! a core busy for a while and takes 19 MB (Argon2id as OWASP recommends it). A thousand at once
//! would stop every other request (CWE-400). Here they wait their turn, and the rest of the portal
//! answers.
//!
//! Refused alternative: a faster hash. The thief of the store would gain as much as the portal.
//!
//! Refused alternative: the threads that the runtime has for work that blocks. There can be
//! hundreds of those, so hundreds of hashes would run at once, and each thread keeps what it once
//! took.

use std::num::NonZeroUsize;

use tokio::runtime::{Builder, Runtime};

use crate::storage::StorageError;

/// Threads that hash, and do nothing else. Hashes beyond their number wait their turn.
#[derive(Debug)]
pub struct Hashing(Option<Runtime>);

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
        Self(Some(runtime.expect("a runtime without drivers")))
    }

    /// Runs a hash on one of the threads. The caller waits without holding a thread of the server.
    ///
    /// # Errors
    /// The hash panicked, or the lab is stopping. Neither is a right password: the caller must
    /// refuse the sign-in.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StorageError> {
        let Some(runtime) = &self.0 else {
            return Err(StorageError::Stopping);
        };
        let done = runtime.spawn_blocking(work).await;
        done.map_err(|error| StorageError::of_thread(&error))
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
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn many_hashes_at_once_take_turns_on_as_many_threads_as_cores() {
        let hashing = Hashing::new();
        let work = || {
            thread::sleep(Duration::from_millis(1));
            thread::current().id()
        };
        let all = (0..50).map(|_| hashing.run(work));
        let threads = futures::future::join_all(all).await;
        let threads: HashSet<_> = threads.into_iter().map(|id| id.expect("done")).collect();
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        assert!(threads.len() <= cores, "{}", threads.len());
    }

    #[tokio::test]
    async fn a_hash_that_panics_is_an_error_and_the_next_one_is_done() {
        let hashing = Hashing::new();
        assert!(hashing.run(|| panic!("a broken hash")).await.is_err());
        assert_eq!(hashing.run(|| 7).await.ok(), Some(7));
    }
}
