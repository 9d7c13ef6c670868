//! The first connection: what can be wrong is said before the lab listens, in one line.

use std::collections::HashMap;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisError, RedisResult, ServerErrorKind, Value, cmd};
use tokio::time::timeout;

use super::address::{Address, Tls};
use super::connection::RedisConnection;
use super::error::{in_words, too_slow};
use super::health::write_nothing;
use super::scripts::Scripts;
use super::target::{BadAuthority, RedisTarget};

/// How long the start waits at least: longer than a request, because names may have to be looked up.
const START: Duration = Duration::from_secs(3);

/// Redis cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenRedisError {
    /// The file of `--redis-ca` is of no use.
    #[error("--redis-ca: {0}")]
    Authority(#[from] BadAuthority),
    /// Nobody answers, or not in time.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(Address, String),
    /// It asks for a password and got none, or another one.
    #[error("{0} refuses the password, or asks for one: {1}")]
    Password(Address, String),
    /// Its certificate is not trusted.
    #[error("{0} shows a certificate that is not trusted: {1}")]
    Certificate(Address, String),
    /// It does not speak TLS.
    #[error("{0}: nobody speaks TLS there")]
    NoTls(Address),
    /// It speaks, but not as Redis does.
    #[error("{0} does not answer as Redis does: {1}")]
    NotRedis(Address, String),
    /// It is a replica.
    #[error("{0} is a replica, and takes no writes")]
    Replica(Address),
    /// The Sentinels know no primary of that name.
    #[error("{0}: the Sentinels know no primary of that name")]
    NoPrimary(Address),
    /// It refuses what the lab needs.
    #[error("{0} refuses what the lab needs: {1}")]
    Refused(Address, String),
}

impl OpenRedisError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Authority(_) => "name the PEM file of the authority: --redis-ca ca.pem",
            Self::Unreachable(..) => "start it (redis-server), or use --sessions file",
            Self::Password(..) => {
                "SESSION_LAB_SESSIONS=redis://:password@host:6379/0 keeps it out of ps"
            }
            Self::Certificate(..) => {
                "name the authority that signed it: --redis-ca ca.pem; it must name the host"
            }
            Self::NoTls(_) => "for Redis without TLS: --sessions redis://host:6379/0",
            Self::NotRedis(..) => "look at host and port; for Redis with TLS: rediss://host:6379/0",
            Self::Replica(_) => "name the primary, or let the Sentinels: redis+sentinel://…",
            Self::NoPrimary(_) => {
                "name it as `sentinel monitor` does: redis+sentinel://host:26379/mymaster/0"
            }
            Self::Refused(..) => {
                "the user needs scripts, WAIT and the keys lab:*, in a database that is there"
            }
        }
    }

    pub(super) fn of(address: &Address, error: &RedisError) -> Self {
        let (to, said) = (address.clone(), in_words(error));
        match error.kind() {
            ErrorKind::AuthenticationFailed => Self::Password(to, said),
            ErrorKind::Server(ServerErrorKind::ReadOnly) => Self::Replica(to),
            ErrorKind::Server(ServerErrorKind::BusyLoading) => Self::Unreachable(to, said),
            _ if matches!(error.code(), Some("NOAUTH" | "WRONGPASS")) => Self::Password(to, said),
            ErrorKind::Server(_) | ErrorKind::Extension => Self::Refused(to, said),
            ErrorKind::Parse => Self::NotRedis(to, said),
            ErrorKind::MasterNameNotFoundBySentinel => Self::NoPrimary(to),
            _ if said.contains("peer certificate") => Self::Certificate(to, said),
            _ if said.contains("InvalidContentType") => Self::NoTls(to),
            // A Redis without TLS waits for the end of what it takes for a command.
            _ if address.tls != Tls::Off && error.is_timeout() => Self::NoTls(to),
            ErrorKind::Io if address.tls == Tls::Off && hung_up(error) => {
                Self::NotRedis(to, "it hung up".into())
            }
            _ => Self::Unreachable(to, said),
        }
    }
}

/// Whether the other side took the connection and ended it, as a listener for TLS does.
fn hung_up(error: &RedisError) -> bool {
    error.is_connection_dropped() && !error.is_connection_refusal()
}

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
        Err(error) => Err(OpenRedisError::of(target.address(), &error)),
    }
}

/// Tries whether Redis would do the lab's work. Nothing is changed in it.
///
/// # Errors
/// It cannot be reached, does not let the lab in, or takes no writes.
pub async fn try_out(address: Address) -> Result<(), OpenRedisError> {
    let patience = START.max(address.timeout);
    let target = RedisTarget::new(address)?;
    let tried = timeout(patience, async {
        let mut connection = target.connect().await?;
        let written = write_nothing().query_async::<Value>(&mut connection).await;
        match written {
            // The lab's user may do all that the lab needs, and not this.
            Err(error) if matches!(error.code(), Some("NOPERM" | "WRONGTYPE")) => Ok(()),
            written => written.map(drop),
        }
    });
    let tried = tried.await.unwrap_or_else(|_| Err(too_slow(patience)));
    tried.map_err(|error| OpenRedisError::of(target.address(), &error))
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
