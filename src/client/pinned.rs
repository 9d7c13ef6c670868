//! TLS to a server that is known by its certificate alone: the desk of a class.
//!
//! No name and no authority counts. The client knows the SHA-256 of one certificate and takes no
//! other, so its address and its dates are of no interest. The signature of the handshake is verified
//! as always: the other side has the key of the certificate that it shows. A certificate that is not
//! the right one ends the handshake, before anything of the request is sent.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{self, CryptoProvider};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
};

use super::{ClientError, HttpExchange, Outgoing, talk};
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
            tls: connector(ExpectedCertificate::This(pin))?,
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
    let tls = connector(ExpectedCertificate::Any(shown.clone()))?;
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
    tls.connect(name, socket).await.map_err(|error| {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref());
        match tls {
            Some(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)) => {
                PinnedError::OtherCertificate
            }
            _ => ClientError::Connect(error).into(),
        }
    })
}

fn connector(expected: ExpectedCertificate) -> Result<TlsConnector, ClientError> {
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError::Certificate(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(OneCertificate { expected, provider }))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Which certificate is taken.
#[derive(Debug)]
enum ExpectedCertificate {
    /// The one with this hash.
    This(CertificateHash),
    /// Any, whose hash is noted.
    Any(Arc<Mutex<Option<CertificateHash>>>),
}

#[derive(Debug)]
struct OneCertificate {
    expected: ExpectedCertificate,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for OneCertificate {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let hash: CertificateHash = Sha256::digest(certificate).into();
        match &self.expected {
            ExpectedCertificate::This(pin) if *pin == hash => {}
            ExpectedCertificate::This(_) => {
                return Err(CertificateError::ApplicationVerificationFailure.into());
            }
            ExpectedCertificate::Any(shown) => {
                *shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(hash);
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
