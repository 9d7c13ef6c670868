//! What the log says of a store that fails: each cause once, not once a request.
//!
//! A process has one log, so what was written to it is remembered once for the process.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::StorageError;
use super::memory::lock;

/// After this time a cause is news again, where it lasts so long.
const NEWS: Duration = Duration::from_secs(600);
/// How many causes are remembered.
const MOST: usize = 64;

/// The causes in the log and when each was said, oldest first.
static SAID: Mutex<Vec<(String, Instant)>> = Mutex::new(Vec::new());

impl StorageError {
    /// Writes the cause to the log, unless it is there already. It goes only there (CWE-209).
    pub fn report(&self) {
        match self {
            // The connection to Redis reports the same cause when it is lost.
            Self::Unreachable(cause) | Self::Full(cause) if is_new(cause) => log::error!("{self}"),
            Self::Unreachable(_) | Self::Full(_) | Self::Stopping => {}
            // Many requests at once are no fault of the store.
            Self::Contended(_) => {
                if is_new(&self.to_string()) {
                    log::warn!("{self}");
                }
            }
            Self::Corrupt(_) | Self::NoRandomness(_) | Self::Defect(_) => {
                if is_new(&self.to_string()) {
                    log::error!("{self}");
                }
            }
        }
    }
}

/// Whether the log has not said this lately; from now on it has.
pub fn is_new(cause: &str) -> bool {
    let mut said = lock(&SAID);
    said.retain(|(_, when)| when.elapsed() < NEWS);
    if said.iter().any(|(before, _)| before == cause) {
        return false;
    }
    if said.len() == MOST {
        said.remove(0);
    }
    said.push((cause.to_owned(), Instant::now()));
    true
}

/// The cause is gone: the next time it is news at once.
pub fn is_over(cause: &str) {
    lock(&SAID).retain(|(before, _)| before != cause);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_news_once_until_it_is_over() {
        assert!(is_new("a test took it away"));
        assert!(!is_new("a test took it away"));
        assert!(is_new("a test took something else away"));
        is_over("a test took it away");
        assert!(is_new("a test took it away"));

        // No more are kept than there is room for.
        for n in 0..2 * MOST {
            is_new(&format!("cause {n} of a test"));
        }
        assert!(lock(&SAID).len() <= MOST);
    }
}
