//! Counting failed sign-ins, with the generic cell rate algorithm: one moment for each bucket is
//! nearly all that it stores.
//!
//! Without a count an attacker tries a list of the most common passwords in minutes (CWE-307, ASVS
//! 6.3.1). An attempt is counted before the password is looked at. Counted afterwards, a hundred
//! guesses that are sent at once would all be looked at before the first one is counted. A success
//! empties the bucket (NIST SP 800-63B-4 §3.2.2). Which bucket an attempt falls into is the
//! decision of `src/defences/throttle.rs`: the account's, or that of a browser that the user asked
//! to remember.
//!
//! So an attempt is one of three: not counted, under way, or a failure. Six sign-ins with the right
//! password that arrive together are no failures, though five of them fill the bucket for a moment.
//! An attempt that finds it full only because of others that are under way waits for their end. The
//! arithmetic is in `throttle/bucket.rs`.
//!
//! Refused alternative: a list of the moments of the last failures. It must be as long as the limit
//! is high, for every name that somebody tries. One number says as much about the next attempt.
//!
//! Not stopped: one guess at each of a thousand accounts. Each of them has its own bucket.

mod bucket;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use self::bucket::{AttemptMark, Bucket, BucketRoom, UNDER_WAY};
use crate::base::clock::BenchTime;
use crate::base::event::EventKind;
use crate::defences::throttle::{ThrottleLimit, ThrottleRule};
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, Put, RecordKey, RecordKind, StorageError};

pub use self::bucket::AttemptEnd;

/// How long an attempt waits before it looks again, where nobody tells it that another one ended:
/// that one may be another lab's, on the same store.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What the throttle says of an attempt.
#[derive(Debug)]
pub enum Attempt<'b> {
    /// The password may be looked at. The attempt is already counted.
    Allowed(CountedAttempt<'b>),
    /// Too many failures: try again after this time. The password must not be looked at: an answer
    /// that depends on it would be one more guess.
    Refused(Duration),
}

/// An attempt whose password may be looked at. It is counted as a failure until
/// [`World::end_attempt`] says otherwise. Dropped without that, it stays one.
#[derive(Debug)]
pub struct CountedAttempt<'b> {
    attempts: &'b Attempts,
    key: RecordKey,
    limit: ThrottleLimit,
    mark: AttemptMark,
    ended: bool,
}

/// What a bench knows of attempts besides its store.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    /// Told at each end of an attempt.
    ended: Notify,
    /// Attempts that were dropped, as where a client left: they are no longer under way.
    dropped: Mutex<Vec<(RecordKey, AttemptMark)>>,
}

impl Attempts {
    // A list is valid at every step, so a panic elsewhere does no harm.
    fn dropped(&self) -> std::sync::MutexGuard<'_, Vec<(RecordKey, AttemptMark)>> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CountedAttempt<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let mut dropped = self.attempts.dropped();
            // Those that are older have ended by themselves.
            dropped.retain(|(_, mark)| mark.until.after(UNDER_WAY) > self.mark.until);
            dropped.push((self.key.clone(), self.mark));
        }
        self.attempts.ended.notify_waiters();
    }
}

impl<'r> World<'r> {
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
    pub async fn count_attempt(&self, rule: &ThrottleRule) -> Result<Attempt<'r>, StorageError> {
        let key = self.bucket_key(rule);
        let attempts = self.bench.attempts();
        let begun = Instant::now();
        loop {
            // The clock goes on while this one waits for others.
            let now = self.now.after(begun.elapsed());
            let told = attempts.ended.notified();
            tokio::pin!(told);
            // From here on no end is missed, also one between the look and the wait.
            told.as_mut().enable();
            let mark = AttemptMark::new(now)?;
            match self.count_once(&key, rule.limit, now, mark).await? {
                BucketRoom::Counted(_) => {
                    return Ok(Attempt::Allowed(CountedAttempt {
                        attempts,
                        key,
                        limit: rule.limit,
                        mark,
                        ended: false,
                    }));
                }
                // A refused attempt is not counted: otherwise anyone who goes on guessing keeps the
                // owner out forever.
                BucketRoom::Full(wait) => return Ok(Attempt::Refused(wait)),
                // Each of the others ends within ten seconds or becomes a failure. One who still
                // waits after two such rounds has met a crowd.
                BucketRoom::PerhapsLater if begun.elapsed() > 2 * UNDER_WAY => {
                    return Ok(Attempt::Refused(UNDER_WAY));
                }
                BucketRoom::PerhapsLater => {
                    let _ = tokio::time::timeout(LOOK_AGAIN, told).await;
                }
            }
        }
    }

    /// Looks into the bucket, and counts the attempt where it fits.
    async fn count_once(
        &self,
        key: &RecordKey,
        limit: ThrottleLimit,
        now: BenchTime,
        mark: AttemptMark,
    ) -> Result<BucketRoom, StorageError> {
        let mut transaction = self.bench.transact("the count of failed sign-ins");
        loop {
            transaction.attempt().await?;
            // At each attempt anew: the count of a guess that was sent beside this one must show.
            let (mut bucket, version) = self.bucket(key).await?;
            let room = bucket.count(limit, now, mark);
            let BucketRoom::Counted(keep) = room else {
                return Ok(room);
            };
            let put = self.bucket_put(key, &bucket, now.after(keep));
            // Two guesses that read the same count must not both write it raised by one.
            let batch = Batch {
                expect: vec![(key.clone(), Expect::Version(version))],
                put: vec![put],
                ..Batch::default()
            };
            if self.commit(batch).await? == Commit::Done {
                return Ok(room);
            }
        }
    }

    /// Says how a counted attempt ended, in one commit with what the journal notes of it.
    ///
    /// A success empties the bucket: the owner who mistyped twice starts again from none. An
    /// attacker cannot empty the bucket of somebody else without knowing the password.
    ///
    /// Without this the limit would also count the owner's own sign-ins, because each attempt is
    /// counted before anyone knows whether it is right.
    ///
    /// # Errors
    /// The store does not answer. Then the attempt stays a failure.
    pub async fn end_attempt(
        &self,
        mut attempt: CountedAttempt<'_>,
        end: AttemptEnd,
        noted: Option<EventKind>,
    ) -> Result<(), StorageError> {
        let (key, limit) = (attempt.key.clone(), attempt.limit);
        let begun = Instant::now();
        let mut transaction = self.bench.transact("the count of failed sign-ins");
        loop {
            transaction.attempt().await?;
            let now = self.now.after(begun.elapsed());
            let (mut bucket, version) = self.bucket(&key).await?;
            bucket.end(limit, now, attempt.mark, end);
            let mut batch = Batch {
                expect: vec![(key.clone(), Expect::Version(version))],
                events: noted.iter().cloned().map(|what| self.event(what)).collect(),
                ..Batch::default()
            };
            match bucket.kept_for(limit, now) {
                Some(keep) => batch
                    .put
                    .push(self.bucket_put(&key, &bucket, now.after(keep))),
                None => batch.remove.push(key.clone()),
            }
            if self.commit(batch).await? == Commit::Done {
                attempt.ended = true;
                return Ok(());
            }
        }
    }

    /// The bucket as it is stored, without the marks of attempts that were dropped, and its version.
    async fn bucket(&self, key: &RecordKey) -> Result<(Bucket, u64), StorageError> {
        let found = self.read::<Bucket>(key).await?;
        let version = found.as_ref().map_or(0, |found| found.version);
        let mut bucket = found.map(|found| found.value).unwrap_or_default();
        for (of, mark) in self.bench.attempts().dropped().iter() {
            if of == key {
                bucket.forget(*mark);
            }
        }
        Ok((bucket, version))
    }

    /// The record expires with the bucket. An attacker who tries a million names fills the store for
    /// one window, not forever.
    fn bucket_put(&self, key: &RecordKey, bucket: &Bucket, expires_at: BenchTime) -> Put {
        Put {
            expires_at,
            ..self.put(key, bucket, None)
        }
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
