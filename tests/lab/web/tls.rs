//! The handshake, with a client that checks everything.

use session_lab::base::addresses::Listener::PortalHttps;
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::ServerName;

use super::socket::{connector, port, still_there};
use crate::support::lab;

async fn handshake(trusted: &[&str], name: &'static str) -> std::io::Result<()> {
    let socket = TcpStream::connect(("127.0.0.1", port(PortalHttps))).await?;
    let name = ServerName::try_from(name).expect("a good name");
    connector(trusted).connect(name, socket).await.map(|_| ())
}

#[tokio::test]
async fn a_client_that_trusts_the_certificate_accepts_every_name_of_the_portal() {
    let pem = lab().certificate.cert_pem();
    for name in ["localhost", "lab.test", "portal.localhost", "127.0.0.1"] {
        handshake(&[pem], name).await.expect(name);
    }
}

#[tokio::test]
async fn a_client_refuses_another_name_and_another_certificate() {
    let pem = lab().certificate.cert_pem();
    handshake(&[pem], "evil.example")
        .await
        .expect_err("another name");
    let now = time::OffsetDateTime::now_utc();
    let other = session_lab::base::tls::Certificate::in_memory(&[], now);
    let other = other.expect("another certificate");
    let refused = handshake(&[other.cert_pem()], "localhost").await;
    refused.expect_err("another certificate");
    still_there(PortalHttps).await;
}
