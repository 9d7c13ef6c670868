//! What the café keeps: the last connections, the beginning of each direction, in memory only.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::mask::ForeignCookies;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::defences::facts::Scheme;

/// How many connections are kept.
pub const KEPT: usize = 40;

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
    /// The bench that its first request names; `None` where that cannot be read, as in TLS.
    pub fn bench(&self) -> Option<BenchName> {
        if self.scheme == Scheme::Https {
            return None;
        }
        let line = self.up.kept.split(|byte| *byte == b'\n').next()?;
        let target = std::str::from_utf8(line).ok()?.split(' ').nth(1)?;
        match target.strip_prefix("/b/") {
            Some(named) => named.split(['/', '?']).next()?.parse().ok(),
            None => Some(BenchName::local()),
        }
    }

    fn concerns(&self, bench: &BenchName) -> bool {
        self.bench().is_none_or(|named| named == *bench)
    }
}

#[derive(Debug, Default)]
struct CaptureList {
    /// Grows with every change.
    version: u64,
    last: u64,
    connections: VecDeque<CapturedConnection>,
}

/// The connections that went through the café lately.
#[derive(Debug, Default)]
pub struct Captures(Mutex<CaptureList>);

impl Captures {
    /// A new connection; the oldest is forgotten.
    pub fn begin(&self, scheme: Scheme) -> u64 {
        let mut list = self.list();
        list.version += 1;
        list.last += 1;
        let id = list.last;
        if list.connections.len() >= KEPT {
            list.connections.pop_front();
        }
        list.connections.push_back(CapturedConnection {
            id,
            at: BenchTime::now(Duration::ZERO),
            scheme,
            up: Bytes::default(),
            down: Bytes::default(),
            open: true,
            foreign: ForeignCookies::default(),
        });
        id
    }

    /// Bytes that went by. Those of a connection that is forgotten already are not kept.
    pub fn record(&self, id: u64, direction: Direction, bytes: &[u8]) {
        self.change(id, |connection| match direction {
            Direction::Up => {
                if connection.scheme == Scheme::Http {
                    connection.foreign.read_bytes(bytes);
                }
                connection.up.push(bytes);
            }
            Direction::Down => connection.down.push(bytes),
        });
    }

    /// The connection is over.
    pub fn end(&self, id: u64) {
        self.change(id, |connection| connection.open = false);
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut CapturedConnection)) {
        let mut list = self.list();
        list.version += 1;
        if let Some(found) = list.connections.iter_mut().find(|one| one.id == id) {
            change(found);
        }
    }

    /// The number of the last change.
    pub fn version(&self) -> u64 {
        self.list().version
    }

    /// The connections of a bench, newest first, and those whose bench cannot be read.
    pub fn of(&self, bench: &BenchName) -> Vec<CapturedConnection> {
        let list = self.list();
        let newest = list.connections.iter().rev();
        newest.filter(|one| one.concerns(bench)).cloned().collect()
    }

    /// Forgets what [`Captures::of`] shows.
    pub fn forget(&self, bench: &BenchName) {
        let mut list = self.list();
        list.version += 1;
        list.connections.retain(|one| !one.concerns(bench));
    }

    fn list(&self) -> MutexGuard<'_, CaptureList> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_forty_connections_are_kept_and_eight_kilobytes_each_way() {
        let captures = Captures::default();
        for _ in 0..=KEPT {
            let id = captures.begin(Scheme::Https);
            captures.record(id, Direction::Up, &[b'x'; LARGEST - 1]);
            captures.record(id, Direction::Up, b"yyy");
            captures.record(id, Direction::Down, &[b'z'; LARGEST + 1]);
        }
        let kept = captures.of(&BenchName::local());
        assert_eq!((kept.len(), kept[0].id), (KEPT, KEPT as u64 + 1));
        assert_eq!(kept[KEPT - 1].id, 2, "the oldest is gone");
        for one in kept {
            assert_eq!((one.up.kept.len(), one.down.kept.len()), (LARGEST, LARGEST));
            assert_eq!(one.up.kept.last(), Some(&b'y'));
            assert_eq!(
                (one.up.total, one.down.total),
                (LARGEST as u64 + 2, LARGEST as u64 + 1)
            );
        }
        captures.record(1, Direction::Up, b"of a connection that is forgotten");
    }

    #[test]
    fn a_connection_in_clear_belongs_to_the_bench_in_its_first_line() {
        let captures = Captures::default();
        for target in ["/insecure/", "/b/team-7/insecure/?x", "*"] {
            let id = captures.begin(Scheme::Http);
            let line = format!("GET {target} HTTP/1.1\r\n");
            captures.record(id, Direction::Up, line.as_bytes());
        }
        let team: BenchName = "team-7".parse().expect("a good name");
        let ids = |bench: &BenchName| -> Vec<u64> {
            let shown = captures.of(bench);
            shown.iter().map(|one| one.id).collect()
        };
        assert_eq!(ids(&BenchName::local()), [3, 1]);
        assert_eq!(ids(&team), [2]);
        captures.forget(&team);
        assert_eq!((ids(&team).len(), ids(&BenchName::local()).len()), (0, 2));
    }
}
