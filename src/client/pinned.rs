//! TLS to a server that is known by its certificate alone: the desk of a class.
//!
//! No name and no authority counts. The client knows the SHA-256 of one certificate and takes no
//! other, so its address and its dates are of no interest. Another certificate ends the handshake, before
//! anything of the request is sent.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};

use super::{ClientError, HttpExchange, Outgoing, judged_certificate, talk};
use crate::defences::facts::Scheme;

/// How long an exchange may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// The SHA-256 of a certificate's DER.
pub type CertificateHash = [u8; 32];

/// A client of one server.
#[derive(Clone)]
pub struct PinnedClient {
    host: String,
    port: u16,
    tls: TlsConnector,
}

impl std::fmt::Debug for PinnedClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PinnedClient")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// Why a request to a pinned server has no answer.
#[derive(Debug, thiserror::Error)]
pub enum PinnedError {
    /// Another certificate. Nothing was sent.
    #[error("the server has another certificate")]
    OtherCertificate,
    /// Anything else.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl PinnedClient {
    /// A client of the server at this address that has this certificate.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(host: &str, port: u16, pin: CertificateHash) -> Result<Self, ClientError> {
        Ok(Self {
            host: host.to_owned(),
            port,
            tls: connector(move |certificate| hash_of(certificate) == pin)?,
        })
    }

    /// Posts JSON, with these headers besides.
    ///
    /// # Errors
    /// Another certificate, no connection, or no answer.
    pub async fn post(
        &self,
        target: &str,
        headers: Vec<(String, String)>,
        json: String,
    ) -> Result<HttpExchange, PinnedError> {
        let mut all = vec![("content-type".to_owned(), "application/json".to_owned())];
        all.extend(headers);
        let outgoing = Outgoing {
            scheme: Scheme::Https,
            host_name: self.host.clone(),
            port: self.port,
            method: "POST",
            target: target.to_owned(),
            headers: all,
            body: json,
        };
        let exchange = async {
            let stream = connect(&self.tls, &self.host, self.port).await?;
            talk(stream, outgoing).await.map_err(PinnedError::Client)
        };
        timeout(PATIENCE, exchange).await.map_err(|_| late())?
    }
}

/// The hash of the certificate that the server at this address shows. The handshake is all that
/// happens: nothing is sent after it.
///
/// # Errors
/// No connection, or no server that speaks TLS.
pub async fn certificate_of(host: &str, port: u16) -> Result<CertificateHash, PinnedError> {
    let shown = Arc::<Mutex<Option<CertificateHash>>>::default();
    let noted = shown.clone();
    let tls = connector(move |certificate| {
        *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(hash_of(certificate));
        true
    })?;
    let handshake = connect(&tls, host, port);
    drop(timeout(PATIENCE, handshake).await.map_err(|_| late())??);
    let shown = *shown.lock().unwrap_or_else(PoisonError::into_inner);
    let none = || ClientError::Certificate("the server shows none".into());
    shown.ok_or_else(|| none().into())
}

fn late() -> PinnedError {
    ClientError::Late(PATIENCE.as_secs()).into()
}

async fn connect(
    tls: &TlsConnector,
    host: &str,
    port: u16,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, PinnedError> {
    // An address of IPv6 is in brackets in a link, and in none here.
    let host = host.trim_matches(['[', ']']).to_owned();
    let connected = TcpStream::connect((host.as_str(), port)).await;
    let socket = connected.map_err(ClientError::Connect)?;
    let name =
        ServerName::try_from(host).map_err(|error| ClientError::Certificate(error.to_string()))?;
    let connected = tls.connect(name, socket).await;
    connected.map_err(|error| match judged_certificate::is_refusal(&error) {
        true => PinnedError::OtherCertificate,
        false => ClientError::Connect(error).into(),
    })
}

fn connector(
    accepts: impl Fn(&CertificateDer<'_>) -> bool + Send + Sync + 'static,
) -> Result<TlsConnector, ClientError> {
    let config = judged_certificate::config(accepts)
        .map_err(|error| ClientError::Certificate(error.to_string()))?;
    Ok(TlsConnector::from(Arc::new(config)))
}

fn hash_of(certificate: &CertificateDer<'_>) -> CertificateHash {
    Sha256::digest(certificate).into()
}
