//! What the café keeps: the last connections of each bench, the beginning of each direction, in memory
//! only.
//!
//! Anyone in a café could read all of it. The lab shows a bench its own connections only, and counts the
//! others. An unencrypted one belongs to the bench that its first request names. Of one over TLS nobody
//! on the way can tell: only the portal at its end can, and says so (`attribution.rs`).

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::mask::ForeignCookies;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::defences::facts::Scheme;

/// How many connections of a bench are kept.
pub const KEPT: usize = 40;

/// How many are kept of which no bench is known: those that have not asked for anything yet.
const KEPT_OF_NOBODY: usize = 200;

/// How many are kept in all. With their bytes they take 16 MB at most.
const KEPT_IN_ALL: usize = 1_000;

/// How much of each direction is kept, in bytes: a sign-in with its pages, or a TLS handshake.
pub const LARGEST: usize = 8 * 1024;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the portal.
    Up,
    /// From the portal.
    Down,
}

/// The beginning of one direction.
#[derive(Clone, Debug, Default)]
pub struct Bytes {
    /// As they went by.
    pub kept: Vec<u8>,
    /// How many there were in all.
    pub total: u64,
}

impl Bytes {
    fn push(&mut self, bytes: &[u8]) {
        let room = LARGEST - self.kept.len();
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.total += bytes.len() as u64;
    }
}

/// One connection that went through the café.
#[derive(Clone, Debug)]
pub struct CapturedConnection {
    /// Counts the connections.
    pub id: u64,
    /// Where it came from: no two connections that last have the same.
    from: SocketAddr,
    /// The bench that it belongs to, once that is known.
    bench: Option<BenchName>,
    /// The number of its last change.
    changed: u64,
    /// When it began, by the wall clock.
    pub at: BenchTime,
    /// Unencrypted or over TLS.
    pub scheme: Scheme,
    /// What the guest sent.
    pub up: Bytes,
    /// What the portal answered.
    pub down: Bytes,
    /// Whether it still lasts.
    pub open: bool,
    /// Cookies in it that are not the lab's.
    pub foreign: ForeignCookies,
}

impl CapturedConnection {
    /// The bench that its first request names; `None` while that line is not whole, and for anything
    /// that is no request.
    fn named(&self) -> Option<BenchName> {
        let end = self.up.kept.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(&self.up.kept[..end]).ok()?;
        let target = line.split(' ').nth(1)?;
        match target.strip_prefix("/b/") {
            Some(named) => named.split(['/', '?']).next()?.trim_end().parse().ok(),
            None => Some(BenchName::local()),
        }
    }
}

/// How many connections of other benches an eavesdropper has heard besides, of those that are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OthersHeard {
    /// Everything in them can be read.
    pub unencrypted: usize,
    /// Their time, ends, length and the host's name can be seen, and nothing of what was said.
    pub tls: usize,
}

#[derive(Debug, Default)]
struct CaptureList {
    /// Grows with every change.
    version: u64,
    last: u64,
    connections: VecDeque<CapturedConnection>,
}

/// The connections that went through the café lately.
#[derive(Debug)]
pub struct Captures {
    list: Mutex<CaptureList>,
    /// Whether several people share the lab. Where only one person uses it, a connection that names no
    /// bench is theirs.
    is_shared: bool,
}

impl Captures {
    /// An empty record, of a lab that a class shares or not.
    pub fn new(is_shared: bool) -> Self {
        Self {
            list: Mutex::default(),
            is_shared,
        }
    }

    /// A new connection; where there are too many, the oldest of that kind is forgotten.
    pub fn begin(&self, scheme: Scheme, from: SocketAddr) -> u64 {
        let mut list = self.list();
        list.version += 1;
        list.last += 1;
        let (id, changed) = (list.last, list.version);
        list.connections.push_back(CapturedConnection {
            id,
            from,
            bench: None,
            changed,
            at: BenchTime::now(Duration::ZERO),
            scheme,
            up: Bytes::default(),
            down: Bytes::default(),
            open: true,
            foreign: ForeignCookies::default(),
        });
        let kept = match self.is_shared {
            true => KEPT_OF_NOBODY,
            false => KEPT,
        };
        list.keep(None, kept);
        if list.connections.len() > KEPT_IN_ALL {
            list.connections.pop_front();
        }
        id
    }

    /// Bytes that went by. Those of a connection that is forgotten already are not kept.
    pub fn record(&self, id: u64, direction: Direction, bytes: &[u8]) {
        let mut list = self.list();
        let named = list.change(id, |connection| {
            match direction {
                Direction::Up => {
                    if connection.scheme == Scheme::Http {
                        connection.foreign.read_bytes(bytes);
                    }
                    connection.up.push(bytes);
                }
                Direction::Down => connection.down.push(bytes),
            }
            let is_readable = connection.scheme == Scheme::Http && connection.bench.is_none();
            is_readable.then(|| connection.named())?
        });
        if let Some(bench) = named {
            list.give(id, bench);
        }
    }

    /// The portal was asked for something of this bench, over the connection from there. The first bench
    /// counts.
    pub fn asked_for(&self, from: SocketAddr, bench: &BenchName) {
        let mut list = self.list();
        let mut newest = list.connections.iter().rev();
        let found = newest.find(|one| one.open && one.from == from);
        let nobodys = found.filter(|one| one.bench.is_none()).map(|one| one.id);
        if let Some(id) = nobodys {
            list.give(id, bench.clone());
        }
    }

    /// The connection is over.
    pub fn end(&self, id: u64) {
        self.list().change(id, |connection| {
            connection.open = false;
            None
        });
    }

    /// The number of the last change to what [`Captures::of`] shows.
    pub fn version(&self, bench: &BenchName) -> u64 {
        let list = self.list();
        let own = list
            .connections
            .iter()
            .filter(|one| self.concerns(one, bench));
        own.map(|one| one.changed).max().unwrap_or_default()
    }

    /// The connections of a bench, newest first.
    pub fn of(&self, bench: &BenchName) -> Vec<CapturedConnection> {
        let list = self.list();
        let newest = list.connections.iter().rev();
        let own = newest.filter(|one| self.concerns(one, bench));
        own.take(KEPT).cloned().collect()
    }

    /// What else was heard, of which a bench is shown nothing.
    pub fn others(&self, bench: &BenchName) -> OthersHeard {
        let list = self.list();
        let mut heard = OthersHeard::default();
        for one in &list.connections {
            match one.scheme {
                _ if self.concerns(one, bench) => {}
                Scheme::Http => heard.unencrypted += 1,
                Scheme::Https => heard.tls += 1,
            }
        }
        heard
    }

    /// Forgets what [`Captures::of`] shows.
    pub fn forget(&self, bench: &BenchName) {
        let mut list = self.list();
        list.connections.retain(|one| !self.concerns(one, bench));
    }

    fn concerns(&self, connection: &CapturedConnection, bench: &BenchName) -> bool {
        match &connection.bench {
            Some(named) => named == bench,
            None => !self.is_shared,
        }
    }

    fn list(&self) -> MutexGuard<'_, CaptureList> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CaptureList {
    fn change(
        &mut self,
        id: u64,
        change: impl FnOnce(&mut CapturedConnection) -> Option<BenchName>,
    ) -> Option<BenchName> {
        self.version += 1;
        let found = self.connections.iter_mut().find(|one| one.id == id)?;
        found.changed = self.version;
        change(found)
    }

    /// The connection belongs to this bench from now on.
    fn give(&mut self, id: u64, bench: BenchName) {
        self.change(id, |connection| {
            connection.bench = Some(bench.clone());
            None
        });
        self.keep(Some(&bench), KEPT);
    }

    /// Forgets the oldest of a bench's connections, or of those that are nobody's, beyond so many.
    fn keep(&mut self, bench: Option<&BenchName>, kept: usize) {
        let is_one = |one: &CapturedConnection| one.bench.as_ref() == bench;
        let all = self.connections.iter().filter(|one| is_one(one)).count();
        for _ in kept..all {
            if let Some(oldest) = self.connections.iter().position(is_one) {
                self.connections.remove(oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests;
