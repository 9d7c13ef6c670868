//! Takes the connections of one listener.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::client_stream::ClientStream;
use super::connections::{Connections, Ticket};
use super::dispatch::{self, ConnectionSource, RocketSite};
use super::exchanges::Exchanges;
use super::refusal::ConnectionRefusal;
use super::stream::LimitedStream;
use super::{ANSWER, FirstByte, HANDSHAKE, first_byte, raw_head};
use crate::base::addresses::{Addresses, Listener};
use crate::base::shutdown::wait_for_shutdown;

/// How long answers may go on once the lab is to stop. Then connections are cut.
const GRACE: Duration = Duration::from_secs(1);
/// How long the rest of a request may take then. One whose head is not whole is not waited for.
const GRACE_FOR_BODIES: Duration = Duration::from_millis(200);

/// How long the rest of a request is read and thrown away after the last answer, and how much of it: a
/// client that still sends would otherwise lose the answer with the connection.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: u64 = 64 * 1024;

/// How long to wait where the system has no descriptor left.
const WITHOUT_DESCRIPTORS: Duration = Duration::from_millis(50);

/// Takes the connections of one listener, and those that the café hands over.
#[derive(Clone)]
pub struct Acceptor {
    /// The listener.
    pub listener: Listener,
    /// On TLS listeners: the server's side of the handshake.
    pub tls: Option<TlsAcceptor>,
    /// The site that answers.
    pub site: Arc<RocketSite>,
    /// Everybody's addresses.
    pub addresses: Arc<Addresses>,
    /// The connections of all listeners.
    pub connections: Arc<Connections>,
}

impl std::fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Acceptor").field(&self.listener).finish()
    }
}

/// Why a connection ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ClosingReason {
    /// The client has what it wanted, or broke a limit.
    ItIsOver,
    /// Another connection needs its place.
    RoomIsNeeded,
    /// The lab stops.
    TheLabStops,
}

/// How a connection came.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionEnds {
    /// The server's end.
    pub local: SocketAddr,
    /// The client's end.
    pub remote: SocketAddr,
    /// Whether it came through the café.
    pub through_cafe: bool,
}

impl ConnectionEnds {
    /// The two ends of a connection.
    ///
    /// # Errors
    /// The connection is over.
    pub fn of(stream: &TcpStream, through_cafe: bool) -> io::Result<Self> {
        Ok(Self {
            local: stream.local_addr()?,
            remote: stream.peer_addr()?,
            through_cafe,
        })
    }
}

/// Accepts connections until the lab stops, and hands each to a task; then the tasks get a moment to
/// finish. Without a descriptor for the next connection one that waits is closed.
pub async fn accept_all<F>(
    socket: TcpListener,
    connections: &Connections,
    mut stopped: watch::Receiver<bool>,
    handle: impl Fn(TcpStream) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            () = wait_for_shutdown(&mut stopped) => break,
            Some(_) = tasks.join_next() => {}
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => {
                    // Without it a small answer may wait for an acknowledgement.
                    let _ = stream.set_nodelay(true);
                    tasks.spawn(handle(stream));
                }
                Err(error) => {
                    log::warn!("a connection cannot be accepted: {error}");
                    connections.make_room();
                    sleep(WITHOUT_DESCRIPTORS).await;
                }
            },
        }
    }
    drop(socket);
    let rest = async { while tasks.join_next().await.is_some() {} };
    // What is left in the set when it is dropped is stopped.
    let _ = timeout(GRACE, rest).await;
}

impl Acceptor {
    /// Serves the listener until the lab stops.
    pub async fn serve(self, socket: TcpListener, stopped: watch::Receiver<bool>) {
        let connections = self.connections.clone();
        let acceptor = Arc::new(self);
        accept_all(socket, &connections, stopped.clone(), |stream| {
            let (acceptor, stopped) = (acceptor.clone(), stopped.clone());
            async move {
                // A client that leaves, or speaks nonsense, is no error of the lab's.
                let _ = acceptor.accepted(stream, stopped).await;
            }
        })
        .await;
    }

    async fn accepted(&self, stream: TcpStream, stopped: watch::Receiver<bool>) -> io::Result<()> {
        let origin = ConnectionEnds::of(&stream, false)?;
        let ticket = self.connections.enter(origin.remote.ip());
        if self.tls.is_some() {
            let first = tokio::select! {
                first = first_byte(&stream) => first?,
                () = ticket.given_up(&stopped) => return Ok(()),
            };
            if first == FirstByte::Other {
                return self.refuse_unencrypted(stream, &ticket, &stopped).await;
            }
        }
        self.serve_stream(stream, origin, ticket, stopped).await
    }

    /// Serves a connection that another part of the lab has accepted.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn serve_stream<S>(
        &self,
        stream: S,
        origin: ConnectionEnds,
        ticket: Ticket,
        stopped: watch::Receiver<bool>,
    ) -> io::Result<()>
    where
        S: ClientStream,
    {
        let Some(tls) = &self.tls else {
            return self.speak_http(stream, origin, ticket, stopped).await;
        };
        let handshake = timeout(HANDSHAKE, tls.accept(stream));
        let stream = tokio::select! {
            done = handshake => done.map_err(|_| io::ErrorKind::TimedOut)??,
            () = ticket.given_up(&stopped) => return Ok(()),
        };
        self.speak_http(stream, origin, ticket, stopped).await
    }

    async fn speak_http<S>(
        &self,
        stream: S,
        origin: ConnectionEnds,
        ticket: Ticket,
        mut stopped: watch::Receiver<bool>,
    ) -> io::Result<()>
    where
        S: ClientStream,
    {
        let exchanges = Exchanges::new(ticket);
        let from = ConnectionSource {
            listener: self.listener,
            through_cafe: origin.through_cafe,
            local: origin.local,
            remote: origin.remote,
        };
        let service = service_fn(|request| {
            let (site, from) = (self.site.clone(), from.clone());
            let exchanges = exchanges.clone();
            // Boxed, because hyper hands the stream back only from a service that can be moved.
            Box::pin(async move {
                Ok::<_, Infallible>(dispatch::answer(site, from, exchanges, request).await)
            })
        });
        let stream = TokioIo::new(LimitedStream::new(stream, exchanges.clone()));
        let mut connection = http1::Builder::new()
            // A client that has sent all may close its side and still wait for the answer.
            .half_close(true)
            .title_case_headers(true)
            .max_headers(raw_head::MOST_LINES)
            .max_buf_size(2 * raw_head::LARGEST)
            .serve_connection(stream, service);
        let why = {
            let talking = std::future::poll_fn(|cx| connection.poll_without_shutdown(cx));
            tokio::select! {
                // What broke here is the client's business; a refusal may still be sent.
                _ = talking => ClosingReason::ItIsOver,
                () = exchanges.ticket().closed() => ClosingReason::RoomIsNeeded,
                () = wait_for_shutdown(&mut stopped) => ClosingReason::TheLabStops,
            }
        };
        if why != ClosingReason::TheLabStops {
            let stream = connection.into_parts().io.into_inner().into_inner();
            if why == ClosingReason::RoomIsNeeded {
                stream.forget_rest();
                return Ok(());
            }
            return end(
                stream,
                LastWord::of(&exchanges),
                exchanges.ticket(),
                &stopped,
            )
            .await;
        }
        if exchanges.is_idle() {
            return Ok(());
        }
        let mut connection = pin!(connection);
        connection.as_mut().graceful_shutdown();
        let is_late = async {
            sleep(GRACE_FOR_BODIES).await;
            if exchanges.is_answering() {
                pending().await
            }
        };
        tokio::select! {
            _ = connection => {}
            () = is_late => {}
        }
        Ok(())
    }

    /// Unencrypted HTTP on a port that speaks TLS: one sentence with the right address.
    async fn refuse_unencrypted(
        &self,
        mut stream: TcpStream,
        ticket: &Ticket,
        stopped: &watch::Receiver<bool>,
    ) -> io::Result<()> {
        let mut head = Vec::new();
        let read = async {
            let mut space = [0; 1024];
            while raw_head::end_of_head(&head, 0).is_none() && head.len() < 8 * 1024 {
                match stream.read(&mut space).await? {
                    0 => break,
                    n => head.extend_from_slice(&space[..n]),
                }
            }
            Ok::<_, io::Error>(())
        };
        tokio::select! {
            done = timeout(super::HEAD, read) => done.map_err(|_| io::ErrorKind::TimedOut)??,
            () = ticket.given_up(stopped) => return Ok(()),
        }
        let host = raw_head::RawHead::parse(&head).ok().and_then(|(head, _)| {
            let host = head.values("host").next()?;
            std::str::from_utf8(host).ok().map(str::to_owned)
        });
        // Only a name that this listener answers to is repeated.
        let answered = host.and_then(|host| self.addresses.answered(self.listener, &host, false));
        let right = match answered {
            Some(answered) => self.addresses.origin_as(self.listener, &answered.name),
            None => self.addresses.origin(self.listener),
        };
        let refusal = ConnectionRefusal::unencrypted(&format!("{right}/"));
        let last = LastWord {
            refusal: Some(refusal),
            patience: Duration::ZERO,
        };
        end(stream, last, ticket, stopped).await
    }
}

/// How a connection is ended.
struct LastWord {
    /// What the client is told.
    refusal: Option<ConnectionRefusal>,
    /// How long it may go on taking an answer.
    patience: Duration,
}

impl LastWord {
    fn of(exchanges: &Exchanges) -> Self {
        Self {
            refusal: exchanges.take_refusal(),
            patience: if exchanges.is_given_up() {
                Duration::ZERO
            } else {
                ANSWER
            },
        }
    }
}

/// Ends a connection, after a last word where there is one.
async fn end<S>(
    mut stream: S,
    LastWord { refusal, patience }: LastWord,
    ticket: &Ticket,
    stopped: &watch::Receiver<bool>,
) -> io::Result<()>
where
    S: ClientStream,
{
    let last = async {
        if let Some(refusal) = refusal {
            stream.write_all(&refusal.bytes()).await?;
        }
        stream.shutdown().await?;
        is_closed_by(&mut stream, patience).await
    };
    let mut stopped = stopped.clone();
    let forget = tokio::select! {
        done = timeout(2 * LINGER + patience, last) => !matches!(done, Ok(Ok(true))),
        () = ticket.closed() => true,
        () = wait_for_shutdown(&mut stopped) => false,
    };
    if forget {
        stream.forget_rest();
    }
    Ok(())
}

/// Waits until a client closes the connection; `false` where it does not. What it still sends is thrown
/// away for a while. One that is silent may be taking the rest of its answer.
async fn is_closed_by<S>(stream: &mut S, patience: Duration) -> io::Result<bool>
where
    S: ClientStream,
{
    let mut rest = (&mut *stream).take(LINGER_BYTES);
    let mut nowhere = tokio::io::sink();
    let all = tokio::io::copy(&mut rest, &mut nowhere);
    if let Ok(thrown_away) = timeout(LINGER, all).await {
        return Ok(thrown_away? < LINGER_BYTES);
    }
    let mut one = [0];
    let read = timeout(patience, stream.read(&mut one)).await;
    Ok(read.map_err(|_| io::ErrorKind::TimedOut)?? == 0)
}
