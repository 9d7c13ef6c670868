//! Records the bytes that go over a guest's connection, for as long as it lasts.

use std::net::SocketAddr;
use std::sync::Arc;

use super::capture::{Captures, Direction};
use crate::base::tapped_stream::Tap;
use crate::defences::facts::Scheme;

/// One connection in the record.
pub(super) struct Recorder {
    captures: Arc<Captures>,
    id: u64,
}

impl Recorder {
    pub(super) fn new(captures: Arc<Captures>, scheme: Scheme, from: SocketAddr) -> Self {
        let id = captures.begin(scheme, from);
        Self { captures, id }
    }
}

impl Tap for Recorder {
    fn read(&mut self, bytes: &[u8]) {
        self.captures.record(self.id, Direction::Up, bytes);
    }

    fn written(&mut self, bytes: &[u8]) {
        self.captures.record(self.id, Direction::Down, bytes);
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.captures.end(self.id);
    }
}
