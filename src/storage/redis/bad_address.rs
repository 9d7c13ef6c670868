//! Why a text is no address of a Redis, and how to write it. Read `address.rs` first.

/// Why a text is no address. It never repeats the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It begins with none of the four schemes.
    #[error("begins with none of redis://, rediss://, redis+sentinel:// and rediss+sentinel://")]
    Scheme,
    /// There is no host in it.
    #[error("names no host")]
    Host,
    /// A host with a character that no name and no address has.
    #[error("has a host that is neither a name nor an address")]
    HostName,
    /// An IPv6 address as it is, whose colons look like the one before a port.
    #[error("has an IPv6 address without brackets")]
    Brackets,
    /// A user without a password, who is often a password without its colon.
    #[error("has a user name and no password")]
    NoPassword,
    /// A `/` before the last `@`: what was meant as part of the password ended the host.
    #[error("has a / in its user name or password")]
    Slash,
    /// More than one host without Sentinels.
    #[error("names several hosts, which only redis+sentinel:// and rediss+sentinel:// may")]
    SeveralHosts,
    /// A port that is no port.
    #[error("has a port that is no number from 1 to 65535")]
    Port,
    /// A database that is no number.
    #[error("has a database that is no number")]
    Database,
    /// Sentinels without the name of a primary.
    #[error("does not say what the Sentinels call the primary")]
    Primary,
    /// A `%` that is not followed by two hexadecimal digits of UTF-8.
    #[error("has a user or password with a % that is not followed by its two digits")]
    Escape,
    /// More than an address.
    #[error("goes on after the database with something other than ?timeout=")]
    Rest,
    /// A timeout that is no time, or one that nobody can work with.
    #[error("has a timeout that is no time from 100ms to 120s")]
    Timeout,
    /// A CA for a way that is not encrypted.
    #[error(
        "is not rediss:// or rediss+sentinel://, so there is no certificate for --redis-ca to check"
    )]
    CaWithoutTls,
}

/// How a user name or password is written.
const ENCODED: &str = "percent-encode the user name and the password: / is %2F, @ is %40, : is \
                       %3A, # is %23, ? is %3F and % is %25";

impl BadAddress {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Scheme => {
                "begin it with redis://, or with rediss:// for TLS: redis://host:6379/0"
            }
            Self::Host => "name the host after the password: redis://:password@host:6379/0",
            Self::HostName => {
                "write a name, an IPv4 address, or an IPv6 address in brackets: redis://[::1]:6379/0"
            }
            Self::Brackets => "put the IPv6 address in brackets: redis://[::1]:6379/0",
            Self::NoPassword => {
                "write a colon before the password: redis://:password@host:6379/0, or \
                 redis://user:password@host:6379/0"
            }
            Self::Slash | Self::Escape => ENCODED,
            Self::SeveralHosts => {
                "name one host, or several Sentinels: redis+sentinel://host,host/primary/0"
            }
            Self::Port => {
                "write the port as a number, and a password with an @ after it: \
                 redis://:password@host:6379/0"
            }
            Self::Database => "write the database as a number: redis://host:6379/0",
            Self::Primary => {
                "name the primary after the Sentinels: redis+sentinel://host/primary/0"
            }
            Self::Rest => "end it with the number of the database: redis://host:6379/0",
            Self::Timeout => "write it with its unit: redis://host:6379/0?timeout=2s",
            Self::CaWithoutTls => "write rediss:// for a Redis with TLS, or leave --redis-ca out",
        }
    }
}
