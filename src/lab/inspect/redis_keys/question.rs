//! A command of Redis, as a student asks the lab: one that only reads, about keys of their own bench.

use crate::base::bench_name::BenchName;
use crate::storage::redis::reading::{KeyPattern, own_key};
use crate::storage::{RecordKey, RedisStorage, StorageError};

/// How many names a scan prints.
const PRINTED: usize = 500;

/// The commands that are answered, as `redis-cli` takes them.
pub(super) const ANSWERED: &str =
    "ping, --scan --pattern, type, exists, ttl, hkeys, hget and hgetall";

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyQuestion {
    Ping,
    Scan(KeyPattern),
    Type(RecordKey),
    Exists(RecordKey),
    TimeToLive(RecordKey),
    FieldNames(RecordKey),
    Field(RecordKey, String),
    Fields(RecordKey),
}

/// Why a command is not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAnswer {
    /// It changes something, or tells of more than the bench's own keys.
    #[error("NOPERM a bench has no permissions to run {0}; it may run {ANSWERED}")]
    Command(String),
    #[error("NOPERM No permissions to access a key")]
    Key,
    #[error("ERR wrong number of arguments for {0}")]
    Arguments(&'static str),
}

impl KeyQuestion {
    /// Reads a command with its arguments.
    ///
    /// # Errors
    /// It is none of those that are answered, or is about keys that are not the bench's own.
    pub fn parse(bench: &BenchName, text: &str) -> Result<Self, NoAnswer> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (command, arguments) = words.split_first().ok_or(NoAnswer::Arguments("ask"))?;
        let key = |text: &str| own_key(bench, text).ok_or(NoAnswer::Key);
        match (command.to_ascii_lowercase().as_str(), arguments) {
            ("ping", []) => Ok(Self::Ping),
            ("--scan", ["--pattern", pattern]) => {
                let pattern = KeyPattern::parse(bench, pattern).ok_or(NoAnswer::Key)?;
                Ok(Self::Scan(pattern))
            }
            ("--scan", []) => Ok(Self::Scan(KeyPattern::all(bench))),
            ("type", [name]) => Ok(Self::Type(key(name)?)),
            ("exists", [name]) => Ok(Self::Exists(key(name)?)),
            ("ttl", [name]) => Ok(Self::TimeToLive(key(name)?)),
            ("hkeys", [name]) => Ok(Self::FieldNames(key(name)?)),
            ("hget", [name, field]) => Ok(Self::Field(key(name)?, (*field).to_owned())),
            ("hgetall", [name]) => Ok(Self::Fields(key(name)?)),
            ("ping", _) => Err(NoAnswer::Arguments("ping")),
            ("--scan", _) => Err(NoAnswer::Arguments("--scan")),
            ("type", _) => Err(NoAnswer::Arguments("type")),
            ("exists", _) => Err(NoAnswer::Arguments("exists")),
            ("ttl", _) => Err(NoAnswer::Arguments("ttl")),
            ("hkeys", _) => Err(NoAnswer::Arguments("hkeys")),
            ("hget", _) => Err(NoAnswer::Arguments("hget")),
            ("hgetall", _) => Err(NoAnswer::Arguments("hgetall")),
            (other, _) => Err(NoAnswer::Command(named(other))),
        }
    }

    /// The answer, a line each, as `redis-cli` prints it into a file.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn answer(
        &self,
        redis: &RedisStorage,
        bench: &BenchName,
    ) -> Result<Vec<String>, StorageError> {
        Ok(match self {
            Self::Ping => {
                // It is asked something, so that the answer is true.
                redis.scan(bench, &KeyPattern::all(bench), 0).await?;
                vec!["PONG".into()]
            }
            Self::Scan(pattern) => redis.scan(bench, pattern, PRINTED).await?.names,
            Self::Type(key) => vec![redis.key_type(bench, key).await?],
            Self::Exists(key) => {
                let there = redis.key_type(bench, key).await? != "none";
                vec![u8::from(there).to_string()]
            }
            Self::TimeToLive(key) => vec![redis.ttl(bench, key).await?.to_string()],
            Self::FieldNames(key) => {
                let fields = redis.fields(bench, key).await?.into_iter();
                fields.map(|(name, _)| name.to_owned()).collect()
            }
            Self::Field(key, wanted) => {
                let fields = redis.fields(bench, key).await?.into_iter();
                let mut found = fields.filter(|(name, _)| name == wanted);
                vec![found.next().map(|(_, value)| value).unwrap_or_default()]
            }
            Self::Fields(key) => {
                let fields = redis.fields(bench, key).await?.into_iter();
                fields
                    .flat_map(|(name, value)| [name.to_owned(), value])
                    .collect()
            }
        })
    }
}

/// A command's name as it is repeated in a refusal, if it is one.
fn named(command: &str) -> String {
    let is_name = |b: u8| b.is_ascii_lowercase() || b == b'-';
    match command.len() <= 20 && command.bytes().all(is_name) {
        true => format!("the '{command}' command"),
        false => "this command".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::redis::reading::FIELD_NAMES;

    #[test]
    fn what_changes_something_or_asks_for_others_is_refused() {
        let bench: BenchName = "team-7".parse().unwrap();
        let own = "lab:{team-7}:sessions:hardened:a";
        let parse = |text: String| KeyQuestion::parse(&bench, &text);
        assert!(matches!(
            parse(format!("TTL {own}")),
            Ok(KeyQuestion::TimeToLive(_))
        ));
        for command in [
            "del", "hset", "persist", "expire", "rename", "keys", "config", "eval", "--rdb",
            "monitor",
        ] {
            let refused = parse(format!("{command} {own}")).unwrap_err();
            assert!(matches!(refused, NoAnswer::Command(_)), "{command}");
            assert!(refused.to_string().contains(command), "{refused}");
        }
        for other in [
            "ttl lab:{team-8}:sessions:hardened:a",
            "hgetall lab:{team-7}:class:bench:member",
            "hget lab:{team-7}:progress:bench:01 value",
            "--scan --pattern *",
            "--scan --pattern lab:{team-8}:*",
        ] {
            assert_eq!(parse(other.into()), Err(NoAnswer::Key), "{other}");
        }
        assert_eq!(parse("ttl".into()), Err(NoAnswer::Arguments("ttl")));
        assert_eq!(parse(" ".into()), Err(NoAnswer::Arguments("ask")));
        let odd = parse("<script>".into()).unwrap_err();
        assert!(!odd.to_string().contains("script"), "{odd}");
    }

    #[test]
    fn every_field_of_a_record_can_be_asked_for() {
        let bench = BenchName::local();
        for field in FIELD_NAMES {
            let text = format!("hget lab:{{local}}:denylist:hardened:jti-a {field}");
            assert!(KeyQuestion::parse(&bench, &text).is_ok(), "{field}");
        }
    }
}
