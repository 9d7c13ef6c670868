//! Counting failed sign-ins, with the generic cell rate algorithm: one moment for each bucket is
//! all that it stores.
//!
//! Without a count an attacker tries a list of the most common passwords in minutes (CWE-307, ASVS
//! 6.3.1). An attempt is counted before the password is looked at. Counted afterwards, a hundred
//! guesses that are sent at once would all be looked at before the first one is counted. A success
//! empties the bucket (NIST SP 800-63B-4 §3.2.2). Which bucket an attempt falls into is the
//! decision of `src/defences/throttle.rs`: the account's, or that of a browser that the user asked
//! to remember.
//!
//! Refused alternative: a list of the moments of the last failures. It must be as long as the limit
//! is high, for every name that somebody tries. One number says as much about the next attempt.
//!
//! Not stopped: one guess at each of a thousand accounts. Each of them has its own bucket.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::base::clock::BenchTime;
use crate::defences::throttle::{ThrottleLimit, ThrottleRule};
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, Put, RecordKey, RecordKind, StorageError};

/// What the throttle says about an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The password may be looked at. The attempt is already counted, and stays counted if the
    /// password is wrong.
    Allowed,
    /// Too many failures: try again after this time. The password must not be looked at: an answer
    /// that depends on it would be one more guess.
    Refused(Duration),
}

/// What is kept of a bucket. Both limits use it, each in its own buckets.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Bucket {
    /// Rate: the moment at which the bucket is empty again. Lock: the moment at which the lock
    /// ends. In milliseconds of the bench's clock.
    full_until: u64,
    /// Lock only: attempts in a row without a success.
    failures: u32,
}

impl World<'_> {
    /// Counts an attempt to sign in, before its password is looked at.
    ///
    /// It counts for names that do not exist as well. If only real accounts were slowed down, the
    /// answer would tell an attacker which names are real (CWE-204).
    ///
    /// A store that does not answer refuses the attempt. Refused alternative: to let it pass. Then
    /// an attacker who can overload the store guesses without limit (CWE-636).
    ///
    /// The count is in the store and not in this process. An attacker who is served by five
    /// instances then has no more guesses than with one.
    ///
    /// # Errors
    /// The store does not answer, or too many attempts arrive at once.
    pub async fn count_attempt(&self, rule: &ThrottleRule) -> Result<Attempt, StorageError> {
        let key = self.bucket_key(rule);
        let mut transaction = self.bench.transact("the count of failed sign-ins");
        loop {
            transaction.attempt().await?;
            // At each attempt anew: the count of a guess that was sent beside this one must show.
            let found = self.read::<Bucket>(&key).await?;
            let version = found.as_ref().map_or(0, |found| found.version);
            let bucket = found.map(|found| found.value).unwrap_or_default();
            let (bucket, keep) = match step(bucket, rule.limit, self.now) {
                Ok(next) => next,
                // A refused attempt is not counted: otherwise anyone who goes on guessing keeps the
                // owner out forever.
                Err(wait) => return Ok(Attempt::Refused(wait)),
            };
            // The record expires with the bucket. An attacker who tries a million names fills the
            // store for one window, not forever.
            let put = Put {
                key: key.clone(),
                value: self.encode(&bucket),
                last_used: self.now,
                expires_at: self.now.after(keep),
                owner: None,
                replaces: None,
            };
            // Two guesses that read the same count must not both write it raised by one. An
            // attacker who sends a hundred at the same moment would have a hundred guesses for the
            // price of one (CWE-362).
            let expect = vec![(key.clone(), Expect::Version(version))];
            let batch = Batch {
                expect,
                put: vec![put],
                ..Batch::default()
            };
            if self.commit(batch).await? == Commit::Done {
                return Ok(Attempt::Allowed);
            }
        }
    }

    /// Empties the bucket after a success: the owner who mistyped twice starts again from none. An
    /// attacker cannot empty the bucket of somebody else without knowing the password.
    ///
    /// Without this the limit would also count the owner's own sign-ins, because each attempt is
    /// counted before anyone knows whether it is right.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn forget_attempts(&self, rule: &ThrottleRule) -> Result<(), StorageError> {
        // No version is expected: a guess that is counted at this moment is forgotten as well. That
        // gives an attacker a few more guesses after each sign-in of the owner, and no way to cause
        // one.
        let remove = vec![self.bucket_key(rule)];
        self.commit(Batch {
            remove,
            ..Batch::default()
        })
        .await
        .map(|_| ())
    }

    /// A bucket's name holds what a stranger typed, so it is hashed before it becomes a key: the
    /// hash has one length and only characters that a key may have. Users also type their password
    /// into the field for the name. A hash does not show it to the operator. Anyone with a copy of
    /// the store could still test guesses, and the record expires with the bucket.
    fn bucket_key(&self, rule: &ThrottleRule) -> RecordKey {
        let name = URL_SAFE_NO_PAD.encode(Sha256::digest(rule.bucket.as_bytes()));
        self.fixed_key(RecordKind::Throttle, &name)
    }
}

/// The bucket after one more attempt and how long to keep it, or how long to wait. It is a function
/// of three values, without a clock and a store, so a test can ask it about any moment.
fn step(
    bucket: Bucket,
    kind: ThrottleLimit,
    now: BenchTime,
) -> Result<(Bucket, Duration), Duration> {
    let now = now.millis();
    // No bucket is fuller than full. One that was filled while the clock was ahead would otherwise
    // keep its owner out for as long.
    let longest = match kind {
        ThrottleLimit::Rate { window, .. } => millis(window),
        ThrottleLimit::Lock { locked_for, .. } => millis(locked_for),
    };
    let bucket = Bucket {
        full_until: bucket.full_until.min(now.saturating_add(longest)),
        ..bucket
    };
    match kind {
        ThrottleLimit::Rate { failures, window } => {
            // Five a minute are one each twelve seconds, and a burst of five: the owner who
            // mistypes twice need not wait, and a program is slowed down from the sixth guess on.
            let window = millis(window);
            // `max`: a limit of no failures must not divide by zero.
            let each = window / u64::from(failures.max(1));
            // Each failure fills the bucket by one share of the window, and time empties it.
            // Refused alternative: a count for each whole minute, which lets twice as many through
            // around the turn of the minute.
            let full_until = bucket.full_until.max(now) + each;
            // It fits, or the attempt waits until it does. An attempt that is refused leaves the
            // bucket as it is, so the wait gets shorter while somebody keeps trying.
            match (full_until - now).checked_sub(window) {
                None | Some(0) => {
                    let keep = Duration::from_millis(full_until - now);
                    Ok((
                        Bucket {
                            full_until,
                            failures: 0,
                        },
                        keep,
                    ))
                }
                Some(wait) => Err(Duration::from_millis(wait)),
            }
        }
        ThrottleLimit::Lock {
            failures,
            locked_for,
        } => {
            // WEAK: nobody gets in while it is locked, with the right password either. A stranger
            // who fails five times on purpose locks the owner out (CWE-645).
            if bucket.full_until > now {
                return Err(Duration::from_millis(bucket.full_until - now));
            }
            // The lock is set by the attempt that reaches the number, before its password is looked
            // at. That attempt itself is still allowed; if its password is right, the success
            // removes the lock.
            let counted = bucket.failures + 1;
            let next = if counted >= failures {
                Bucket {
                    full_until: now + millis(locked_for),
                    failures: 0,
                }
            } else {
                Bucket {
                    full_until: 0,
                    failures: counted,
                }
            };
            Ok((next, locked_for))
        }
    }
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

    #[test]
    fn five_attempts_pass_and_the_sixth_waits_for_twelve_seconds() {
        let mut bucket = Bucket::default();
        for _ in 0..5 {
            bucket = step(bucket, RATE, at(0)).expect("within the burst").0;
        }
        assert_eq!(
            step(bucket, RATE, at(0)).expect_err("over it"),
            Duration::from_secs(12)
        );
        assert!(step(bucket, RATE, at(12)).is_ok());
        assert!(step(bucket, RATE, at(11)).is_err());
    }

    #[test]
    fn a_bucket_from_the_future_is_full_and_no_more() {
        let year = 400 * 24 * 3600;
        for (limit, wait) in [(RATE, 12), (LOCK, 3600)] {
            let mut bucket = Bucket::default();
            for _ in 0..5 {
                bucket = step(bucket, limit, at(year)).expect("within the burst").0;
            }
            let told = step(bucket, limit, at(0)).expect_err("full");
            assert_eq!(told, Duration::from_secs(wait));
        }
    }

    #[test]
    fn a_lock_holds_for_an_hour_and_then_counts_anew() {
        let mut bucket = Bucket::default();
        for _ in 0..5 {
            bucket = step(bucket, LOCK, at(0)).expect("not locked yet").0;
        }
        assert_eq!(
            step(bucket, LOCK, at(1)).expect_err("locked"),
            Duration::from_secs(3599)
        );
        assert!(step(bucket, LOCK, at(3600)).is_ok());
    }
}
