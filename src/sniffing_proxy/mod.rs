//! The sniffing proxy, which pages call the café: an open Wi-Fi in one program. It relays connections
//! to the lab's own portal, and to nothing else. It records the bytes that go by, as anyone at the
//! next table could.
//!
//! One port takes both: a connection that begins with the byte 0x16 is a TLS handshake and goes to
//! the portal's TLS listener, any other to the plain one. The relay changes no byte and cannot read
//! TLS. Next: [`capture`], what is kept, and [`mask`], what is never shown.

pub mod capture;
pub mod mask;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use self::capture::{Captures, Direction};
use crate::base::addresses::{Addresses, Listener};
use crate::base::shutdown::wait_for_shutdown;
use crate::defences::facts::Scheme;

/// The first byte of a TLS connection: the type of a handshake record (RFC 8446 §5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// How many connections are relayed at once: three browsers with all they may open.
const GUESTS: usize = 64;

/// How long a connection may be silent, so that forgotten ones do not exclude others.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// How many bytes are relayed at once.
const BUFFER_SIZE: usize = 8 * 1024;

/// The relay, before it has its listener.
pub struct SniffingProxy {
    /// Everybody's addresses.
    pub addresses: Arc<Addresses>,
    /// Where the portal listens.
    pub portal: IpAddr,
    /// What goes by.
    pub captures: Arc<Captures>,
}

impl std::fmt::Debug for SniffingProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SniffingProxy")
    }
}

/// Takes the café's port, on this computer only: nobody else on the network can connect.
///
/// # Errors
/// The port cannot be had.
pub async fn open(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

impl SniffingProxy {
    /// Relays until the lab stops; then every connection ends at once.
    pub fn serve(
        self,
        listener: TcpListener,
        mut stopped: watch::Receiver<bool>,
    ) -> JoinHandle<()> {
        let cafe = Arc::new(self);
        tokio::spawn(async move {
            // When the set is dropped, every relay that is left in it stops.
            let mut guests = JoinSet::new();
            loop {
                tokio::select! {
                    () = wait_for_shutdown(&mut stopped) => return,
                    Some(_) = guests.join_next() => {}
                    guest = listener.accept(), if guests.len() < GUESTS => match guest {
                        Ok((socket, _)) => {
                            guests.spawn(cafe.clone().relay(socket));
                        }
                        Err(error) => {
                            // Out of open files, most likely: some will be free in a moment.
                            log::warn!("the café cannot take a guest: {error}");
                            tokio::time::sleep(Duration::from_millis(50)).await;
                        }
                    },
                }
            }
        })
    }

    async fn relay(self: Arc<Self>, guest: TcpStream) {
        // Either end may close its connection: that is no error of the café.
        let _ = self.try_to_relay(guest).await;
    }

    async fn try_to_relay(&self, mut guest: TcpStream) -> io::Result<()> {
        let mut first = [0];
        if within_idle_limit(guest.peek(&mut first)).await? == 0 {
            return Ok(());
        }
        let (scheme, listener) = if first[0] == TLS_HANDSHAKE {
            (Scheme::Https, Listener::PortalHttps)
        } else {
            (Scheme::Http, Listener::PortalHttp)
        };
        let port = self.addresses.port(listener).unwrap_or_default();
        let mut portal = TcpStream::connect((self.portal, port)).await?;
        // The portal recognises the café's connections by their address, and answers to the café's
        // own names on those only.
        let _registered = PortalConnection::enter(&self.addresses, portal.local_addr()?);
        let id = self.captures.begin(scheme);
        let (mut from_guest, mut to_guest) = guest.split();
        let (mut from_portal, mut to_portal) = portal.split();
        let ended = tokio::try_join!(
            self.pump(id, Direction::Up, &mut from_guest, &mut to_portal),
            self.pump(id, Direction::Down, &mut from_portal, &mut to_guest),
        );
        self.captures.end(id);
        ended.map(|_| ())
    }

    async fn pump(
        &self,
        id: u64,
        direction: Direction,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER_SIZE];
        loop {
            let n = within_idle_limit(from.read(&mut buffer)).await?;
            if n == 0 {
                return to.shutdown().await;
            }
            self.captures.record(id, direction, &buffer[..n]);
            to.write_all(&buffer[..n]).await?;
        }
    }
}

async fn within_idle_limit<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let done = tokio::time::timeout(IDLE_LIMIT, work).await;
    done.map_err(|_| io::ErrorKind::TimedOut)?
}

/// A connection from the café to the portal, for as long as it lasts.
struct PortalConnection<'a>(&'a Addresses, SocketAddr);

impl<'a> PortalConnection<'a> {
    fn enter(addresses: &'a Addresses, from: SocketAddr) -> Self {
        addresses.enter_cafe(from);
        Self(addresses, from)
    }
}

impl Drop for PortalConnection<'_> {
    fn drop(&mut self) {
        self.0.leave_cafe(self.1);
    }
}
