//! A socket to the shared lab, and what came back over it.

use std::sync::Arc;

use session_lab::base::addresses::{Listener, Site};
use session_lab::defences::facts::Scheme;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::support::{PATIENCE, lab};

/// The listeners that answer to `localhost`; those of the attacker have other names.
pub const AT_LOCALHOST: [Listener; 3] =
    [Listener::Lab, Listener::PortalHttp, Listener::PortalHttps];

/// What came back before the connection was closed.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// The names of the headers as they came.
    pub names: Vec<String>,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// Every value of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let mine = self.headers.iter().filter(|(found, _)| found == name);
        mine.map(|(_, value)| &**value).collect()
    }

    /// The only value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        match self.all(name)[..] {
            [] => "",
            [one] => one,
            ref more => panic!("{name} came {} times", more.len()),
        }
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (mut head, mut body) = text.split_once("\r\n\r\n")?;
        if head.starts_with("HTTP/1.1 100") {
            (head, body) = body.split_once("\r\n\r\n")?;
        }
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_lowercase(), value.trim().to_owned()))
        };
        Some(Self {
            status,
            names: lines
                .clone()
                .filter_map(|line| Some(line.split_once(':')?.0.to_owned()))
                .collect(),
            headers: lines.filter_map(header).collect(),
            body: body.to_owned(),
        })
    }
}

pub fn port(listener: Listener) -> u16 {
    lab().addresses.port(listener).expect("it is up")
}

/// A name that the listener answers to, with its port, as a `Host` header has it.
pub fn host(listener: Listener) -> String {
    host_with(listener, port(listener))
}

/// The same for another lab, where the listener has this port.
pub fn host_with(listener: Listener, port: u16) -> String {
    match listener.site() {
        Site::Lab | Site::Portal => format!("localhost:{port}"),
        Site::Attacker => format!("127.0.0.1:{port}"),
    }
}

/// Sends bytes and reads what comes until the connection ends; `None` where nothing came.
pub async fn exchange(listener: Listener, bytes: impl AsRef<[u8]>) -> Option<Answer> {
    send(listener, bytes.as_ref(), Ending::Open).await
}

/// The same, and the client closes its side of the connection after the last byte.
pub async fn exchange_and_close(listener: Listener, bytes: impl AsRef<[u8]>) -> Option<Answer> {
    send(listener, bytes.as_ref(), Ending::Closed).await
}

async fn send(listener: Listener, bytes: &[u8], ending: Ending) -> Option<Answer> {
    let tls = match listener.scheme() {
        Scheme::Http => None,
        Scheme::Https => Some(connector(&[lab().certificate.cert_pem()])),
    };
    Answer::parse(&everything(port(listener), tls.as_ref(), bytes, ending).await)
}

/// Everything that a server sends until it closes the connection.
pub async fn everything(
    port: u16,
    tls: Option<&TlsConnector>,
    bytes: &[u8],
    ending: Ending,
) -> Vec<u8> {
    let socket = TcpStream::connect(("127.0.0.1", port)).await;
    let socket = socket.expect("a connection");
    let Some(tls) = tls else {
        return talk(socket, bytes, ending).await;
    };
    let name = ServerName::try_from("localhost").expect("a good name");
    let connected = tls.connect(name, socket).await;
    let stream = connected.expect("a strict client trusts the certificate");
    talk(stream, bytes, ending).await
}

/// Sends one request with these lines after the request line, besides `Host`.
pub async fn ask(listener: Listener, line: &str, headers: &[&str], body: &str) -> Answer {
    let mut text = format!("{line} HTTP/1.1\r\nHost: {}\r\n", host(listener));
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    if !body.is_empty() {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    text.push_str(&format!("Connection: close\r\n\r\n{body}"));
    let answer = exchange(listener, text).await;
    answer.unwrap_or_else(|| panic!("no answer to {line}"))
}

/// A GET without further headers.
pub async fn get(listener: Listener, target: &str) -> Answer {
    ask(listener, &format!("GET {target}"), &[], "").await
}

/// The lab answers, as if nothing had happened.
pub async fn still_there(listener: Listener) {
    let answer = get(listener, "/healthz").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));
}

/// A TLS client that trusts the lab's certificate and nothing else, and checks the name.
pub fn connector(trusted: &[&str]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    for pem in trusted {
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate");
        roots.add(der).expect("a certificate that can be trusted");
    }
    let provider = tokio_rustls::rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// What the client does after its last byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Open,
    Closed,
}

async fn talk<S>(mut stream: S, bytes: &[u8], ending: Ending) -> Vec<u8>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut read = Vec::new();
    let all = async {
        // A server that has read enough may close before the last byte is sent.
        let sent = stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok();
        if sent && ending == Ending::Closed {
            let _ = stream.shutdown().await;
        }
        // An abrupt end is an end: what was read until then counts.
        let _ = stream.read_to_end(&mut read).await;
    };
    if tokio::time::timeout(PATIENCE, all).await.is_err() {
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).into_owned();
        panic!("the lab hangs on {start:?}");
    }
    read
}
