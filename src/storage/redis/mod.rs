//! Storage in Redis: several labs behind one balancer share it, and it outlives all of them.
//!
//! Each method of the contract is one command or one script, so Redis itself makes a commit all or
//! nothing. A record's TTL cleans up, in wall time, an hour after its deadline. Whether a record
//! counts is still decided on the bench's clock, by the code that reads it. A Redis that does not
//! answer is [`StorageError`] after half a second, or the address's own timeout (a reset of a bench
//! has longer), and lets nobody in. Where a replica is connected, a commit is done when one has it:
//! what was ended stays ended after a fail-over.
//!
//! Next: `keys.rs`, the names of the keys; `scripts/commit.lua`, what a commit does;
//! `connection.rs`, what happens when Redis goes away; `replica.rs`, what is promised of a
//! fail-over, and what is not.

mod address;
mod bad_address;
mod call_timeout;
mod connection;
mod error;
mod health;
mod keys;
mod open_error;
pub mod reading;
mod replica;
mod scripts;
mod start;
pub mod stats;
mod target;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;

use super::{
    Batch, Commit, EventId, Expect, JOURNAL_LIMIT, Put, RecordIndex, RecordKey, RecordKind,
    Storage, StorageError, StoredRecord,
};
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::base::event::Event;
use crate::defences::policy::Variant;
pub use address::Address;
pub use bad_address::BadAddress;
use connection::{CLEAR, RedisConnection, RedisRequest};
pub use open_error::OpenRedisError;
use scripts::Scripts;
pub use start::try_out;
pub use target::BadAuthority;

/// How long a record stays in Redis after its deadline: time enough for the sweep to take it first.
const TTL_GRACE: Duration = Duration::from_secs(3600);

/// How long a journal is kept after its last event.
const JOURNAL_TTL: Duration = Duration::from_secs(30 * 24 * 3600);

/// A deadline further ahead than this has no TTL. Redis could not count that far.
const LONGEST_TTL: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// How many records one script of a sweep takes. Redis answers nobody meanwhile, and a page asks it
/// three times.
const SWEPT_AT_ONCE: usize = 50;

/// All benches in one database of a Redis.
pub struct RedisStorage {
    connection: RedisConnection,
    scripts: Scripts,
}

impl RedisStorage {
    /// Connects to a Redis and checks that it will do what is asked of it. Each later call answers
    /// within the address's timeout, or five seconds where it clears a bench.
    ///
    /// # Errors
    /// It cannot be reached, does not let the lab in, or takes no writes.
    pub async fn open(address: Address) -> Result<Self, OpenRedisError> {
        let scripts = Scripts::new();
        let connection = start::open(address, &scripts).await?;
        Ok(Self {
            connection,
            scripts,
        })
    }
}

impl fmt::Debug for RedisStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStorage").finish_non_exhaustive()
    }
}

/// What the keys of a world's sessions begin with.
pub fn session_keys(bench: &BenchName, variant: Variant) -> String {
    let records = keys::records(Some(variant), RecordKind::Session);
    format!("{}{records}", keys::of_bench(bench))
}

/// What is asked of a record.
const RECORD_FIELDS: &[&str] = &["value", "version", "seen", "until"];

/// Its answer.
type RecordFields = (Option<Vec<u8>>, Option<u64>, Option<u64>, Option<u64>);

/// The record in these fields, if it is there and whole.
fn stored(fields: RecordFields) -> Option<StoredRecord> {
    let (Some(value), Some(version), Some(last_used), Some(expires_at)) = fields else {
        return None;
    };
    Some(StoredRecord {
        value: value.into(),
        version,
        last_used: BenchTime::from_millis(last_used),
        expires_at: BenchTime::from_millis(expires_at),
    })
}

#[async_trait]
impl Storage for RedisStorage {
    async fn read(
        &self,
        bench: &BenchName,
        key: &RecordKey,
    ) -> Result<Option<StoredRecord>, StorageError> {
        let mut command = redis::cmd("HMGET");
        command.arg(format!("{}{}", keys::of_bench(bench), keys::path(key)));
        command.arg(RECORD_FIELDS);
        self.connection
            .ask(RedisRequest::Command(command))
            .await
            .map(stored)
    }

    async fn members(
        &self,
        bench: &BenchName,
        index: &RecordIndex,
        limit: usize,
    ) -> Result<Vec<RecordKey>, StorageError> {
        let (list, world, kind) = keys::list(index);
        let mut script = self.scripts.members.key(keys::of_bench(bench));
        script.arg(list).arg(keys::records(world, kind)).arg(limit);
        let names: Vec<String> = self
            .connection
            .ask(RedisRequest::Repeatable(script))
            .await?;
        let keys = names
            .iter()
            .filter_map(|name| RecordKey::new(world, kind, name));
        Ok(keys.collect())
    }

    async fn may_exceed(
        &self,
        bench: &BenchName,
        index: &RecordIndex,
        limit: usize,
    ) -> Result<bool, StorageError> {
        let mut command = redis::cmd("ZCARD");
        command.arg(format!("{}{}", keys::of_bench(bench), keys::list(index).0));
        let count: usize = self.connection.ask(RedisRequest::Command(command)).await?;
        Ok(count > limit)
    }

    async fn commit(&self, bench: &BenchName, batch: Batch) -> Result<Commit, StorageError> {
        let mut script = self.scripts.commit.key(keys::of_bench(bench));
        script.arg(argument(&batch)?);
        for put in &batch.put {
            script.arg(&put.value[..]);
        }
        let at_least = if batch.clear.is_some() {
            CLEAR
        } else {
            Duration::ZERO
        };
        let done = self.connection.commit(script, at_least).await?;
        Ok(if done { Commit::Done } else { Commit::Conflict })
    }

    async fn touch(
        &self,
        bench: &BenchName,
        key: &RecordKey,
        last_used: BenchTime,
        expires_at: BenchTime,
    ) -> Result<(), StorageError> {
        let mut script = self.scripts.touch.key(keys::of_bench(bench));
        script.arg(keys::path(key)).arg(last_used.millis());
        script.arg(expires_at.millis()).arg(ttl(expires_at));
        self.connection
            .ask::<bool>(RedisRequest::Repeatable(script))
            .await?;
        Ok(())
    }

    async fn events(
        &self,
        bench: &BenchName,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<(EventId, Event)>, StorageError> {
        // Lua counts in floating point, which is exact up to here.
        let after = after.0.min(1 << 53);
        let mut script = self.scripts.events.key(keys::of_bench(bench));
        script.arg(after).arg(limit.min(JOURNAL_LIMIT));
        let page: Vec<Vec<u8>> = self
            .connection
            .ask(RedisRequest::Repeatable(script))
            .await?;
        let mut page = page.into_iter();
        let first = page.next().unwrap_or_default();
        let first: Option<u64> = String::from_utf8_lossy(&first).parse().ok();
        let first =
            first.ok_or_else(|| StorageError::Corrupt("the journal has no numbers".into()))?;
        let events = (first..).map(EventId).zip(page);
        // One that somebody edited is passed over, as in a file.
        let read = |(id, text): (EventId, Vec<u8>)| Some((id, serde_json::from_slice(&text).ok()?));
        Ok(events.filter_map(read).collect())
    }

    async fn last_event(&self, bench: &BenchName) -> Result<EventId, StorageError> {
        let script = self.scripts.last_event.key(keys::of_bench(bench));
        let last = self.connection.ask(RedisRequest::Repeatable(script));
        last.await.map(EventId)
    }

    async fn sweep(
        &self,
        bench: &BenchName,
        now: BenchTime,
        limit: usize,
    ) -> Result<usize, StorageError> {
        let mut swept = 0;
        loop {
            let batch = SWEPT_AT_ONCE.min(limit.saturating_sub(swept));
            let mut script = self.scripts.sweep.key(keys::of_bench(bench));
            script.arg(now.millis()).arg(batch);
            let gone: usize = self.connection.ask(RedisRequest::Once(script)).await?;
            swept += gone;
            if gone < batch || swept >= limit {
                return Ok(swept);
            }
        }
    }
}

/// What `commit.lua` is told of a batch, beside the values of its puts.
#[derive(Serialize)]
struct CommitArgument {
    expect: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clear: Option<Vec<&'static str>>,
    remove: Vec<String>,
    put: Vec<PutArgument>,
    events: Vec<String>,
    journal: JournalArgument,
}

/// A put without its value. Times are text: Lua would round 64 bits.
#[derive(Serialize)]
struct PutArgument {
    path: String,
    last_used: String,
    expires_at: String,
    ttl: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
}

/// How much of the journal stays, and for how long.
#[derive(Serialize)]
struct JournalArgument {
    limit: usize,
    ttl: i64,
}

fn argument(batch: &Batch) -> Result<Vec<u8>, StorageError> {
    let expected = |expect: &Expect| match expect {
        Expect::Absent => "0".to_owned(),
        Expect::Present => "present".to_owned(),
        Expect::Version(version) => version.to_string(),
    };
    let expect = batch.expect.iter();
    let replaced = batch.put.iter().filter_map(|put| put.replaces.as_ref());
    let put = |put: &Put| PutArgument {
        path: keys::path(&put.key),
        last_used: put.last_used.millis().to_string(),
        expires_at: put.expires_at.millis().to_string(),
        ttl: ttl(put.expires_at),
        owner: put.owner.clone(),
    };
    let clear = batch.clear.as_ref();
    let events = batch.events.iter().map(serde_json::to_string);
    let argument = || {
        serde_json::to_vec(&CommitArgument {
            expect: expect
                .map(|(key, expect)| (keys::path(key), expected(expect)))
                .collect(),
            clear: clear.map(|stays| stays.iter().map(|kind| kind.folder()).collect()),
            remove: batch
                .remove
                .iter()
                .chain(replaced)
                .map(keys::path)
                .collect(),
            put: batch.put.iter().map(put).collect(),
            events: events.collect::<Result<_, _>>()?,
            journal: JournalArgument {
                limit: JOURNAL_LIMIT,
                ttl: millis(JOURNAL_TTL),
            },
        })
    };
    argument().map_err(|error| StorageError::Defect(error.to_string()))
}

/// How long, in milliseconds of wall time, a record with this deadline may stay; -1 is forever.
///
/// A bench's clock is never behind the wall clock, and a reset takes it back to it, so this is
/// never too short. What has expired already stays for [`TTL_GRACE`].
fn ttl(expires_at: BenchTime) -> i64 {
    let left = expires_at.since(BenchTime::now(Duration::ZERO));
    if left > LONGEST_TTL {
        -1
    } else {
        millis(left + TTL_GRACE)
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ttl_ends_an_hour_after_the_deadline_and_never_where_there_is_none() {
        let now = BenchTime::now(Duration::ZERO);
        let ahead = ttl(now.after(Duration::from_secs(60)));
        assert!((3_659_000..=3_660_000).contains(&ahead), "{ahead}");
        assert_eq!(ttl(BenchTime::from_millis(100)), 3_600_000);
        assert_eq!(ttl(BenchTime::from_millis(u64::MAX)), -1);
    }
}
