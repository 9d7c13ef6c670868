//! The server: it accepts connections, limits everything that waits, and hands each request to the
//! Rocket instance of its site.
//!
//! Rocket has a server, which this one replaces: it sets no time limits, drops header
//! values that are not UTF-8, forgets how header names were written, and cannot write them in their
//! usual capitals. `docs/ARCHITECTURE.md` says how to go back to it.
//!
//! Read in this order: `acceptor` (a connection), `stream` (what goes over it, with its limits),
//! `exchanges` (whose turn it is), `raw_head` (a request's head as it was sent), `dispatch` (a request on
//! its way into Rocket).

mod acceptor;
mod answer_body;
mod client_stream;
mod connections;
mod dispatch;
mod exchanges;
mod first_byte;
mod raw_head;
mod refusal;
mod request_body;
mod stream;
mod target;
mod tls;

pub use acceptor::{Acceptor, ConnectionEnds, accept_all};
pub use client_stream::{ClientStream, listen};
pub use connections::{Connections, Ticket};
pub use dispatch::RocketSite;
pub use first_byte::{FirstByte, first_byte};
pub use raw_head::{RawHead, escaped};
pub use tls::acceptor as tls_acceptor;

use std::net::SocketAddr;
use std::time::Duration;

use rocket::Request;

use crate::base::addresses::Listener;

/// How long a TLS handshake may take.
pub const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the head of a request may take, from its first byte on.
pub const HEAD: Duration = Duration::from_secs(10);
/// How long a connection may be silent between two requests.
pub const IDLE: Duration = Duration::from_secs(60);
/// How long the body of a request may make no progress.
pub const BODY: Duration = Duration::from_secs(20);
/// How long a client may refuse to take the next bytes of an answer.
pub const ANSWER: Duration = Duration::from_secs(20);

/// What the server knows of a request besides its headers and its body.
#[derive(Debug)]
pub struct Received {
    /// The listener that it came in by.
    pub listener: Listener,
    /// Whether it came through the café.
    pub through_cafe: bool,
    /// The server's end of the connection.
    pub local: SocketAddr,
    /// The client's end of the connection.
    pub remote: SocketAddr,
    /// Counts the connections of this process.
    pub connection: u64,
    /// The request line and the headers, byte for byte.
    pub head: RawHead,
}

impl Received {
    /// What is known of a request; `None` where it did not come over a connection.
    pub fn of<'r>(request: &'r Request<'_>) -> Option<&'r Received> {
        request.local_cache(|| None::<Received>).as_ref()
    }
}
