//! A small HTTP client that sends requests to the portal as any other client does, over a real
//! socket, and keeps the bytes of both directions.
//!
//! `/compare` and the attacks use it, so what they show was really sent. It has no shortcut into the
//! portal. The audit of other applications on this computer also uses it.

pub mod caller;
mod judged_certificate;
pub mod pinned;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::base::tapped_stream::{Tap, TappedStream};
use crate::defences::facts::Scheme;

/// The client's name in `User-Agent`, before the version.
pub const AGENT: &str = "session-lab/";

/// How long one exchange may take, unless [`LabClient::with_patience`] sets another limit.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest answer that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// A client that trusts the lab's own certificate and nothing else.
#[derive(Clone)]
pub struct LabClient {
    address: IpAddr,
    tls: TlsConnector,
    patience: Duration,
}

impl std::fmt::Debug for LabClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LabClient")
    }
}

/// A request to be sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Unencrypted or over TLS.
    pub scheme: Scheme,
    /// The name in `Host`; the connection always goes to this computer.
    pub host_name: String,
    pub port: u16,
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// Further headers, sent as given. One of them may be another `user-agent` in place of the lab's.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What went over the socket, and the answer.
#[derive(Clone, Debug)]
pub struct HttpExchange {
    /// Unencrypted or over TLS.
    pub scheme: Scheme,
    /// The bytes sent, as text.
    pub sent: String,
    /// The head of the answer as it arrived, without the empty line.
    pub head: String,
    pub status: u16,
    /// The headers, names in lower case, in order.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl HttpExchange {
    /// Every value of a header.
    pub fn header<'e>(&'e self, name: &str) -> impl Iterator<Item = &'e str> + use<'e> {
        let name = name.to_owned();
        self.headers
            .iter()
            .filter(move |(found, _)| *found == name)
            .map(|(_, value)| &**value)
    }
}

/// Why an exchange failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The certificate in use cannot be trusted, because it cannot be read.
    #[error("the lab's certificate cannot be read: {0}")]
    Certificate(String),
    /// No connection.
    #[error("no connection: {0}")]
    Connect(#[from] std::io::Error),
    /// The exchange broke.
    #[error("the exchange broke: {0}")]
    Http(#[from] hyper::Error),
    /// The request cannot be written.
    #[error("a request that cannot be sent: {0}")]
    Request(#[from] hyper::http::Error),
    /// The answer is too large.
    #[error("an answer of more than {LARGEST} bytes")]
    TooLarge,
    /// It took too long.
    #[error("no answer within {0} s")]
    Late(u64),
}

impl LabClient {
    /// A client that trusts `cert_pem`.
    ///
    /// # Errors
    /// The certificate cannot be read.
    pub fn new(cert_pem: &str) -> Result<Self, ClientError> {
        let broken = |text: String| ClientError::Certificate(text);
        let der = CertificateDer::from_pem_slice(cert_pem.as_bytes())
            .map_err(|error| broken(error.to_string()))?;
        let mut roots = RootCertStore::empty();
        roots.add(der).map_err(|error| broken(error.to_string()))?;
        Self::trusting(roots)
    }

    /// A client that trusts no certificate: for unencrypted requests.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn unencrypted() -> Result<Self, ClientError> {
        Self::trusting(RootCertStore::empty())
    }

    /// A client that checks no certificate: for an audit of a program on this computer, whose
    /// developer signed its certificate themselves. Nothing that it receives may be trusted.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn of_any_certificate() -> Result<Self, ClientError> {
        let config = judged_certificate::config(|_| true);
        let config = config.map_err(|error| ClientError::Certificate(error.to_string()))?;
        Ok(Self {
            address: Ipv4Addr::LOCALHOST.into(),
            tls: TlsConnector::from(Arc::new(config)),
            patience: PATIENCE,
        })
    }

    fn trusting(roots: RootCertStore) -> Result<Self, ClientError> {
        let broken = |text: String| ClientError::Certificate(text);
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| broken(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            address: Ipv4Addr::LOCALHOST.into(),
            tls: TlsConnector::from(Arc::new(config)),
            patience: PATIENCE,
        })
    }

    /// The same client, which connects to this address of this computer and not to 127.0.0.1.
    #[must_use]
    pub fn at(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// The address of this computer to which it connects.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The same client with this limit for an answer.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sends a request on its own connection and reads the whole answer.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn send(&self, request: Outgoing) -> Result<HttpExchange, ClientError> {
        let exchange = tokio::time::timeout(self.patience, self.exchange(request)).await;
        exchange.map_err(|_| ClientError::Late(self.patience.as_secs()))?
    }

    async fn exchange(&self, request: Outgoing) -> Result<HttpExchange, ClientError> {
        let socket = TcpStream::connect((self.address, request.port)).await?;
        match request.scheme {
            Scheme::Http => talk(socket, request).await,
            Scheme::Https => {
                // An address of IPv6 is in brackets in `Host`, and in none here.
                let name = request.host_name.trim_matches(['[', ']']).to_owned();
                let name = ServerName::try_from(name)
                    .map_err(|error| ClientError::Certificate(error.to_string()))?;
                talk(self.tls.connect(name, socket).await?, request).await
            }
        }
    }
}

async fn talk<S>(stream: S, request: Outgoing) -> Result<HttpExchange, ClientError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let tapped = Arc::<Mutex<TappedBytes>>::default();
    let stream = TappedStream::new(stream, CopyingTap(tapped.clone()));
    let (mut sender, connection) = http1::Builder::new()
        .title_case_headers(true)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await?;
    tokio::spawn(connection);

    let origin = crate::base::addresses::origin(request.scheme, &request.host_name, request.port);
    let host = origin.rsplit('/').next().unwrap_or_default();
    let agent = concat!("session-lab/", env!("CARGO_PKG_VERSION"));
    let mut build = hyper::Request::builder()
        .method(request.method)
        .uri(&request.target)
        .header("host", host);
    if !request.headers.iter().any(|(name, _)| name == "user-agent") {
        build = build.header("user-agent", agent);
    }
    build = build.header("connection", "close");
    for (name, value) in &request.headers {
        build = build.header(name, value);
    }
    let answer = sender
        .send_request(build.body(Full::from(request.body))?)
        .await?;

    let status = answer.status().as_u16();
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    let body = Limited::new(answer.into_body(), LARGEST)
        .collect()
        .await
        .map_err(|error| match error.downcast::<hyper::Error>() {
            Ok(broken) => ClientError::Http(*broken),
            Err(_) => ClientError::TooLarge,
        })?
        .to_bytes();
    let tapped = tapped.lock().unwrap_or_else(PoisonError::into_inner);
    let received = String::from_utf8_lossy(&tapped.received).into_owned();
    let head = received
        .split("\r\n\r\n")
        .next()
        .unwrap_or_default()
        .replace("\r\n", "\n");
    Ok(HttpExchange {
        scheme: request.scheme,
        sent: String::from_utf8_lossy(&tapped.sent)
            .replace("\r\n", "\n")
            .trim_end()
            .to_owned(),
        head,
        status,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

/// What went over a connection, up to [`LARGEST`] bytes each way.
#[derive(Default)]
struct TappedBytes {
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// Keeps a copy of the bytes that pass.
struct CopyingTap(Arc<Mutex<TappedBytes>>);

impl CopyingTap {
    fn bytes(&self) -> MutexGuard<'_, TappedBytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tap for CopyingTap {
    fn read(&mut self, bytes: &[u8]) {
        keep(&mut self.bytes().received, bytes);
    }

    fn written(&mut self, bytes: &[u8]) {
        keep(&mut self.bytes().sent, bytes);
    }
}

fn keep(into: &mut Vec<u8>, bytes: &[u8]) {
    let room = LARGEST.saturating_sub(into.len());
    into.extend_from_slice(&bytes[..bytes.len().min(room)]);
}
