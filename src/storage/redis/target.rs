//! Making a connection: to the one Redis that the address names, or to the primary that the
//! Sentinels name.

use std::fs;
use std::path::PathBuf;

use futures::future::{FutureExt, select_ok};
use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, IntoConnectionInfo,
    RedisConnectionInfo, RedisResult, ServerErrorKind, TlsCertificates, Value, cmd,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};

use super::address::{Address, Host, Servers, Tls};
use crate::base::byte_order_mark;

/// What the error of a connection to a Sentinel says that was named as a Redis.
pub const IS_SENTINEL: &str = "it is a Sentinel";

/// An address, and what is needed to go there.
pub struct RedisTarget {
    address: Address,
    /// The authority behind the certificate, as PEM.
    authority: Option<Vec<u8>>,
}

/// The file with the authority cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadAuthority {
    /// It cannot be read.
    #[error("cannot read {}: {cause}", .file.display())]
    Unreadable {
        file: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// There is nothing of use in it.
    #[error("{} holds no certificate in PEM", .file.display())]
    Empty { file: PathBuf },
}

impl RedisTarget {
    /// Reads the authority's file, where there is one.
    pub fn new(address: Address) -> Result<Self, BadAuthority> {
        let authority = match &address.tls {
            Tls::Off | Tls::System => None,
            Tls::Authority(file) => {
                let pem = fs::read(file).map_err(|cause| BadAuthority::Unreadable {
                    file: file.clone(),
                    cause,
                })?;
                let pem = byte_order_mark::skip_bytes(&pem).to_vec();
                let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
                if found.map_or(true, |found| found.is_empty()) {
                    return Err(BadAuthority::Empty { file: file.clone() });
                }
                Some(pem)
            }
        };
        Ok(Self { address, authority })
    }

    pub fn address(&self) -> &Address {
        &self.address
    }

    /// A new connection to a Redis that takes writes. It takes as long as it takes: the caller sets
    /// a limit.
    pub async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        match &self.address.servers {
            Servers::One(host) => {
                let mut connection = open(&self.client(host, self.settings())?).await?;
                if takes_writes(&mut connection).await? {
                    return Ok(connection);
                }
                let kind = ErrorKind::Server(ServerErrorKind::ReadOnly);
                Err((kind, "READONLY it is a replica, and takes no writes").into())
            }
            Servers::Sentinels(sentinels, primary) => {
                let asked = sentinels.iter().map(|host| self.ask(host, primary).boxed());
                // The first who knows it is enough: one that is down need not be waited for.
                let (host, _) = select_ok(asked).await?;
                let mut connection = open(&self.client(&host, self.settings())?).await?;
                if takes_writes(&mut connection).await? {
                    return Ok(connection);
                }
                let text = "the Sentinels name a Redis that is not the primary yet";
                Err((ErrorKind::Io, text).into())
            }
        }
    }

    /// Whether the one Redis of the address answers a client that shows no password. A user name is no
    /// reason to ask: then the user may have another password, and not everybody.
    pub async fn lets_anyone_in(&self) -> bool {
        let Servers::One(host) = &self.address.servers else {
            return false;
        };
        if self.address.user.is_some() {
            return false;
        }
        let asked = async {
            let anyone = RedisConnectionInfo::default().set_skip_set_lib_name();
            let mut connection = open(&self.client(host, anyone)?).await?;
            cmd("PING").query_async::<Value>(&mut connection).await
        };
        asked.await.is_ok()
    }

    /// Where this Sentinel says that the primary is. One that wants a password gets that of Redis.
    async fn ask(&self, sentinel: &Host, primary: &str) -> RedisResult<Host> {
        let open_to_all = RedisConnectionInfo::default().set_skip_set_lib_name();
        let asked = where_is(&self.client(sentinel, open_to_all)?, primary).await;
        match asked {
            Err(error) if error.code() == Some("NOAUTH") && self.address.password.is_some() => {
                let with_password = self.login(RedisConnectionInfo::default());
                where_is(&self.client(sentinel, with_password)?, primary).await
            }
            asked => asked,
        }
    }

    /// What a Redis is told at the beginning.
    fn settings(&self) -> RedisConnectionInfo {
        self.login(RedisConnectionInfo::default())
            .set_db(self.address.database)
    }

    fn login(&self, mut settings: RedisConnectionInfo) -> RedisConnectionInfo {
        settings = settings.set_skip_set_lib_name();
        if let Some(user) = &self.address.user {
            settings = settings.set_username(user);
        }
        if let Some(password) = &self.address.password {
            settings = settings.set_password(password);
        }
        settings
    }

    fn client(&self, host: &Host, settings: RedisConnectionInfo) -> RedisResult<Client> {
        let place = match self.address.tls {
            Tls::Off => ConnectionAddr::Tcp(host.name.clone(), host.port),
            Tls::System | Tls::Authority(_) => ConnectionAddr::TcpTls {
                host: host.name.clone(),
                port: host.port,
                insecure: false,
                tls_params: None,
            },
        };
        let info = place.into_connection_info()?;
        let tcp = TcpSettings::default().set_nodelay(true);
        let info = info.set_redis_settings(settings).set_tcp_settings(tcp);
        match &self.authority {
            None => Client::open(info),
            Some(pem) => Client::build_with_tls(
                info,
                TlsCertificates {
                    client_tls: None,
                    root_cert: Some(pem.clone()),
                },
            ),
        }
    }
}

async fn open(client: &Client) -> RedisResult<MultiplexedConnection> {
    // The limits are set by the callers, on whole calls.
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None);
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

async fn where_is(sentinel: &Client, primary: &str) -> RedisResult<Host> {
    let mut connection = open(sentinel).await?;
    let mut question = cmd("SENTINEL");
    question.arg("GET-MASTER-ADDR-BY-NAME").arg(primary);
    let found: Option<(String, u16)> = question.query_async(&mut connection).await?;
    let (name, port) = found.ok_or((
        ErrorKind::MasterNameNotFoundBySentinel,
        "the Sentinels know no primary of that name",
    ))?;
    Ok(Host { name, port })
}

/// Whether the Redis at the other end takes writes. It must answer for that: one that hangs
/// also takes connections, and one that reads its file from disk knows its role already.
async fn takes_writes(connection: &mut MultiplexedConnection) -> RedisResult<bool> {
    allowed(cmd("PING").query_async::<Value>(connection).await)?;
    let role = allowed(cmd("ROLE").query_async(connection).await)?;
    let Some(Value::Array(role)) = role else {
        return Ok(role.is_none());
    };
    match role.first() {
        Some(Value::BulkString(name)) if name == b"sentinel" => {
            Err((ErrorKind::Client, IS_SENTINEL).into())
        }
        Some(Value::BulkString(name)) => Ok(name == b"master"),
        _ => Ok(false),
    }
}

/// A user may be allowed everything but this question; then it stays open.
fn allowed(answer: RedisResult<Value>) -> RedisResult<Option<Value>> {
    match answer {
        Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm) => Ok(None),
        answer => answer.map(Some),
    }
}
