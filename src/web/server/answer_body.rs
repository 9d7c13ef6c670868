//! An answer's body on its way to hyper.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::mpsc;

use super::exchanges::Answering;

/// How many pieces of a body wait for the client. Rocket makes the next one when there is room.
pub(super) const PIECES: usize = 2;

/// A body that is there as a whole, or that comes in pieces.
pub(super) struct AnswerBody {
    content: Content,
    /// The request counts as being answered until hyper has taken the last byte.
    _answering: Answering,
}

enum Content {
    Whole(Option<Bytes>),
    Pieces(mpsc::Receiver<Bytes>),
}

impl AnswerBody {
    pub(super) fn whole(bytes: Bytes, answering: Answering) -> Self {
        Self {
            content: Content::Whole((!bytes.is_empty()).then_some(bytes)),
            _answering: answering,
        }
    }

    pub(super) fn pieces(receiver: mpsc::Receiver<Bytes>, answering: Answering) -> Self {
        Self {
            content: Content::Pieces(receiver),
            _answering: answering,
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut self.content {
            Content::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Content::Pieces(receiver) => {
                let polled = receiver.poll_recv(cx);
                polled.map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.content, Content::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Content::Pieces(_) => SizeHint::default(),
        }
    }
}
