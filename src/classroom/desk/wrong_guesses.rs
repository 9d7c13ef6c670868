//! Wrong codes, PINs and keys, counted by the minute.
//!
//! They are counted for everyone together. A class shares an address, so a limit by address would
//! shut out thirty students for one who guesses. A right code or PIN is never counted and never
//! waits: the caller compares first, and asks here only about what is wrong.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::base::clock::BenchTime;

/// How many may be wrong in a minute before the answer changes. Thirty students who mistype twice
/// stay below it.
const MOST: u32 = 60;

const WINDOW: Duration = Duration::from_secs(60);

/// The wrong guesses of the present minute.
#[derive(Debug, Default)]
pub struct WrongGuesses(Mutex<Option<(BenchTime, u32)>>);

impl WrongGuesses {
    /// Counts a wrong guess, and says whether there are too many.
    pub fn count(&self, now: BenchTime) -> bool {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = match *minute {
            Some((since, count)) if now.since(since) < WINDOW => (since, count + 1),
            _ => (now, 1),
        };
        *minute = Some((since, count.min(MOST + 1)));
        count > MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_takes_sixty_wrong_guesses_and_the_next_one_begins_anew() {
        let wrong = WrongGuesses::default();
        let now = BenchTime::from_millis(1_000_000);
        assert!((0..MOST).all(|_| !wrong.count(now)));
        assert!(wrong.count(now) && wrong.count(now.after(Duration::from_secs(59))));
        assert!(!wrong.count(now.after(WINDOW)));
    }
}
