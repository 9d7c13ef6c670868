//! TLS on the server's side.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::base::start_error::StartError;
use crate::base::tls::Certificate;

/// Speaks TLS 1.2 and 1.3 with the lab's certificate. Clients that ask for HTTP/2 are told that there
/// is HTTP/1.1 only.
///
/// # Errors
/// The certificate or its key cannot be used.
pub fn acceptor(certificate: &Certificate) -> Result<TlsAcceptor, StartError> {
    let unusable = |error: &dyn std::fmt::Display| {
        StartError::new(
            format!("the lab's certificate cannot be used: {error}"),
            "delete the folder tls in the data folder; the next start makes a new pair",
        )
    };
    let chain = CertificateDer::from_pem_slice(certificate.cert_pem().as_bytes())
        .map_err(|error| unusable(&error))?;
    let key = PrivateKeyDer::from_pem_slice(certificate.key_pem().as_bytes())
        .map_err(|error| unusable(&error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .map_err(|error| unusable(&error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
