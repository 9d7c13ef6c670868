//! What may be audited: an application on this computer, and nothing else.
//!
//! An audit sends forged requests and guesses passwords. Against somebody else's machine that is an
//! attack, so the address decides, and it decides once: every address of the name must be a loopback
//! address, the first one that answers is kept, and all connections go there. A name that resolves differently a
//! second later (DNS rebinding) changes nothing, and `Host` still has the name.
//!
//! A private address, as of a container or a virtual machine, is allowed where the application itself
//! agrees: it serves a nonce that the command printed ([`AuditNonce`]). A public address never is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::net::TcpStream;
use url::{Host, Url};

use crate::base::encode;
use crate::defences::facts::Scheme;

/// Where the nonce must be served.
pub const NONCE_PATH: &str = "/.well-known/session-lab-audit";

/// How long an address may take to accept a connection before the next one is tried.
const CONNECTING: Duration = Duration::from_secs(2);

/// The first characters of a nonce. An answer that happens to be served there does not have them.
const NONCE_START: &str = "session-lab-audit-";

/// An application that may be audited: where it is, with its address resolved once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedTarget {
    /// Unencrypted or over TLS.
    pub scheme: Scheme,
    /// The name in `Host`.
    pub host_name: String,
    /// The port.
    pub port: u16,
    /// The path below which the application is, without a slash at its end; empty for the root.
    pub base_path: String,
    /// The one address to which every connection goes.
    pub address: IpAddr,
    /// Whose computer it is.
    pub whose: Whose,
}

/// Whose computer an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// This one: a loopback address.
    Own,
    /// One of a private network. It must serve the nonce.
    Private,
}

/// Why an address may not be audited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is no address of a web application.
    #[error("{0} is not an address like http://localhost:5000")]
    NoAddress(String),
    /// It holds a name or a password.
    #[error("the address holds a user name or a password")]
    HoldsPassword,
    /// The name has no address.
    #[error("{0} has no address")]
    Unknown(String),
    /// One of its addresses is not of this computer and not private.
    #[error("{0} leads to {1}, which is neither a loopback address nor a private one")]
    Public(String, IpAddr),
    /// Its addresses are of several kinds, so it is not certain whose it is.
    #[error("{0} leads to loopback addresses and to others")]
    Mixed(String),
}

impl TargetError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoAddress(_) => "give scheme, name and port: http://localhost:5000",
            Self::HoldsPassword => {
                "name the account with --user, and give its password in \
                 SESSION_LAB_AUDIT_PASSWORD or in a file that the recipe names"
            }
            Self::Unknown(_) => "look at the spelling, or add the name to /etc/hosts",
            Self::Public(..) | Self::Mixed(_) => {
                "have the application listen at 127.0.0.1 of this computer, and audit it as \
                 http://localhost: no other computer is audited"
            }
        }
    }
}

impl AllowedTarget {
    /// Reads an address and resolves its name, once.
    ///
    /// # Errors
    /// It is no address, or one that may not be audited.
    pub async fn resolve(text: &str) -> Result<Self, TargetError> {
        let parsed = ParsedTarget::parse(text)?;
        let addresses = match parsed.literal {
            Some(address) => vec![address],
            None => look_up(&parsed.host_name, parsed.port).await?,
        };
        let port = parsed.port;
        let mut target = parsed.at(&addresses)?;
        // `localhost` is often two addresses, of which the application listens at one.
        for address in addresses {
            let connecting = TcpStream::connect((address, port));
            if let Ok(Ok(_)) = tokio::time::timeout(CONNECTING, connecting).await {
                target.address = address.to_canonical();
                break;
            }
        }
        Ok(target)
    }

    /// The origin, as a browser writes it.
    pub fn origin(&self) -> String {
        crate::base::addresses::origin(self.scheme, &self.host_name, self.port)
    }
}

/// An address before its name is resolved.
struct ParsedTarget {
    scheme: Scheme,
    host_name: String,
    literal: Option<IpAddr>,
    port: u16,
    base_path: String,
}

impl ParsedTarget {
    fn parse(text: &str) -> Result<Self, TargetError> {
        let no_address = || TargetError::NoAddress(encode::line(text).into_owned());
        let url = Url::parse(text).map_err(|_| no_address())?;
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(no_address()),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::HoldsPassword);
        }
        let (host_name, literal) = match url.host().ok_or_else(no_address)? {
            Host::Domain(name) => (name.trim_end_matches('.').to_owned(), None),
            Host::Ipv4(address) => (address.to_string(), Some(IpAddr::V4(address))),
            Host::Ipv6(address) => (format!("[{address}]"), Some(IpAddr::V6(address))),
        };
        Ok(Self {
            scheme,
            host_name,
            literal,
            port: url.port_or_known_default().ok_or_else(no_address)?,
            base_path: url.path().trim_end_matches('/').to_owned(),
        })
    }

    /// The target, if all of its addresses are of one kind that may be audited.
    fn at(self, addresses: &[IpAddr]) -> Result<AllowedTarget, TargetError> {
        let addresses: Vec<IpAddr> = addresses.iter().map(IpAddr::to_canonical).collect();
        let mut kinds = Vec::new();
        for address in &addresses {
            let public = || TargetError::Public(self.host_name.clone(), *address);
            kinds.push(whose(*address).ok_or_else(public)?);
        }
        let (Some(address), Some(kind)) = (addresses.first(), kinds.first()) else {
            return Err(TargetError::Unknown(self.host_name));
        };
        if kinds.iter().any(|other| other != kind) {
            return Err(TargetError::Mixed(self.host_name));
        }
        Ok(AllowedTarget {
            scheme: self.scheme,
            host_name: self.host_name,
            port: self.port,
            base_path: self.base_path,
            address: *address,
            whose: *kind,
        })
    }
}

/// Whose computer has this address; `None` for a public one, and for those that lead nowhere certain.
fn whose(address: IpAddr) -> Option<Whose> {
    match address {
        _ if address.is_loopback() => Some(Whose::Own),
        IpAddr::V4(address) if is_private(address) => Some(Whose::Private),
        IpAddr::V6(address) if is_unique_local(address) => Some(Whose::Private),
        // Also link-local addresses: a cloud serves its own secrets at one of them.
        _ => None,
    }
}

/// The ranges of RFC 1918.
fn is_private(address: Ipv4Addr) -> bool {
    address.is_private()
}

/// fc00::/7 (RFC 4193).
fn is_unique_local(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xfe00 == 0xfc00
}

/// The addresses of a name. A name below `localhost` or `test` belongs to nobody in the internet
/// (RFC 6761), so where the system knows none, it is this computer.
async fn look_up(name: &str, port: u16) -> Result<Vec<IpAddr>, TargetError> {
    let found = tokio::net::lookup_host((name, port)).await;
    let found: Vec<IpAddr> = found
        .into_iter()
        .flatten()
        .map(|found| found.ip())
        .collect();
    let reserved = ["localhost", "test"];
    let is_reserved = name
        .rsplit('.')
        .next()
        .is_some_and(|last| reserved.contains(&last));
    match found.is_empty() {
        true if is_reserved => Ok(vec![Ipv4Addr::LOCALHOST.into()]),
        true => Err(TargetError::Unknown(encode::line(name).into_owned())),
        false => Ok(found),
    }
}

/// A text that only the owner of an application can have it serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditNonce(String);

impl AuditNonce {
    /// A new one.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self(format!("{NONCE_START}{hex}")))
    }

    /// One that the command printed before.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix(NONCE_START)?;
        let good = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        good.then(|| Self(text.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an answer serves it: the whole body, but for space around it.
    pub fn is_served_by(&self, status: u16, body: &str) -> bool {
        status == 200 && body.trim() == self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str, addresses: &[&str]) -> Result<AllowedTarget, TargetError> {
        let addresses: Vec<IpAddr> = addresses.iter().map(|one| one.parse().unwrap()).collect();
        ParsedTarget::parse(url)?.at(&addresses)
    }

    fn literal(url: &str) -> Result<AllowedTarget, TargetError> {
        let parsed = ParsedTarget::parse(url)?;
        let address = parsed.literal.expect("an address");
        parsed.at(&[address])
    }

    #[test]
    fn a_name_whose_every_address_is_loopback_is_allowed_and_pinned() {
        let target = at("http://app.test:5000/shop/", &["127.0.0.1", "::1"]).unwrap();
        assert_eq!(target.address, IpAddr::from(Ipv4Addr::LOCALHOST));
        assert_eq!((target.whose, target.port), (Whose::Own, 5000));
        assert_eq!(target.base_path, "/shop");
        assert_eq!(target.origin(), "http://app.test:5000");
        for text in [
            "http://127.9.8.7",
            "https://[::1]:8443/",
            "http://2130706433/",
            "http://0x7f.1",
        ] {
            assert_eq!(
                literal(text).map(|target| target.whose),
                Ok(Whose::Own),
                "{text}"
            );
        }
        assert_eq!(
            literal("http://[::ffff:127.0.0.1]:80").unwrap().address,
            IpAddr::from(Ipv4Addr::LOCALHOST)
        );
    }

    #[test]
    fn a_public_address_is_never_allowed_in_any_spelling() {
        for text in [
            "http://93.184.216.34",
            "http://0.0.0.0:5000",
            "http://169.254.169.254/latest",
            "http://100.64.0.1",
            "http://[::]:80",
            "http://[2606:2800:220:1::1]",
            "http://[fe80::1]",
            "http://[::ffff:8.8.8.8]",
            "http://134744072/",
        ] {
            assert!(
                matches!(literal(text), Err(TargetError::Public(..))),
                "{text}"
            );
        }
        assert!(matches!(
            at("http://rebind.test", &["127.0.0.1", "8.8.8.8"]),
            Err(TargetError::Public(..))
        ));
        assert!(matches!(
            at("http://localhost", &[]),
            Err(TargetError::Unknown(_))
        ));
    }

    #[test]
    fn a_private_address_must_be_private_alone() {
        for text in [
            "http://172.17.0.2:8000",
            "http://192.168.1.4",
            "http://10.0.0.1",
            "http://[fd00::2]",
        ] {
            assert_eq!(
                literal(text).map(|target| target.whose),
                Ok(Whose::Private),
                "{text}"
            );
        }
        let mixed = at("http://vm.test", &["127.0.0.1", "192.168.1.4"]);
        assert_eq!(mixed, Err(TargetError::Mixed("vm.test".into())));
    }

    #[test]
    fn what_is_no_address_is_refused_without_a_password_in_the_message() {
        for text in [
            "",
            "localhost:5000",
            "ftp://localhost",
            "http://",
            "file:///etc/passwd",
        ] {
            assert!(
                matches!(literal(text), Err(TargetError::NoAddress(_))),
                "{text}"
            );
        }
        let held = ParsedTarget::parse("http://alice:hunter2@localhost").err();
        assert!(!held.expect("refused").to_string().contains("hunter2"));
    }

    #[test]
    fn a_nonce_is_served_as_the_whole_body() {
        let nonce = AuditNonce::random().expect("random bytes");
        assert_eq!(AuditNonce::parse(nonce.as_str()), Some(nonce.clone()));
        assert!(nonce.is_served_by(200, &format!("{}\n", nonce.as_str())));
        assert!(!nonce.is_served_by(404, nonce.as_str()));
        assert!(!nonce.is_served_by(200, &format!("you asked for {}", nonce.as_str())));
        for text in ["", "session-lab-audit-", "session-lab-audit-xyz", "<html>"] {
            assert_eq!(AuditNonce::parse(text), None);
        }
    }
}
