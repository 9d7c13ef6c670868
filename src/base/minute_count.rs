//! How often something happened in this minute: wrong codes, PINs and secrets, and new benches.
//!
//! It is counted for everyone together. A class shares an address, so a limit by address would shut
//! out thirty students for one who guesses. A right value is never counted and never waits: the caller
//! compares first, and asks here only about what is wrong.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::base::clock::BenchTime;

/// How many wrong values a minute takes before the answer changes. Thirty students who mistype twice
/// stay below it.
pub const MOST_WRONG: u32 = 60;

const WINDOW: Duration = Duration::from_secs(60);

/// The count of the present minute.
#[derive(Debug)]
pub struct MinuteCount {
    most: u32,
    minute: Mutex<Option<(BenchTime, u32)>>,
}

impl MinuteCount {
    /// Nothing has happened yet, and so many times are not too many.
    pub fn up_to(most: u32) -> Self {
        Self {
            most,
            minute: Mutex::default(),
        }
    }

    /// Counts once more, and says whether it was too often.
    pub fn count(&self, now: BenchTime) -> bool {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = match *minute {
            Some((since, count)) if now.since(since) < WINDOW => (since, count + 1),
            _ => (now, 1),
        };
        *minute = Some((since, count.min(self.most + 1)));
        count > self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_takes_so_many_and_the_next_one_begins_anew() {
        let wrong = MinuteCount::up_to(MOST_WRONG);
        let now = BenchTime::from_millis(1_000_000);
        assert!((0..MOST_WRONG).all(|_| !wrong.count(now)));
        assert!(wrong.count(now) && wrong.count(now.after(Duration::from_secs(59))));
        assert!(!wrong.count(now.after(WINDOW)));
    }
}
