//! A connection whose bytes somebody else sees as they pass.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What receives the bytes of a [`TappedStream`].
pub trait Tap {
    /// Bytes that were read.
    fn read(&mut self, bytes: &[u8]);
    /// Bytes that were written.
    fn written(&mut self, bytes: &[u8]);
}

/// A connection, and who sees its bytes.
#[derive(Debug)]
pub struct TappedStream<S, T> {
    stream: S,
    tap: T,
}

impl<S, T> TappedStream<S, T> {
    /// Lets `tap` see what passes from now on.
    pub fn new(stream: S, tap: T) -> Self {
        Self { stream, tap }
    }

    /// The connection.
    pub fn get_ref(&self) -> &S {
        &self.stream
    }
}

impl<S: AsyncRead + Unpin, T: Tap + Unpin> AsyncRead for TappedStream<S, T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = to.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, to);
        let new = &to.filled()[before..];
        if !new.is_empty() {
            self.tap.read(new);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin, T: Tap + Unpin> AsyncWrite for TappedStream<S, T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(n)) = &polled {
            self.tap.written(&bytes[..*n]);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
