//! What students may read of the keys of their bench, where they have no `redis-cli` for it:
//! its sessions, refresh families and revoked tokens. Nothing here changes anything.
//!
//! Redis cannot limit a user to the names of some keys: `SCAN` shows every name, whoever asks. So the
//! lab asks with its own connection, and shows what belongs to the bench. It needs no command that
//! `docs/deployment/users.acl` does not allow.

use std::collections::BTreeSet;

use super::connection::RedisRequest;
use super::{RedisStorage, keys};
use crate::base::bench_name::BenchName;
use crate::storage::{RecordKey, RecordKind, StorageError};

/// What is shown. The other kinds hold what a student typed, and the membership in a class.
const SHOWN: [RecordKind; 3] = [
    RecordKind::Session,
    RecordKind::RefreshFamily,
    RecordKind::Denylist,
];

/// Every field that a record may have, in the order of `sort`.
pub const FIELD_NAMES: [&str; 6] = ["owner", "place", "seen", "until", "value", "version"];

/// How many keys Redis looks at in one step of a scan.
const AT_ONCE: usize = 1_000;

/// How many steps a scan has. A Redis of a class holds fewer keys than all of them see.
const STEPS: usize = 100;

/// The longest pattern of a scan, in bytes.
const LONGEST_PATTERN: usize = 200;

/// How many stars a pattern may have: each one more multiplies the work of comparing.
const STARS: usize = 3;

/// A pattern that fits keys of one bench only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPattern(String);

impl KeyPattern {
    /// The pattern, if it begins with the bench's own keys.
    pub fn parse(bench: &BenchName, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(&keys::of_bench(bench))?;
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-:*?[]".contains(&b);
        let stars = rest.bytes().filter(|b| *b == b'*').count();
        let fits = text.len() <= LONGEST_PATTERN && stars <= STARS && rest.bytes().all(allowed);
        fits.then(|| Self(text.to_owned()))
    }

    /// Every key of the bench.
    pub fn all(bench: &BenchName) -> Self {
        Self(format!("{}*", keys::of_bench(bench)))
    }
}

/// The record whose key this is, if it is one of the bench's own that are shown.
pub fn own_key(bench: &BenchName, text: &str) -> Option<RecordKey> {
    let (whose, path) = keys::bench_of(text)?;
    let key = keys::record_at(path)?;
    (whose == *bench && SHOWN.contains(&key.kind())).then_some(key)
}

/// The names that a scan found, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundKeys {
    /// At most as many as were asked for.
    pub names: Vec<String>,
    /// Whether there are more.
    pub more: bool,
}

impl RedisStorage {
    /// The names of the bench's own keys that fit a pattern, as `SCAN` finds them.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn scan(
        &self,
        bench: &BenchName,
        pattern: &KeyPattern,
        limit: usize,
    ) -> Result<FoundKeys, StorageError> {
        let mut found = BTreeSet::new();
        let mut cursor = 0_u64;
        for _ in 0..STEPS {
            let mut command = redis::cmd("SCAN");
            command.arg(cursor).arg("MATCH").arg(&pattern.0);
            command.arg("COUNT").arg(AT_ONCE);
            let (next, batch): (u64, Vec<Vec<u8>>) =
                self.connection.ask(RedisRequest::Command(command)).await?;
            // Every key of the labs is ASCII.
            let names = batch
                .into_iter()
                .filter_map(|name| String::from_utf8(name).ok());
            found.extend(names.filter(|name| own_key(bench, name).is_some()));
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        let more = cursor != 0 || found.len() > limit;
        Ok(FoundKeys {
            names: found.into_iter().take(limit).collect(),
            more,
        })
    }

    /// The answer to `TTL`: the seconds that a key has left, -1 where it has no end, -2 where it is not
    /// there.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn ttl(&self, bench: &BenchName, key: &RecordKey) -> Result<i64, StorageError> {
        let mut command = redis::cmd("PTTL");
        command.arg(name_of(bench, key));
        let millis: i64 = self.connection.ask(RedisRequest::Command(command)).await?;
        Ok(match millis {
            0.. => millis.saturating_add(500) / 1000,
            _ => millis,
        })
    }

    /// The answer to `TYPE`: `hash`, or `none` where the key is not there.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn key_type(
        &self,
        bench: &BenchName,
        key: &RecordKey,
    ) -> Result<String, StorageError> {
        let mut command = redis::cmd("TYPE");
        command.arg(name_of(bench, key));
        self.connection.ask(RedisRequest::Command(command)).await
    }

    /// The answer to `HGETALL`: the fields of a record and their values; none where it is not there.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn fields(
        &self,
        bench: &BenchName,
        key: &RecordKey,
    ) -> Result<Vec<(&'static str, String)>, StorageError> {
        let mut command = redis::cmd("HMGET");
        command.arg(name_of(bench, key)).arg(&FIELD_NAMES[..]);
        let values: Vec<Option<Vec<u8>>> =
            self.connection.ask(RedisRequest::Command(command)).await?;
        let fields = FIELD_NAMES.into_iter().zip(values);
        let text = |value: Vec<u8>| String::from_utf8_lossy(&value).into_owned();
        Ok(fields
            .filter_map(|(name, value)| Some((name, text(value?))))
            .collect())
    }
}

fn name_of(bench: &BenchName, key: &RecordKey) -> String {
    format!("{}{}", keys::of_bench(bench), keys::path(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bench_s_own_sessions_and_tokens_are_read() {
        let bench: BenchName = "team-7".parse().unwrap();
        for (text, shown) in [
            ("lab:{team-7}:sessions:hardened:a_b", true),
            ("lab:{team-7}:denylist:hardened:jti-a", true),
            ("lab:{team-7}:refresh-families:insecure:a", true),
            ("lab:{team-70}:sessions:hardened:a_b", false),
            ("lab:{team-7}:class:bench:member", false),
            ("lab:{team-7}:progress:bench:01", false),
            ("lab:{team-7}:loot:bench:a", false),
            ("lab:{team-7}:settings:bench:custom", false),
            ("lab:{team-7}:journal", false),
            ("lab:{team-7}:list:sessions:hardened", false),
            ("*", false),
        ] {
            assert_eq!(own_key(&bench, text).is_some(), shown, "{text}");
        }
    }

    #[test]
    fn a_pattern_begins_with_the_bench_s_own_keys() {
        let bench: BenchName = "team-7".parse().unwrap();
        let parse = |text: &str| KeyPattern::parse(&bench, text).is_some();
        assert!(parse("lab:{team-7}:*"));
        assert!(parse("lab:{team-7}:denylist:hardened:[js]*"));
        for text in [
            "*",
            "lab:*",
            "lab:{team-*}:*",
            "lab:{team-70}:*",
            "lab:{team-7}:\\*",
            "lab:{team-7}:*a*a*a*a",
        ] {
            assert!(!parse(text), "{text}");
        }
        assert!(!parse(&format!("lab:{{team-7}}:{}", "a".repeat(200))));
    }
}
