//! The first connection: what can be wrong is said before the lab listens, in one line.

use std::collections::HashMap;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisError, RedisResult, Value, cmd};
use tokio::time::timeout;

use super::address::Address;
use super::connection::RedisConnection;
use super::error::too_slow;
use super::health::write_nothing;
use super::keys;
use super::open_error::OpenRedisError;
use super::scripts::Scripts;
use super::target::RedisTarget;
use crate::base::bench_name::BenchName;
use crate::storage::RecordKey;

/// How long the start waits at least: longer than a request, because names may have to be looked up.
const START: Duration = Duration::from_secs(3);

/// Connects, and checks that Redis will do what the lab asks of it. Later calls have the address's
/// timeout.
pub async fn open(address: Address, scripts: &Scripts) -> Result<RedisConnection, OpenRedisError> {
    let limit = address.timeout;
    let patience = START.max(limit);
    let target = RedisTarget::new(address)?;
    let first = timeout(patience, async {
        let mut connection = target.connect().await?;
        check(&mut connection, target.address(), scripts).await?;
        Ok(connection)
    });
    let first = first.await.unwrap_or_else(|_| Err(too_slow(patience)));
    match first {
        Ok(connection) => Ok(RedisConnection::new(target, connection, limit)),
        Err(error) => Err(why_not(&target, &error).await),
    }
}

/// Tries whether Redis would do the lab's work, and reads the value of one record. Nothing is changed
/// in it.
///
/// # Errors
/// It cannot be reached, does not let the lab in, or takes no writes.
pub async fn try_out(
    address: Address,
    bench: &BenchName,
    record: &RecordKey,
) -> Result<Option<Vec<u8>>, OpenRedisError> {
    let patience = START.max(address.timeout);
    let target = RedisTarget::new(address)?;
    let mut question = cmd("HGET");
    question.arg(format!("{}{}", keys::of_bench(bench), keys::path(record)));
    question.arg("value");
    let tried = timeout(patience, async {
        let mut connection = target.connect().await?;
        let written = write_nothing().query_async::<Value>(&mut connection).await;
        match written {
            // The lab's user may do all that the lab needs, and not this.
            Err(error) if matches!(error.code(), Some("NOPERM" | "WRONGTYPE")) => {}
            written => drop(written?),
        }
        question.query_async(&mut connection).await
    });
    match tried.await.unwrap_or_else(|_| Err(too_slow(patience))) {
        Ok(value) => Ok(value),
        Err(error) => Err(why_not(&target, &error).await),
    }
}

/// Why Redis cannot be used. The client tells nobody whether a password is wrong or not wanted, so
/// Redis is asked once more, without it.
pub(super) async fn why_not(target: &RedisTarget, error: &RedisError) -> OpenRedisError {
    let found = OpenRedisError::of(target.address(), error);
    if let OpenRedisError::WrongPassword(address, _) = &found
        && timeout(START, target.lets_anyone_in()).await == Ok(true)
    {
        return OpenRedisError::NoPassword(address.clone());
    }
    found
}

async fn check(
    connection: &mut MultiplexedConnection,
    address: &Address,
    scripts: &Scripts,
) -> RedisResult<()> {
    for script in scripts.all() {
        script.load_async(connection).await?;
    }
    // A user may be allowed everything but these two questions; then they stay open.
    let told: RedisResult<String> = cmd("INFO").arg("replication").query_async(connection).await;
    if told.is_ok() {
        // For no replica at all: this only asks whether it may.
        let mut wait = cmd("WAIT");
        wait.arg(0).arg(1).query_async::<u64>(connection).await?;
    } else {
        log::warn!(
            "{address} does not let the lab ask for replicas (INFO): nothing that is ended waits \
             for one"
        );
    }
    let info = cmd("INFO").arg("memory").query_async(connection).await;
    if let Ok(info) = info
        && let Some(policy) = evicts(info)
    {
        log::warn!(
            "{address} may throw sessions away when its memory is full ({policy}), and with them \
             what was ended: set maxmemory-policy to noeviction"
        );
    }
    Ok(())
}

/// The policy by which Redis would throw records away; none where it would not.
fn evicts(info: String) -> Option<String> {
    let fields: HashMap<&str, &str> = info.lines().filter_map(|l| l.split_once(':')).collect();
    let policy = *fields.get("maxmemory_policy")?;
    let limited = fields.get("maxmemory").is_some_and(|limit| *limit != "0");
    (limited && policy != "noeviction").then(|| policy.to_owned())
}
