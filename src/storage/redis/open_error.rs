//! Why a Redis cannot be used, and what to do about it. `start` finds out.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use super::address::{Address, Tls};
use super::error::in_words;
use super::target::{BadAuthority, IS_SENTINEL};

/// Redis cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenRedisError {
    /// The file of `--redis-ca` is of no use.
    #[error("--redis-ca: {0}")]
    Authority(#[from] BadAuthority),
    /// Nobody answers.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(Address, String),
    /// The connection is not refused, and no answer comes in time.
    #[error("{0} cannot be reached: {1}")]
    Silent(Address, String),
    /// No computer has that name.
    #[error("{0} cannot be reached: no computer of that name is found ({1})")]
    UnknownHost(Address, String),
    /// It still reads its data from disk.
    #[error("{0} is still loading its data")]
    Loading(Address),
    /// It asks for a password and got none.
    #[error("{0} asks for a password: {1}")]
    PasswordMissing(Address, String),
    /// It asks for another one.
    #[error("{0} refuses the password, or the user: {1}")]
    WrongPassword(Address, String),
    /// It got one and has none.
    #[error("{0} has no password, and the address has one")]
    NoPassword(Address),
    /// Its certificate is not trusted.
    #[error("{0} shows a certificate that is not trusted: {1}")]
    Certificate(Address, String),
    /// Its certificate is that of the authority itself.
    #[error("{0} shows the certificate of an authority, which may only sign others")]
    OwnAuthority(Address),
    /// It does not speak TLS.
    #[error("{0}: nobody speaks TLS there")]
    NoTls(Address),
    /// It speaks, but not as Redis does.
    #[error("{0} does not answer as Redis does: {1}")]
    NotRedis(Address, String),
    /// It is a replica.
    #[error("{0} is a replica, and takes no writes")]
    Replica(Address),
    /// A Sentinel was named as a Redis.
    #[error("{0} is a Sentinel, and not a Redis")]
    IsSentinel(Address),
    /// A Redis was named as a Sentinel.
    #[error("{0}: a Redis answers there, and not a Sentinel")]
    NoSentinel(Address),
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
            Self::Silent(..) => {
                "look at host, port and firewall; ?timeout=5s at the end of the address waits longer"
            }
            Self::UnknownHost(..) => {
                "look at the name of the host in the address, and at the network of this computer"
            }
            Self::Loading(_) => "wait a little, then start again",
            Self::PasswordMissing(..) => {
                "write it into the address, where ps does not show it: \
                 export SESSION_LAB_SESSIONS=redis://:password@host:6379/0"
            }
            Self::WrongPassword(..) => {
                "try it with redis-cli -h HOST --askpass ping; then write it into the address: \
                 SESSION_LAB_SESSIONS=redis://:password@host:6379/0, or redis://user:password@…"
            }
            Self::NoPassword(_) => {
                "leave the password out: redis://host:6379/0, or set one in Redis: requirepass"
            }
            Self::Certificate(_, said) => certificate_hint(said),
            Self::OwnAuthority(_) => {
                "have the authority sign one for Redis, or make it without CA:TRUE: \
                 openssl req -x509 … -addext basicConstraints=critical,CA:FALSE"
            }
            Self::NoTls(_) => "for Redis without TLS: --sessions redis://host:6379/0",
            Self::NotRedis(..) => "look at host and port; for Redis with TLS: rediss://host:6379/0",
            Self::Replica(_) => "name the primary, or let the Sentinels: redis+sentinel://…",
            Self::IsSentinel(_) => {
                "for a Sentinel: redis+sentinel://host:26379/primary/0; for its Redis, the other port"
            }
            Self::NoSentinel(_) => {
                "for a Redis: redis://host:6379/0; for Sentinels, their port, which is often 26379"
            }
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
        let is_unknown = |command: &str| {
            let said = said.to_ascii_uppercase();
            said.contains("UNKNOWN COMMAND") && said.contains(command)
        };
        match error.kind() {
            ErrorKind::AuthenticationFailed => Self::WrongPassword(to, said),
            ErrorKind::Server(ServerErrorKind::ReadOnly) => Self::Replica(to),
            ErrorKind::Server(ServerErrorKind::BusyLoading) => Self::Loading(to),
            _ if error.code() == Some("NOAUTH") => Self::PasswordMissing(to, said),
            _ if error.code() == Some("WRONGPASS") => Self::WrongPassword(to, said),
            _ if is_unknown("SENTINEL") => Self::NoSentinel(to),
            // A Sentinel has no databases.
            _ if said.contains(IS_SENTINEL) || is_unknown("SELECT") => Self::IsSentinel(to),
            ErrorKind::Server(_) | ErrorKind::Extension => Self::Refused(to, said),
            ErrorKind::Parse => Self::NotRedis(to, said),
            ErrorKind::MasterNameNotFoundBySentinel => Self::NoPrimary(to),
            _ if said.contains("CaUsedAsEndEntity") => Self::OwnAuthority(to),
            _ if said.contains("peer certificate") => Self::Certificate(to, said),
            _ if said.contains("InvalidContentType") => Self::NoTls(to),
            _ if said.contains("failed to lookup address") => Self::UnknownHost(to, said),
            // A Redis without TLS waits for the end of what it takes for a command.
            _ if address.tls != Tls::Off && error.is_timeout() => Self::NoTls(to),
            ErrorKind::Io if address.tls == Tls::Off && hung_up(error) => {
                Self::NotRedis(to, "it hung up".into())
            }
            _ if error.is_timeout() => Self::Silent(to, said),
            _ => Self::Unreachable(to, said),
        }
    }
}

/// What to do about a certificate, by what the check says of it.
fn certificate_hint(said: &str) -> &'static str {
    if said.contains("NotValidForName") || said.contains("not valid for name") {
        "write the host into the address as the certificate names it"
    } else if said.contains("Expired") || said.contains("expired") {
        "give Redis a new certificate, or set the clock of this computer"
    } else if said.contains("NotValidYet") || said.contains("not valid yet") {
        "set the clock of this computer, or wait until the certificate begins"
    } else {
        "name the authority that signed it: --redis-ca ca.pem; it must name the host"
    }
}

/// Whether the other side took the connection and ended it, as a listener for TLS does.
fn hung_up(error: &RedisError) -> bool {
    error.is_connection_dropped() && !error.is_connection_refusal()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::super::error::too_slow;
    use super::*;

    fn io_error(said: &str) -> RedisError {
        io::Error::other(said.to_owned()).into()
    }

    #[test]
    fn each_cause_has_its_message_and_its_next_step() {
        let certificate = |why: &str| io_error(&format!("invalid peer certificate: {why}"));
        let address = Address::parse("redis://:hunter2@redis.campus", None).unwrap();
        for (error, said, next) in [
            (
                io_error("failed to lookup address information: Name or service not known"),
                "no computer of that name is found",
                "the name of the host",
            ),
            (
                too_slow(Duration::from_secs(3)),
                "no answer within 3000 ms",
                "firewall",
            ),
            (
                io_error("Connection refused"),
                "cannot be reached: Connection refused",
                "redis-server",
            ),
            (
                ErrorKind::Server(ServerErrorKind::BusyLoading).into_error(),
                "still loading",
                "wait",
            ),
            (
                ErrorKind::AuthenticationFailed.into_error(),
                "refuses the password",
                "--askpass",
            ),
            (
                certificate("Other(OtherError(CaUsedAsEndEntity))"),
                "the certificate of an authority",
                "CA:FALSE",
            ),
            (certificate("UnknownIssuer"), "is not trusted", "--redis-ca"),
            (certificate("Expired"), "is not trusted", "clock"),
            (
                certificate("NotValidForName"),
                "is not trusted",
                "as the certificate names it",
            ),
            (
                (ErrorKind::Client, IS_SENTINEL).into(),
                "is a Sentinel",
                "redis+sentinel://",
            ),
        ] {
            let found = OpenRedisError::of(&address, &error);
            let (message, hint) = (found.to_string(), found.hint());
            assert!(message.contains(said), "{message}");
            assert!(hint.contains(next), "{message}: {hint}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    /// An error without details.
    trait IntoError {
        fn into_error(self) -> RedisError;
    }

    impl IntoError for ErrorKind {
        fn into_error(self) -> RedisError {
            (self, "it says no more").into()
        }
    }
}
