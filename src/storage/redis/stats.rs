//! Counting what a Redis holds, beside the labs that use it: by reading, in small batches.
//!
//! `SCAN` goes through the keys some hundred at a time; `KEYS` would keep all labs waiting. A
//! replica can be asked as well. A user who may read `lab:*` is enough.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{FromRedisValue, Pipeline, RedisResult, Value, cmd, pipe};
use tokio::time::timeout;

use super::address::Address;
use super::error::too_slow;
use super::open_error::OpenRedisError;
use super::start::why_not;
use super::target::RedisTarget;
use super::{RECORD_FIELDS, RecordFields, keys, stored};
use crate::base::bench_name::BenchName;
use crate::storage::stats::{BenchSettings, Census};
use crate::storage::{RecordKey, RecordKind};

/// How long one batch may take.
const BATCH_LIMIT: Duration = Duration::from_secs(3);
/// How many keys one batch looks at.
const AT_ONCE: usize = 500;
/// How many sessions are weighed, and how many of one batch.
const WEIGHED: usize = 100;
const WEIGHED_AT_ONCE: usize = 5;

/// What Redis says of its memory. A user may be allowed to count, and not to ask this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Bytes in use, for all that it holds.
    pub used: Option<u64>,
    /// Bytes that it may use; 0 is no limit.
    pub limit: Option<u64>,
    /// Bytes of the sessions that were weighed, without their places in the lists.
    pub weight: u64,
    /// How many were weighed.
    pub weighed: u64,
}

/// Reports everything that the labs keep in a Redis.
///
/// # Errors
/// It cannot be reached, does not let anybody in, or stops answering meanwhile.
pub async fn read(address: Address, census: &mut dyn Census) -> Result<Memory, OpenRedisError> {
    let target = RedisTarget::new(address)?;
    let done = async {
        let connection = in_time(target.connect()).await?;
        let mut reader = RedisReader {
            connection,
            census,
            keys: HashSet::new(),
            hasher: RandomState::new(),
            benches: HashSet::new(),
            memory: Memory::default(),
        };
        reader.all().await?;
        Ok(reader.memory)
    };
    let done: RedisResult<Memory> = done.await;
    match done {
        Ok(memory) => Ok(memory),
        Err(error) => Err(why_not(&target, &error).await),
    }
}

struct RedisReader<'a> {
    connection: MultiplexedConnection,
    census: &'a mut dyn Census,
    /// The keys told of, as hashes, because SCAN may give one out twice. Of a million keys two
    /// share a hash once in thirty million runs.
    keys: HashSet<u64>,
    hasher: RandomState,
    benches: HashSet<BenchName>,
    memory: Memory,
}

/// What one batch asks for, key by key.
enum Query {
    Session(BenchName, RecordKey),
    Journal(BenchName),
    Weight,
}

impl RedisReader<'_> {
    async fn all(&mut self) -> RedisResult<()> {
        let mut cursor = 0_u64;
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg("lab:{*}:*");
            scan.arg("COUNT").arg(AT_ONCE);
            let asked = scan.query_async(&mut self.connection);
            let (next, found): (u64, Vec<Vec<u8>>) = in_time(asked).await?;
            self.batch(found).await?;
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        let info = cmd("INFO").arg("memory").to_owned();
        let asked = info.query_async::<String>(&mut self.connection);
        // A user may be allowed everything but this.
        if let Ok(info) = in_time(asked).await {
            let field = |name: &str| {
                let mut lines = info.lines();
                lines.find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
            };
            self.memory.used = field("used_memory:");
            self.memory.limit = field("maxmemory:");
        }
        Ok(())
    }

    async fn batch(&mut self, found: Vec<Vec<u8>>) -> RedisResult<()> {
        // Every key of the labs is ASCII.
        let found: Vec<_> = found.into_iter().map(String::from_utf8).collect();
        let found: Vec<_> = found.iter().flatten().collect();
        let own = found.iter().filter_map(|key| keys::bench_of(key));
        let new: HashSet<BenchName> = own.map(|(bench, _)| bench).collect();
        for bench in new {
            self.meet(bench).await?;
        }
        let (mut questions, mut asked) = (pipe(), Vec::new());
        let mut weighed = 0;
        for text in found {
            let Some((bench, path)) = keys::bench_of(text) else {
                continue;
            };
            if !self.keys.insert(self.hasher.hash_one(text)) {
                continue;
            }
            match keys::record_at(path) {
                Some(key) if key.kind() == RecordKind::Session => {
                    questions.cmd("HMGET").arg(text).arg(RECORD_FIELDS);
                    asked.push(Query::Session(bench, key));
                    if weighed < WEIGHED_AT_ONCE && self.memory.weighed < WEIGHED as u64 {
                        questions.cmd("MEMORY").arg("USAGE").arg(text);
                        asked.push(Query::Weight);
                        weighed += 1;
                    }
                }
                Some(key) => self.census.record(&bench, &key),
                None if path == "journal" => {
                    questions.cmd("LLEN").arg(text);
                    asked.push(Query::Journal(bench));
                }
                None => {}
            }
        }
        let answers = self.ask(questions).await?;
        for (asked, answer) in asked.into_iter().zip(answers) {
            self.take(asked, answer)?;
        }
        Ok(())
    }

    /// Tells of a bench that was not met before.
    async fn meet(&mut self, bench: BenchName) -> RedisResult<()> {
        if self.benches.contains(&bench) {
            return Ok(());
        }
        let mut questions = pipe();
        for name in ["clock", "custom"] {
            // Invariant: the two names are letters.
            let key = RecordKey::new(None, RecordKind::Setting, name).expect("a literal name");
            let key = format!("{}{}", keys::of_bench(&bench), keys::path(&key));
            questions.cmd("HGET").arg(key).arg("value");
        }
        let mut answers = self.ask(questions).await?.into_iter();
        let mut setting = || answers.next()?.ok().and_then(value::<Option<Vec<u8>>>)?;
        let settings = BenchSettings {
            clock: setting(),
            custom: setting(),
        };
        self.census.bench(&bench, &settings);
        self.benches.insert(bench);
        Ok(())
    }

    fn take(&mut self, asked: Query, answer: RedisResult<Value>) -> RedisResult<()> {
        match (asked, answer) {
            (Query::Session(bench, key), Ok(answer)) => match value::<RecordFields>(answer) {
                // It went meanwhile.
                Some((None, None, None, None)) => {}
                fields => match fields.and_then(stored) {
                    Some(stored) => self.census.session(&bench, &key, &stored),
                    None => self.census.unreadable(),
                },
            },
            (Query::Journal(bench), Ok(answer)) => {
                let events = value::<usize>(answer).unwrap_or_default();
                self.census.journal(&bench, events);
            }
            (Query::Weight, answer) => {
                if let Some(Some(bytes)) = answer.ok().map(value::<u64>) {
                    self.memory.weight += bytes;
                    self.memory.weighed += 1;
                }
            }
            // Somebody with redis-cli put something else in its place.
            (_, Err(error)) if error.code() == Some("WRONGTYPE") => {
                self.census.unreadable();
            }
            (_, Err(error)) => return Err(error),
        }
        Ok(())
    }

    async fn ask(&mut self, mut questions: Pipeline) -> RedisResult<Vec<RedisResult<Value>>> {
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let asked = questions.ignore_errors();
        in_time(asked.query_async(&mut self.connection)).await
    }
}

async fn in_time<T>(asked: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    let answer = timeout(BATCH_LIMIT, asked).await;
    answer.unwrap_or_else(|_| Err(too_slow(BATCH_LIMIT)))
}

fn value<T: FromRedisValue>(answer: Value) -> Option<T> {
    T::from_redis_value(answer).ok()
}
