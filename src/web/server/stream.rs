//! What goes over a connection, with its limits.
//!
//! hyper reads from a [`LimitedStream`] and gets a head only once it is whole. So the head is there
//! byte for byte when hyper calls for an answer, and a client that sends half of one keeps nothing busy
//! but this buffer. hyper's own time limit for heads also ends connections that wait between two
//! requests, and it has none for bodies and answers.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::exchanges::Exchanges;
use super::raw_head::{self, BadHead, Follows, RawHead, end_of_head};
use super::refusal::ConnectionRefusal;
use super::{ANSWER, BODY, HEAD, IDLE};

/// How many bytes are read at once.
const BUFFER_SIZE: usize = 8 * 1024;

/// What is read next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// A head.
    Head,
    /// A head that is whole, on its way to hyper; then what follows it.
    Deliver(Follows),
    /// This many bytes of body.
    Body(u64),
    /// Chunks, until the connection ends: after such a request it is closed.
    Chunks,
    /// Nothing more.
    End,
}

/// What a time limit was set for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    None,
    Idle,
    Head,
    Body,
}

/// A connection with its limits.
pub(super) struct LimitedStream<S> {
    inner: S,
    exchanges: Arc<Exchanges>,
    phase: Phase,
    /// Bytes that were read and not taken yet.
    buffer: Vec<u8>,
    /// How many bytes of the buffer hold no end of a head.
    looked_at: usize,
    /// Bytes of a head that hyper has not taken yet.
    head: Vec<u8>,
    delivered: usize,
    limit: Limit,
    read_deadline: Pin<Box<Sleep>>,
    write_deadline: Pin<Box<Sleep>>,
    /// Whether a write waits for the client.
    is_blocked: bool,
}

impl<S> LimitedStream<S> {
    pub(super) fn new(inner: S, exchanges: Arc<Exchanges>) -> Self {
        Self {
            inner,
            exchanges,
            phase: Phase::Head,
            buffer: Vec::new(),
            looked_at: 0,
            head: Vec::new(),
            delivered: 0,
            limit: Limit::None,
            read_deadline: Box::pin(sleep(IDLE)),
            write_deadline: Box::pin(sleep(ANSWER)),
            is_blocked: false,
        }
    }

    pub(super) fn into_inner(self) -> S {
        self.inner
    }

    fn refuse(&mut self, refusal: ConnectionRefusal) {
        self.phase = Phase::End;
        self.exchanges.refuse(refusal);
    }

    /// Sets a time limit where another one was set before.
    fn limit(&mut self, limit: Limit, time: Duration) {
        if self.limit != limit {
            self.limit = limit;
            self.read_deadline.as_mut().reset(Instant::now() + time);
        }
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        self.limit != Limit::None && self.read_deadline.as_mut().poll(cx).is_ready()
    }

    /// Takes a whole head out of the buffer, if there is one.
    fn take_head(&mut self) {
        let Some(end) = end_of_head(&self.buffer, self.looked_at) else {
            self.looked_at = self.buffer.len();
            if self.buffer.len() > raw_head::LARGEST {
                self.refuse(BadHead::TooLarge.into());
            }
            return;
        };
        let rest = self.buffer.split_off(end);
        self.head = std::mem::replace(&mut self.buffer, rest);
        (self.looked_at, self.delivered, self.limit) = (0, 0, Limit::None);
        match RawHead::parse(&self.head) {
            Ok((head, follows)) => {
                self.head = head.with_plain_target();
                self.exchanges.push_head(head);
                self.phase = Phase::Deliver(follows);
            }
            Err(bad) => self.refuse(bad.into()),
        }
    }
}

impl<S: AsyncRead + Unpin> LimitedStream<S> {
    /// Reads more of a head into the buffer; `false` at the end of the connection.
    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut space = [0; BUFFER_SIZE];
        let mut read = ReadBuf::new(&mut space);
        match Pin::new(&mut self.inner).poll_read(cx, &mut read) {
            Poll::Ready(Ok(())) => {
                self.buffer.extend_from_slice(read.filled());
                Poll::Ready(Ok(!read.filled().is_empty()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                if self.buffer.is_empty() {
                    if self.exchanges.wake_when_answered(cx.waker()) {
                        // The time between two requests begins when the answer is out.
                        self.limit = Limit::None;
                        return Poll::Pending;
                    }
                    self.limit(Limit::Idle, IDLE);
                } else {
                    self.limit(Limit::Head, HEAD);
                }
                if self.is_over(cx) {
                    self.exchanges.give_up();
                    if !self.buffer.is_empty() {
                        self.refuse(ConnectionRefusal::slow_head());
                    }
                    return Poll::Ready(Ok(false));
                }
                Poll::Pending
            }
        }
    }

    /// Hands bytes of a body on, at most `most`; gives how many.
    fn poll_body(
        &mut self,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
        most: usize,
    ) -> Poll<io::Result<usize>> {
        if !self.buffer.is_empty() {
            let n = self.buffer.len().min(most).min(to.remaining());
            to.put_slice(&self.buffer[..n]);
            self.buffer.drain(..n);
            return Poll::Ready(Ok(n));
        }
        let mut space = [0; BUFFER_SIZE];
        let most = most.min(to.remaining()).min(BUFFER_SIZE);
        let mut read = ReadBuf::new(&mut space[..most]);
        match Pin::new(&mut self.inner).poll_read(cx, &mut read) {
            Poll::Ready(Ok(())) => {
                to.put_slice(read.filled());
                self.limit = Limit::None;
                Poll::Ready(Ok(read.filled().len()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                self.limit(Limit::Body, BODY);
                if self.is_over(cx) {
                    self.exchanges.give_up();
                    self.refuse(ConnectionRefusal::slow_body());
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
                Poll::Pending
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LimitedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            match this.phase {
                Phase::Head => {
                    this.take_head();
                    if this.phase == Phase::Head && !ready!(this.poll_head(cx))? {
                        this.phase = Phase::End;
                    }
                }
                Phase::Deliver(follows) => {
                    let rest = &this.head[this.delivered..];
                    let n = rest.len().min(to.remaining());
                    to.put_slice(&rest[..n]);
                    this.delivered += n;
                    if this.delivered == this.head.len() {
                        this.head = Vec::new();
                        this.phase = match follows {
                            Follows::Body(0) => Phase::Head,
                            Follows::Body(length) => Phase::Body(length),
                            Follows::Chunks => Phase::Chunks,
                        };
                    }
                    return Poll::Ready(Ok(()));
                }
                Phase::Body(left) => {
                    let most = usize::try_from(left).unwrap_or(usize::MAX);
                    let n = ready!(this.poll_body(cx, to, most))?;
                    let left = left - n as u64;
                    this.phase = match (n, left) {
                        (0, _) => Phase::End,
                        (_, 0) => Phase::Head,
                        _ => Phase::Body(left),
                    };
                    return Poll::Ready(Ok(()));
                }
                Phase::Chunks => return this.poll_body(cx, to, usize::MAX).map_ok(|_| ()),
                Phase::End => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> LimitedStream<S> {
    /// A write that waits for the client waits for a limited time.
    fn limited<T>(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            if self.is_blocked {
                self.is_blocked = false;
                self.exchanges.set_blocked(false);
            }
            return polled;
        }
        if !self.is_blocked {
            self.is_blocked = true;
            self.exchanges.set_blocked(true);
            self.write_deadline.as_mut().reset(Instant::now() + ANSWER);
        }
        ready!(self.write_deadline.as_mut().poll(cx));
        self.exchanges.give_up();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LimitedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.limited(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, parts);
        self.limited(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.inner).poll_flush(cx);
        self.limited(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.limited(cx, polled)
    }
}
