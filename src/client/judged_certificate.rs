//! TLS in which a closure decides about the server's certificate, in place of authorities and names.
//!
//! Two connections need that. An audit reaches a developer's own application, whose certificate nobody
//! else trusts, on this computer, where there is nobody on the way. A class reaches a desk that is known
//! by its certificate alone. In both the signature of the handshake is verified as always: the other
//! side has the key of the certificate that it shows.

use std::fmt;
use std::sync::Arc;

use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{self, CryptoProvider};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
};

/// The settings of a client that accepts the certificates of which this is true. A handshake with
/// another one ends with [`is_refusal`], before anything of the request is sent.
pub(super) fn config(
    accepts: impl Fn(&CertificateDer<'_>) -> bool + Send + Sync + 'static,
) -> Result<ClientConfig, Error> {
    let provider = Arc::new(crypto::ring::default_provider());
    let verifier = JudgedCertificate {
        accepts,
        provider: provider.clone(),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

/// Whether a handshake ended because the certificate was not accepted.
pub(super) fn is_refusal(error: &std::io::Error) -> bool {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(
        tls,
        Some(Error::InvalidCertificate(
            CertificateError::ApplicationVerificationFailure
        ))
    )
}

struct JudgedCertificate<F> {
    accepts: F,
    provider: Arc<CryptoProvider>,
}

impl<F> fmt::Debug for JudgedCertificate<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JudgedCertificate").finish_non_exhaustive()
    }
}

impl<F: Fn(&CertificateDer<'_>) -> bool + Send + Sync> ServerCertVerifier for JudgedCertificate<F> {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if (self.accepts)(certificate) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
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
