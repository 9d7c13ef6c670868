//! The two listeners of the desk: HTTP/1.1 over TLS, with the limits of the lab's other listeners.
//!
//! They are apart from the lab's sites. Nothing of the portal is on them, no bench and no variant, so
//! each answers from a handful of addresses by itself.

mod answer;
mod request;

pub use answer::DeskAnswer;
pub use request::DeskRequest;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::web::server::{Connections, FirstByte, HANDSHAKE, IDLE, accept_all, first_byte};

/// What a client reads that speaks unencrypted HTTP.
const NOT_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Connection: close\r\nContent-Length: 46\r\n\r\nThis port speaks TLS: begin with https instead\n";

/// A site of the desk.
pub trait DeskSite: Send + Sync + 'static {
    /// The largest body that it takes, in bytes.
    const LARGEST_BODY: usize;

    /// Answers a request.
    fn answer(&self, request: DeskRequest) -> impl Future<Output = DeskAnswer> + Send;

    /// Answers a request whose body is too large, or ended before it was whole.
    fn refuse_body(&self, status: StatusCode) -> DeskAnswer;
}

/// A listener of the desk.
pub struct DeskListener<S> {
    /// What answers.
    pub site: S,
    /// The server's side of the handshake.
    pub tls: TlsAcceptor,
    /// The connections of all listeners of the lab.
    pub connections: Arc<Connections>,
}

impl<S> std::fmt::Debug for DeskListener<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeskListener")
    }
}

impl<S: DeskSite> DeskListener<S> {
    /// Serves until the lab stops.
    pub async fn serve(self, socket: TcpListener, stopped: watch::Receiver<bool>) {
        let connections = self.connections.clone();
        let listener = Arc::new(self);
        accept_all(socket, &connections, stopped.clone(), |stream| {
            let (listener, stopped) = (listener.clone(), stopped.clone());
            async move {
                // A client that leaves, or speaks nonsense, is no error of the desk's.
                let _ = listener.accepted(stream, stopped).await;
            }
        })
        .await;
    }

    async fn accepted(
        self: Arc<Self>,
        mut stream: TcpStream,
        stopped: watch::Receiver<bool>,
    ) -> io::Result<()> {
        let ticket = Arc::new(self.connections.enter(stream.peer_addr()?.ip()));
        let talk = async {
            if first_byte(&stream).await? == FirstByte::Other {
                stream.write_all(NOT_TLS).await?;
                return stream.shutdown().await;
            }
            let handshake = timeout(HANDSHAKE, self.tls.accept(stream));
            let stream = handshake.await.map_err(|_| io::ErrorKind::TimedOut)??;
            let service = service_fn(|request| {
                let (listener, ticket) = (self.clone(), ticket.clone());
                async move {
                    ticket.set_waiting(false);
                    // In a separate task: a client that leaves does not cut a change in two.
                    let answered = tokio::spawn(async move { listener.answer(request).await });
                    let answer = answered.await.unwrap_or_else(|_| DeskAnswer::broken());
                    ticket.set_waiting(true);
                    Ok::<_, Infallible>(answer.into_response())
                }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new())
                .header_read_timeout(IDLE)
                .max_headers(64);
            let served = http.serve_connection(TokioIo::new(stream), service).await;
            served.map_err(io::Error::other)
        };
        tokio::select! {
            done = talk => done,
            () = ticket.given_up(&stopped) => Ok(()),
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> DeskAnswer {
        match request::read(request, S::LARGEST_BODY).await {
            Ok(request) => self.site.answer(request).await,
            Err(status) => self.site.refuse_body(status),
        }
    }
}
