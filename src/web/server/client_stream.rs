//! The connection of a client, and the socket below it.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::server::TlsStream;

use crate::base::tapped_stream::{Tap, TappedStream};

/// How many bytes of an answer the system keeps for a client that does not take them; Linux doubles the
/// number. By itself it would keep megabytes, and an answer would seem to be out that nobody has taken.
const SEND_BUFFER: u32 = 64 * 1024;

/// How many connections wait until they are accepted.
const BACKLOG: u32 = 1024;

/// Takes a port.
///
/// # Errors
/// The port cannot be had.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A restart finds the port free. On Windows the option lets two programs share a port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A stream over one connection.
pub trait ClientStream: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// The socket below.
    fn socket(&self) -> &TcpStream;

    /// When the stream is dropped, what the client has not taken is thrown away. Otherwise the system
    /// would go on offering it.
    fn forget_rest(&self) {
        // An error means that the connection is over.
        let _ = self.socket().set_zero_linger();
    }
}

impl ClientStream for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl<S: ClientStream> ClientStream for TlsStream<S> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0.socket()
    }
}

impl<S: ClientStream, T: Tap + Send + Unpin + 'static> ClientStream for TappedStream<S, T> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().socket()
    }
}
