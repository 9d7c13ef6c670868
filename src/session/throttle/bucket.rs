//! The arithmetic of a throttle's bucket: what an attempt adds, and what its end takes away.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::clock::{BenchTime, CLOCK_SKEW};
use crate::defences::throttle::ThrottleLimit;

/// How long an attempt may be under way. After that it is a failure like any other: the program that
/// checked its password is perhaps gone.
pub(super) const UNDER_WAY: Duration = Duration::from_secs(10);

/// What is kept of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bucket {
    /// Rate: the moment at which the bucket is empty again. Lock: the moment at which the lock
    /// ends.
    full_until: u64,
    /// Lock only: failures in a row.
    failures: u32,
    /// The attempts whose password is being looked at. All of them are counted as failures already.
    #[serde(default)]
    under_way: Vec<AttemptMark>,
}

/// An attempt that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AttemptMark {
    /// A random number, so that no two attempts have the same mark.
    number: u64,
    /// Until when it counts as under way.
    pub(super) until: BenchTime,
}

impl AttemptMark {
    pub(super) fn new(now: BenchTime) -> Result<Self, getrandom::Error> {
        Ok(Self {
            number: getrandom::u64()?,
            until: now.after(UNDER_WAY),
        })
    }
}

/// Whether one more attempt fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BucketRoom {
    /// It fits, and is counted. The bucket must be kept for this long.
    Counted(Duration),
    /// It would fit if attempts that are under way turned out to be right.
    PerhapsLater,
    /// It does not fit for this long.
    Full(Duration),
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// The password was right.
    Right,
    /// It was wrong.
    Wrong,
    /// Nobody looked at it.
    NotLookedAt,
}

impl Bucket {
    /// Counts one more attempt as a failure, where it fits.
    pub(super) fn count(
        &mut self,
        limit: ThrottleLimit,
        now: BenchTime,
        mark: AttemptMark,
    ) -> BucketRoom {
        self.forget_the_future(limit, now);
        self.under_way.retain(|mark| mark.until > now);
        match self.add(limit, now.millis()) {
            Ok(keep) => {
                self.under_way.push(mark);
                BucketRoom::Counted(keep)
            }
            Err(_) if !self.under_way.is_empty() => BucketRoom::PerhapsLater,
            Err(wait) => BucketRoom::Full(wait),
        }
    }

    /// No bucket is fuller than full. One that was filled while the clock was ahead would otherwise
    /// keep its owner out for as long.
    fn forget_the_future(&mut self, limit: ThrottleLimit, now: BenchTime) {
        let longest = match limit {
            ThrottleLimit::Rate { window, .. } => millis(window),
            ThrottleLimit::Lock { locked_for, .. } => millis(locked_for),
        };
        self.full_until = self.full_until.min(now.millis().saturating_add(longest));
        // Two labs on one store read their clocks a moment apart.
        let latest = now.after(UNDER_WAY).after(CLOCK_SKEW);
        self.under_way.retain(|mark| mark.until <= latest);
    }

    fn add(&mut self, limit: ThrottleLimit, now: u64) -> Result<Duration, Duration> {
        match limit {
            ThrottleLimit::Rate { failures, window } => {
                let window = millis(window);
                // Each failure fills the bucket by one share of the window, and time empties it.
                // Refused alternative: a count for each whole minute, which lets twice as many
                // through around the turn of the minute.
                let full_until = self.full_until.max(now) + share(failures, window);
                // It fits, or the attempt waits until it does. The attempt that is refused leaves
                // the bucket as it is.
                match (full_until - now).checked_sub(window) {
                    None | Some(0) => {
                        self.full_until = full_until;
                        Ok(Duration::from_millis(full_until - now))
                    }
                    Some(wait) => Err(Duration::from_millis(wait)),
                }
            }
            ThrottleLimit::Lock {
                failures,
                locked_for,
            } => {
                // WEAK: nobody gets in while it is locked, with the right password either. A
                // stranger who fails five times on purpose locks the owner out (CWE-645).
                if self.full_until > now {
                    return Err(Duration::from_millis(self.full_until - now));
                }
                // The lock is set by the attempt that reaches the number, before its password is
                // looked at.
                self.failures += 1;
                self.full_until = 0;
                if self.failures >= failures {
                    self.full_until = now + millis(locked_for);
                    self.failures = 0;
                }
                Ok(locked_for)
            }
        }
    }

    /// Ends an attempt that was counted with this mark.
    pub(super) fn end(
        &mut self,
        limit: ThrottleLimit,
        now: BenchTime,
        mark: AttemptMark,
        end: AttemptEnd,
    ) {
        self.forget(mark);
        self.under_way.retain(|mark| mark.until > now);
        let now = now.millis();
        match (end, limit) {
            (AttemptEnd::Wrong, _) => {}
            // Earlier failures are forgotten. The attempts beside this one stay counted: each is
            // somebody else's until its own password turns out to be right.
            (AttemptEnd::Right, ThrottleLimit::Rate { failures, window }) => {
                let beside = u64::try_from(self.under_way.len()).unwrap_or(u64::MAX);
                self.full_until = now + share(failures, millis(window)).saturating_mul(beside);
            }
            (AttemptEnd::Right, ThrottleLimit::Lock { .. }) => {
                self.full_until = 0;
                self.failures = u32::try_from(self.under_way.len()).unwrap_or(u32::MAX);
            }
            (AttemptEnd::NotLookedAt, ThrottleLimit::Rate { failures, window }) => {
                let share = share(failures, millis(window));
                self.full_until = self.full_until.saturating_sub(share);
            }
            (AttemptEnd::NotLookedAt, ThrottleLimit::Lock { failures, .. }) => {
                let counted = if self.full_until > now {
                    failures
                } else {
                    self.failures
                };
                self.full_until = 0;
                self.failures = counted.saturating_sub(1);
            }
        }
    }

    /// Takes away the mark of an attempt that will not end by itself. It stays counted.
    pub(super) fn forget(&mut self, mark: AttemptMark) {
        self.under_way.retain(|other| *other != mark);
    }

    /// How long the bucket must be kept. An empty one also stays for a while: if its record were
    /// removed and made again, it would have the version of an earlier one, and a commit that was
    /// decided on that one would pass.
    pub(super) fn kept_for(&self, limit: ThrottleLimit, now: BenchTime) -> Duration {
        let left = Duration::from_millis(self.full_until.saturating_sub(now.millis()));
        let counted = match limit {
            ThrottleLimit::Rate { .. } => left,
            ThrottleLimit::Lock { locked_for, .. } if self.failures > 0 => left.max(locked_for),
            ThrottleLimit::Lock { .. } => left,
        };
        counted.max(UNDER_WAY)
    }
}

/// By how much one failure fills the bucket, in milliseconds.
fn share(failures: u32, window: u64) -> u64 {
    window / u64::from(failures.max(1))
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: ThrottleLimit = ThrottleLimit::Rate {
        failures: 5,
        window: Duration::from_secs(60),
    };
    const LOCK: ThrottleLimit = ThrottleLimit::Lock {
        failures: 5,
        locked_for: Duration::from_secs(3600),
    };

    fn at(seconds: u64) -> BenchTime {
        BenchTime::from_millis(1_000_000_000 + seconds * 1000)
    }

    fn mark(seconds: u64) -> AttemptMark {
        AttemptMark::new(at(seconds)).expect("random bytes")
    }

    /// An attempt whose password is wrong.
    fn fails(bucket: &mut Bucket, limit: ThrottleLimit, seconds: u64) -> BucketRoom {
        let mark = mark(seconds);
        let room = bucket.count(limit, at(seconds), mark);
        if matches!(room, BucketRoom::Counted(_)) {
            bucket.end(limit, at(seconds), mark, AttemptEnd::Wrong);
        }
        room
    }

    #[test]
    fn five_attempts_pass_and_the_sixth_waits_for_twelve_seconds() {
        let mut bucket = Bucket::default();
        for _ in 0..5 {
            assert!(matches!(
                fails(&mut bucket, RATE, 0),
                BucketRoom::Counted(_)
            ));
        }
        let twelve = BucketRoom::Full(Duration::from_secs(12));
        assert_eq!(fails(&mut bucket, RATE, 0), twelve);
        let one = BucketRoom::Full(Duration::from_secs(1));
        assert_eq!(fails(&mut bucket, RATE, 11), one);
        assert!(matches!(
            fails(&mut bucket, RATE, 12),
            BucketRoom::Counted(_)
        ));
    }

    #[test]
    fn a_bucket_from_the_future_is_full_and_no_more() {
        let year = 400 * 24 * 3600;
        for (limit, wait) in [(RATE, 12), (LOCK, 3600)] {
            let mut bucket = Bucket::default();
            for _ in 0..5 {
                fails(&mut bucket, limit, year);
            }
            let told = BucketRoom::Full(Duration::from_secs(wait));
            assert_eq!(fails(&mut bucket, limit, 0), told);
        }
    }

    #[test]
    fn a_lock_holds_for_an_hour_and_then_counts_anew() {
        let mut bucket = Bucket::default();
        for _ in 0..5 {
            assert!(matches!(
                fails(&mut bucket, LOCK, 0),
                BucketRoom::Counted(_)
            ));
        }
        let rest = BucketRoom::Full(Duration::from_secs(3599));
        assert_eq!(fails(&mut bucket, LOCK, 1), rest);
        assert!(matches!(
            fails(&mut bucket, LOCK, 3600),
            BucketRoom::Counted(_)
        ));
    }

    #[test]
    fn beside_five_that_are_under_way_the_sixth_waits_for_their_end() {
        for limit in [RATE, LOCK] {
            let mut bucket = Bucket::default();
            let marks = [(); 5].map(|()| mark(0));
            for mark in marks {
                let room = bucket.count(limit, at(0), mark);
                assert!(matches!(room, BucketRoom::Counted(_)));
            }
            let mut later = bucket.clone();
            assert_eq!(
                bucket.count(limit, at(0), mark(0)),
                BucketRoom::PerhapsLater
            );
            // One of them is right: the four others stay counted, so one more fits.
            bucket.end(limit, at(0), marks[0], AttemptEnd::Right);
            let room = bucket.count(limit, at(0), mark(0));
            assert!(
                matches!(room, BucketRoom::Counted(_)),
                "{limit:?}: {room:?}"
            );
            assert_eq!(
                bucket.count(limit, at(0), mark(0)),
                BucketRoom::PerhapsLater
            );
            // None of them ends: after a while they are failures.
            let after = UNDER_WAY.as_secs();
            assert_eq!(
                later.count(limit, at(after - 1), mark(0)),
                BucketRoom::PerhapsLater
            );
            let room = later.count(limit, at(after), mark(after));
            assert!(matches!(room, BucketRoom::Full(_)), "{limit:?}: {room:?}");
        }
    }

    #[test]
    fn an_attempt_that_nobody_looked_at_leaves_the_bucket_as_it_was() {
        for limit in [RATE, LOCK] {
            let mut bucket = Bucket::default();
            for _ in 0..4 {
                fails(&mut bucket, limit, 0);
            }
            let before = bucket.clone();
            let mark = mark(0);
            bucket.count(limit, at(0), mark);
            bucket.end(limit, at(0), mark, AttemptEnd::NotLookedAt);
            assert_eq!(bucket, before, "{limit:?}");
            assert!(bucket.kept_for(limit, at(0)) > UNDER_WAY);
        }
    }

    #[test]
    fn after_a_success_the_bucket_is_empty() {
        for limit in [RATE, LOCK] {
            let mut bucket = Bucket::default();
            for _ in 0..4 {
                fails(&mut bucket, limit, 0);
            }
            let mark = mark(0);
            bucket.count(limit, at(0), mark);
            bucket.end(limit, at(0), mark, AttemptEnd::Right);
            let now = at(0).millis();
            assert!(
                bucket.full_until <= now && bucket.failures == 0,
                "{bucket:?}"
            );
            assert_eq!(bucket.kept_for(limit, at(0)), UNDER_WAY, "{limit:?}");
        }
    }
}
