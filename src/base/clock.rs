//! Time on a bench: the wall clock plus the minutes a student has moved it ahead.
//!
//! Every limit in the lab is checked against a [`BenchTime`] that is passed in as an argument, so
//! an idle timeout can be watched without waiting for it. Next: [`crate::session`], which spends
//! these times, and [`crate::session::bench`], which keeps each bench's offset.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// How far ahead of the clock a time may be that was written down before: five minutes, as Kerberos
/// allows (RFC 4120 §3.2.3). So far may the clocks of two labs on one store differ.
pub const CLOCK_SKEW: Duration = Duration::from_secs(300);

/// A moment on a bench's clock, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BenchTime(u64);

impl BenchTime {
    /// After every moment that a clock shows: the end of what never expires.
    pub const FOREVER: Self = Self(u64::MAX);

    /// The wall clock moved ahead by `offset`.
    pub fn now(offset: Duration) -> Self {
        // A machine whose clock is before 1970 still gets a lab, at the epoch.
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self::from_millis(
            wall.saturating_add(offset)
                .as_millis()
                .try_into()
                .unwrap_or(u64::MAX),
        )
    }

    /// A moment given in milliseconds since the Unix epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, as cookies and tokens count them.
    pub const fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// This moment moved ahead.
    #[must_use]
    pub fn after(self, by: Duration) -> Self {
        Self(
            self.0
                .saturating_add(by.as_millis().try_into().unwrap_or(u64::MAX)),
        )
    }

    /// Whether it is from the future: further ahead of `now` than clocks differ. Whoever wrote it
    /// down had a clock that was wrong, and no limit can be counted from it.
    pub fn is_from_the_future(self, now: Self) -> bool {
        self > now.after(CLOCK_SKEW)
    }

    /// How long ago `earlier` was; zero when it is in the future.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
