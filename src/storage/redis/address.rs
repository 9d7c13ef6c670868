//! Where a Redis is, as `--sessions` names it.
//!
//! ```text
//! redis://[[user]:password@]host[:port][/database]
//! rediss://…                                          the same over TLS
//! redis+sentinel://[[user]:password@]host[:port],…/primary[/database]
//! rediss+sentinel://…                                 Sentinels and Redis, both over TLS
//! ```
//!
//! Each may end in `?timeout=2s`: how long a call may take, where half a second is too short for the
//! network in between.
//!
//! Sentinels that want a password get the same user and password as Redis, and are checked against
//! the same authority.
//!
//! The password never leaves this type but for Redis itself: no error repeats any part of the text,
//! and `Debug` and `Display` leave it out. Next: `connection.rs`, which goes there.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::bad_address::BadAddress;
use super::call_timeout;

/// The port of a Redis that names none.
const REDIS_PORT: u16 = 6379;
/// The port of a Sentinel that names none.
const SENTINEL_PORT: u16 = 26379;

/// Where a Redis is, and what it wants to hear.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(super) servers: Servers,
    pub(super) tls: Tls,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) database: i64,
    pub(super) timeout: Duration,
}

/// Who is asked.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Servers {
    /// One Redis.
    One(Host),
    /// Sentinels, which say where the primary of this name is.
    Sentinels(Vec<Host>, String),
}

/// Whether the way there is encrypted.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Tls {
    /// It is not.
    Off,
    /// It is; the certificate must come from an authority that the system trusts.
    System,
    /// It is; the certificate must come from an authority in this file.
    Authority(PathBuf),
}

/// A computer and a port.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Host {
    pub name: String,
    pub port: u16,
}

impl Address {
    /// Reads an address; `ca` is the file with the authority behind the certificate of `rediss://`.
    ///
    /// ```
    /// use session_lab::storage::redis::Address;
    ///
    /// let address = Address::parse("redis://:hunter2@localhost/1", None).unwrap();
    /// assert_eq!(address.to_string(), "Redis at localhost:6379, database 1");
    /// ```
    ///
    /// # Errors
    /// The text is no address, its timeout is none, or a CA was given for a way without TLS.
    pub fn parse(text: &str, ca: Option<&Path>) -> Result<Self, BadAddress> {
        let (scheme, rest) = text.split_once("://").ok_or(BadAddress::Scheme)?;
        let (tls, sentinels) = match (scheme, ca) {
            ("redis", None) => (Tls::Off, false),
            ("redis+sentinel", None) => (Tls::Off, true),
            ("redis" | "redis+sentinel", Some(_)) => return Err(BadAddress::CaWithoutTls),
            ("rediss", None) => (Tls::System, false),
            ("rediss", Some(ca)) => (Tls::Authority(ca.to_owned()), false),
            ("rediss+sentinel", None) => (Tls::System, true),
            ("rediss+sentinel", Some(ca)) => (Tls::Authority(ca.to_owned()), true),
            _ => return Err(BadAddress::Scheme),
        };
        let (rest, timeout) = call_timeout::split(rest)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        // A reader of addresses ends the host at the first `/`, so one in the password must be
        // encoded. An `@` or `#` there is no trouble: the last `@` ends the password.
        if path.contains('@') {
            return Err(BadAddress::Slash);
        }
        let (login, hosts) = match authority.rsplit_once('@') {
            Some((login, hosts)) => (Some(login), hosts),
            None => (None, authority),
        };
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, "")))
        {
            Some((user, password)) => (unescape(user)?, unescape(password)?),
            None => (None, None),
        };
        if user.is_some() && password.is_none() {
            return Err(BadAddress::NoPassword);
        }
        let usual = if sentinels { SENTINEL_PORT } else { REDIS_PORT };
        let mut hosts = hosts
            .split(',')
            .map(|host| Host::parse(host, usual))
            .collect::<Result<Vec<_>, _>>()?;
        let (servers, database) = if sentinels {
            let (primary, database) = path.split_once('/').unwrap_or((path, ""));
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
            if primary.is_empty() || !primary.bytes().all(allowed) {
                return Err(BadAddress::Primary);
            }
            (Servers::Sentinels(hosts, primary.to_owned()), database)
        } else {
            let host = hosts.pop().ok_or(BadAddress::Host)?;
            if !hosts.is_empty() {
                return Err(BadAddress::SeveralHosts);
            }
            (Servers::One(host), path)
        };
        Ok(Self {
            servers,
            tls,
            user,
            password,
            database: parse_database(database)?,
            timeout,
        })
    }
}

impl Host {
    fn parse(text: &str, usual: u16) -> Result<Self, BadAddress> {
        // A link-local address is followed by `%` and the name of its network.
        let plain = text.split_once('%').map_or(text, |(address, _)| address);
        if plain.parse::<Ipv6Addr>().is_ok() {
            return Err(BadAddress::Brackets);
        }
        let (name, port) = match text.strip_prefix('[') {
            // An IPv6 address is in brackets, as in every URL.
            Some(rest) => match rest.split_once(']').ok_or(BadAddress::HostName)? {
                (name, "") => (name, None),
                (name, port) => (name, Some(port.strip_prefix(':').ok_or(BadAddress::Port)?)),
            },
            None => match text.split_once(':') {
                Some((name, port)) => (name, Some(port)),
                None => (text, None),
            },
        };
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b".-_:".contains(&b);
        if name.is_empty() {
            return Err(BadAddress::Host);
        }
        if !name.bytes().all(allowed) {
            return Err(BadAddress::HostName);
        }
        let port = match port.map(str::parse) {
            None => usual,
            Some(Ok(port)) if port > 0 => port,
            Some(_) => return Err(BadAddress::Port),
        };
        Ok(Self {
            name: name.to_owned(),
            port,
        })
    }
}

fn parse_database(text: &str) -> Result<i64, BadAddress> {
    if text.is_empty() {
        return Ok(0);
    }
    if text.contains(['/', '?', '#']) {
        return Err(BadAddress::Rest);
    }
    let number = text.parse::<u32>().map_err(|_| BadAddress::Database)?;
    Ok(number.into())
}

/// The text with each `%` and its two digits replaced by the byte that they mean; nothing for an
/// empty one.
fn unescape(text: &str) -> Result<Option<String>, BadAddress> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|two| !two.starts_with('+'));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.ok_or(BadAddress::Escape)?);
        bytes.extend(&part.as_bytes()[2..]);
    }
    let text = String::from_utf8(bytes).map_err(|_| BadAddress::Escape)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]:{}", self.name, self.port)
        } else {
            write!(f, "{}:{}", self.name, self.port)
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.servers {
            Servers::One(host) => write!(f, "Redis at {host}")?,
            Servers::Sentinels(hosts, primary) => {
                let hosts: Vec<_> = hosts.iter().map(Host::to_string).collect();
                write!(f, "Redis {primary} (Sentinels at {})", hosts.join(", "))?;
            }
        }
        if self.tls != Tls::Off {
            f.write_str(" over TLS")?;
        }
        write!(f, ", database {}", self.database)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Address {
        Address::parse(text, None).unwrap_or_else(|error| panic!("{text} {error}"))
    }

    #[test]
    fn the_four_forms_are_read() {
        let address = parsed("redis://localhost");
        assert_eq!(address.to_string(), "Redis at localhost:6379, database 0");
        assert_eq!((&address.user, &address.password), (&None, &None));
        let address = parsed("redis://:p%40ss%2f%3A@10.0.0.7:7000/3");
        assert_eq!(address.password.as_deref(), Some("p@ss/:"));
        assert_eq!(address.to_string(), "Redis at 10.0.0.7:7000, database 3");
        let address = parsed("redis://lab:secret@[::1]:7000/");
        assert_eq!(address.user.as_deref(), Some("lab"));
        assert_eq!(address.to_string(), "Redis at [::1]:7000, database 0");
        let address = Address::parse("rediss://redis.campus", Some(Path::new("ca.pem"))).unwrap();
        assert!(address.tls == Tls::Authority("ca.pem".into()));
        assert_eq!(
            address.to_string(),
            "Redis at redis.campus:6379 over TLS, database 0"
        );
        let address = parsed("redis+sentinel://a:26380,b/mymaster/2");
        assert_eq!(
            address.to_string(),
            "Redis mymaster (Sentinels at a:26380, b:26379), database 2"
        );
        assert_eq!(parsed("redis+sentinel://a/mymaster").database, 0);
        let address = parsed("rediss+sentinel://:secret@a,b/mymaster");
        assert!(address.tls == Tls::System);
        assert_eq!(
            address.to_string(),
            "Redis mymaster (Sentinels at a:26379, b:26379) over TLS, database 0"
        );
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_reason() {
        use BadAddress::*;
        for (text, reason) in [
            ("localhost:6379", Scheme),
            ("http://localhost", Scheme),
            ("valkey://localhost", Scheme),
            ("redis://", Host),
            ("redis://:hunter2@", Host),
            ("redis://:6379", Host),
            ("redis://::1", Brackets),
            ("redis://::1:6379/0", Brackets),
            ("redis://:hunter2@2001:db8::1/0", Brackets),
            ("redis://fe80::1%eth0", Brackets),
            ("redis+sentinel://a,2001:db8::7/primary", Brackets),
            ("redis://hun@ter2@localhost", NoPassword),
            ("redis://lab:@localhost", NoPassword),
            ("redis://lo cal", HostName),
            ("redis://[::1", HostName),
            ("redis://host#0", HostName),
            ("redis://:hun/ter2@localhost", Slash),
            ("redis://:hun/t@r2@localhost/0", Slash),
            ("redis://a,b", SeveralHosts),
            ("redis://a:0", Port),
            ("redis://a:70000", Port),
            ("redis://a:hunter2", Port),
            ("redis://[::1]7", Port),
            ("redis://a/x", Database),
            ("redis://a/-1", Database),
            ("redis://a/0/1", Rest),
            ("redis://a/0?x=1", Rest),
            ("redis://a/0?", Rest),
            ("redis+sentinel://a,b", Primary),
            ("redis+sentinel://a//0", Primary),
            ("rediss+sentinel://a", Primary),
            ("redis://:hunter2%@a", Escape),
            ("redis://:hunter2%+1@a", Escape),
            ("redis://:%ff@a", Escape),
        ] {
            let refused = Address::parse(text, None).map(|address| address.to_string());
            assert_eq!(refused, Err(reason), "{text}");
            let told = format!("{reason} {}", reason.hint());
            assert!(
                !told.contains("hunter2") && !told.contains("ter2"),
                "{told}"
            );
        }
        let ca = Some(Path::new("ca.pem"));
        assert_eq!(
            Address::parse("redis://localhost", ca),
            Err(BadAddress::CaWithoutTls)
        );
    }

    #[test]
    fn a_password_with_reserved_characters_is_read_or_told_how_to_encode_it() {
        for (text, password) in [
            ("redis://:p@ss@localhost/1", "p@ss"),
            ("redis://:p#ss@localhost/1", "p#ss"),
            ("redis://:p?ss@localhost/1", "p?ss"),
            ("redis://:p:ss@localhost/1", "p:ss"),
            ("redis://:p%40ss@localhost/1", "p@ss"),
            ("redis://:p%23s%2Fs@localhost/1", "p#s/s"),
        ] {
            let address = parsed(text);
            assert_eq!(address.password.as_deref(), Some(password));
            assert_eq!(address.to_string(), "Redis at localhost:6379, database 1");
        }
        for text in ["redis://:p/ss@localhost/1", "redis://:p%ss@localhost/1"] {
            let refused = Address::parse(text, None).unwrap_err();
            assert!(refused.hint().starts_with("percent-encode"), "{refused}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for text in [
            "redis://lab:hunter2@localhost",
            "rediss://:hunter2@localhost",
            "redis+sentinel://:hunter2@a/mymaster",
        ] {
            let address = parsed(text);
            assert_eq!(address.password.as_deref(), Some("hunter2"));
            let shown = format!("{address} {address:?} {address:#?}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}
