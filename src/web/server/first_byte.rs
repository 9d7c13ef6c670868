//! The first byte of a connection tells TLS from unencrypted HTTP.

use std::io;

use tokio::net::TcpStream;
use tokio::time::timeout;

/// The type of a TLS handshake record (RFC 8446 §5.1): what every TLS connection begins with.
const TLS_HANDSHAKE: u8 = 0x16;

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstByte {
    /// TLS.
    Tls,
    /// Anything else.
    Other,
}

/// Looks at the first byte without taking it.
///
/// # Errors
/// Nothing came in time, or the client left.
pub async fn first_byte(stream: &TcpStream) -> io::Result<FirstByte> {
    let mut first = [0];
    let waited = timeout(super::HANDSHAKE, stream.peek(&mut first)).await;
    match waited.map_err(|_| io::ErrorKind::TimedOut)?? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ if first[0] == TLS_HANDSHAKE => Ok(FirstByte::Tls),
        _ => Ok(FirstByte::Other),
    }
}
