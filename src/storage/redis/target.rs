//! Making a connection: to the one Redis that the address names, or to the primary that the
//! Sentinels name.

use std::fs;
use std::path::PathBuf;

use futures::future::{FutureExt, select_ok};
use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, IntoConnectionInfo,
    RedisConnectionInfo, RedisResult, TlsCertificates, Value, cmd,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};

use super::address::{Address, Host, Servers, Tls};

/// An address, and what is needed to go there.
pub struct Target {
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
        /// The file.
        file: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// There is nothing of use in it.
    #[error("{} holds no certificate in PEM", .file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
}

impl Target {
    /// Reads the authority's file, where there is one.
    pub fn new(address: Address) -> Result<Self, BadAuthority> {
        let authority = match &address.tls {
            Tls::Off | Tls::System => None,
            Tls::Authority(file) => {
                let pem = fs::read(file).map_err(|cause| BadAuthority::Unreadable {
                    file: file.clone(),
                    cause,
                })?;
                let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
                if found.map_or(true, |found| found.is_empty()) {
                    return Err(BadAuthority::Empty { file: file.clone() });
                }
                Some(pem)
            }
        };
        Ok(Self { address, authority })
    }

    /// The address.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// A new connection. It takes as long as it takes: the caller sets a limit.
    pub async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        match &self.address.servers {
            Servers::One(host) => open(&self.client(host)?).await,
            Servers::Sentinels(sentinels, primary) => {
                let asked = sentinels.iter().map(|host| ask(host, primary).boxed());
                // The first who knows it is enough: one that is down need not be waited for.
                let (host, _) = select_ok(asked).await?;
                let mut connection = open(&self.client(&host)?).await?;
                if is_primary(&mut connection).await? {
                    Ok(connection)
                } else {
                    let text = "the Sentinels name a Redis that is not the primary yet";
                    Err((ErrorKind::Io, text).into())
                }
            }
        }
    }

    fn client(&self, host: &Host) -> RedisResult<Client> {
        let address = &self.address;
        let mut settings = RedisConnectionInfo::default()
            .set_skip_set_lib_name()
            .set_db(address.database);
        if let Some(user) = &address.user {
            settings = settings.set_username(user);
        }
        if let Some(password) = &address.password {
            settings = settings.set_password(password);
        }
        let place = match address.tls {
            Tls::Off => plain(host),
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

fn plain(host: &Host) -> ConnectionAddr {
    ConnectionAddr::Tcp(host.name.clone(), host.port)
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

/// Where this Sentinel says that the primary is.
async fn ask(sentinel: &Host, primary: &str) -> RedisResult<Host> {
    let mut connection = open(&Client::open(plain(sentinel))?).await?;
    let mut question = cmd("SENTINEL");
    question.arg("GET-MASTER-ADDR-BY-NAME").arg(primary);
    let found: Option<(String, u16)> = question.query_async(&mut connection).await?;
    let (name, port) = found.ok_or((
        ErrorKind::MasterNameNotFoundBySentinel,
        "the Sentinels know no primary of that name",
    ))?;
    Ok(Host { name, port })
}

/// Whether the Redis at the other end takes writes.
pub async fn is_primary(connection: &mut MultiplexedConnection) -> RedisResult<bool> {
    let role: Value = cmd("ROLE").query_async(connection).await?;
    let Value::Array(role) = role else {
        return Ok(false);
    };
    Ok(matches!(role.first(), Some(Value::BulkString(name)) if name == b"master"))
}
