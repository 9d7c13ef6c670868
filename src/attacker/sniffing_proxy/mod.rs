//! The sniffing proxy, which pages call the café: an open Wi-Fi in one program. It hands connections to
//! the lab's own portal, and to nothing else. It records the bytes that go by, as anyone at the next
//! table could.
//!
//! One port takes both: a connection that begins with a TLS handshake goes to the portal's TLS
//! listener, any other to the unencrypted one. The proxy changes no byte and cannot read TLS. Next:
//! [`capture`], what is kept and for whom, [`mask`], what is never shown, and `recorder.rs`, where bytes are
//! recorded.

pub mod attribution;
pub mod capture;
pub mod mask;
mod recorder;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::capture::Captures;
use self::recorder::Recorder;
use crate::base::tapped_stream::TappedStream;
use crate::defences::facts::Scheme;
use crate::web::server::{Acceptor, ConnectionEnds, FirstByte, accept_all, first_byte, listen};

/// The café, before it has its listener.
#[derive(Debug)]
pub struct SniffingProxy {
    /// The portal's unencrypted listener.
    pub http: Acceptor,
    /// The portal's TLS listener.
    pub https: Acceptor,
    /// What goes by.
    pub captures: Arc<Captures>,
}

/// Takes the café's port at this address. It is loopback, unless a class shares the lab.
///
/// # Errors
/// The port cannot be had.
pub fn open(address: SocketAddr) -> io::Result<TcpListener> {
    listen(address)
}

impl SniffingProxy {
    /// Serves guests until the lab stops.
    pub fn serve(self, socket: TcpListener, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
        let cafe = Arc::new(self);
        tokio::spawn(async move {
            let connections = cafe.http.connections.clone();
            accept_all(socket, &connections, stopped.clone(), |guest| {
                let (cafe, stopped) = (cafe.clone(), stopped.clone());
                async move {
                    // A guest that leaves is no error of the café's.
                    let _ = cafe.serve_guest(guest, stopped).await;
                }
            })
            .await;
        })
    }

    async fn serve_guest(
        &self,
        guest: TcpStream,
        stopped: watch::Receiver<bool>,
    ) -> io::Result<()> {
        let origin = ConnectionEnds::of(&guest, true)?;
        let ticket = self.http.connections.enter(origin.remote.ip());
        let first = tokio::select! {
            first = first_byte(&guest) => first?,
            () = ticket.given_up(&stopped) => return Ok(()),
        };
        let (scheme, acceptor) = match first {
            FirstByte::Tls => (Scheme::Https, &self.https),
            FirstByte::Other => (Scheme::Http, &self.http),
        };
        let tapped = TappedStream::new(
            guest,
            Recorder::new(self.captures.clone(), scheme, origin.remote),
        );
        acceptor.serve_stream(tapped, origin, ticket, stopped).await
    }
}
