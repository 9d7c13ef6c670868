//! A guest's connection, with a record of the bytes that go over it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::capture::{Captures, Direction};
use crate::defences::facts::Scheme;

/// A connection whose bytes are recorded as long as it lasts.
pub(super) struct RecordedStream<S> {
    inner: S,
    captures: Arc<Captures>,
    id: u64,
}

impl<S> RecordedStream<S> {
    pub(super) fn new(inner: S, captures: Arc<Captures>, scheme: Scheme) -> Self {
        let id = captures.begin(scheme);
        Self {
            inner,
            captures,
            id,
        }
    }
}

impl<S> Drop for RecordedStream<S> {
    fn drop(&mut self) {
        self.captures.end(self.id);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for RecordedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = to.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, to);
        let new = &to.filled()[before..];
        if !new.is_empty() {
            self.captures.record(self.id, Direction::Up, new);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RecordedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, bytes);
        if let Poll::Ready(Ok(n)) = &polled {
            self.captures.record(self.id, Direction::Down, &bytes[..*n]);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
