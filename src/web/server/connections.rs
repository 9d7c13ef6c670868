//! How many connections there are, and which one makes room when there are too many.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use crate::base::shutdown::wait_for_shutdown;

/// File descriptors that connections leave to the store, the log and the browsers that attacks start.
const RESERVED: u64 = 200;
/// The most connections, whatever the limit on open files.
const MOST: u64 = 4_096;
/// The fewest that are served, whatever the limit on open files.
const FEWEST: u64 = 32;
/// How many more there may be for a moment, so that one that has only just come is spared.
const SLACK: usize = 50;
/// How long a connection has only just come: its request may be on the way.
const JUST_COME: Duration = Duration::from_millis(250);

/// The open connections of all listeners together.
///
/// Nobody is refused by their address, because everyone on one computer shares one, and so does a class
/// behind one router. Beyond the bound the connection that has waited longest is closed, among those
/// of the address that has the most.
#[derive(Debug)]
pub struct Connections {
    most: usize,
    slack: usize,
    table: Mutex<ConnectionTable>,
}

/// Kept so that no step looks at every connection: a flood makes room with each new one.
#[derive(Debug, Default)]
struct ConnectionTable {
    last: u64,
    open: HashMap<u64, Open>,
    peers: HashMap<IpAddr, Peer>,
}

#[derive(Debug)]
struct Open {
    peer: IpAddr,
    /// Since when it waits for its client; `None` while the server is at work for it.
    waiting: Option<Instant>,
    close: Arc<Notify>,
}

/// The connections of one address.
#[derive(Debug, Default)]
struct Peer {
    open: usize,
    /// Those that wait, the longest wait first.
    waiting: BTreeSet<(Instant, u64)>,
}

/// A connection's entry in the table, for as long as it lasts.
#[derive(Debug)]
pub struct Ticket {
    connections: Arc<Connections>,
    /// Counts the connections of this process.
    pub id: u64,
    close: Arc<Notify>,
}

impl Connections {
    /// A table for a process that may open this many files.
    pub fn within(open_files: u64) -> Arc<Self> {
        let most = open_files.saturating_sub(RESERVED).clamp(FEWEST, MOST);
        Arc::new(Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            slack: SLACK,
            table: Mutex::default(),
        })
    }

    /// Enters a new connection, and closes another one where there are too many. Where the server is at
    /// work for all of them, there is one more for a moment.
    pub fn enter(self: &Arc<Self>, peer: IpAddr) -> Ticket {
        let mut table = self.lock();
        while table.open.len() >= self.most {
            let is_full = table.open.len() >= self.most + self.slack;
            let waited = if is_full { Duration::ZERO } else { JUST_COME };
            if !table.make_room(waited) {
                break;
            }
        }
        table.last += 1;
        let id = table.last;
        let close = Arc::new(Notify::new());
        table.insert(id, peer, close.clone());
        Ticket {
            connections: self.clone(),
            id,
            close,
        }
    }

    /// Closes a connection that waits, because the system has no descriptor left.
    pub(super) fn make_room(&self) {
        self.lock().make_room(Duration::ZERO);
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionTable {
    fn insert(&mut self, id: u64, peer: IpAddr, close: Arc<Notify>) {
        let open = Open {
            peer,
            waiting: None,
            close,
        };
        self.open.insert(id, open);
        self.peers.entry(peer).or_default().open += 1;
        self.set_waiting(id, true);
    }

    fn remove(&mut self, id: u64) -> Option<Open> {
        self.set_waiting(id, false);
        let removed = self.open.remove(&id)?;
        if let Some(peer) = self.peers.get_mut(&removed.peer) {
            peer.open -= 1;
            if peer.open == 0 {
                self.peers.remove(&removed.peer);
            }
        }
        Some(removed)
    }

    fn set_waiting(&mut self, id: u64, waiting: bool) {
        let Some(one) = self.open.get_mut(&id) else {
            return;
        };
        let peer = self.peers.entry(one.peer).or_default();
        if let Some(since) = one.waiting.take() {
            peer.waiting.remove(&(since, id));
        }
        if waiting {
            let now = Instant::now();
            one.waiting = Some(now);
            peer.waiting.insert((now, id));
        }
    }

    /// Closes a connection that has waited at least so long for its client; `false` where there is none.
    fn make_room(&mut self, waited: Duration) -> bool {
        let longest = self.peers.values().filter_map(|peer| {
            let (since, id) = *peer.waiting.first()?;
            (since.elapsed() >= waited).then_some((peer.open, Reverse(since), id))
        });
        let id = longest.max().map(|(_, _, id)| id);
        let Some(closed) = id.and_then(|id| self.remove(id)) else {
            return false;
        };
        closed.close.notify_one();
        true
    }
}

impl Ticket {
    /// Ends when the connection is to make room for another.
    pub async fn closed(&self) {
        self.close.notified().await;
    }

    /// Ends when nothing more is to be waited for: the connection is to make room, or the lab stops.
    pub async fn given_up(&self, stopped: &watch::Receiver<bool>) {
        let mut stopped = stopped.clone();
        tokio::select! {
            () = self.closed() => {}
            () = wait_for_shutdown(&mut stopped) => {}
        }
    }

    /// Notes that the connection waits for its client, or that the server is at work for it.
    pub fn set_waiting(&self, waiting: bool) {
        self.connections.lock().set_waiting(self.id, waiting);
    }
}

#[cfg(test)]
impl Ticket {
    /// Whether the connection would make room for another one.
    pub(super) fn is_waiting(&self) -> bool {
        let table = self.connections.lock();
        table
            .open
            .get(&self.id)
            .is_some_and(|one| one.waiting.is_some())
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.connections.lock().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn table_of(most: usize, slack: usize) -> Arc<Connections> {
        Arc::new(Connections {
            most,
            slack,
            table: Mutex::default(),
        })
    }

    fn is_closed(connections: &Connections, ticket: &Ticket) -> bool {
        !connections.lock().open.contains_key(&ticket.id)
    }

    #[test]
    fn the_longest_wait_of_the_busiest_address_makes_room() {
        let connections = table_of(4, 0);
        let [quiet, busy] = [1, 2].map(|last| IpAddr::from(Ipv4Addr::new(127, 0, 0, last)));
        let oldest = connections.enter(quiet);
        let answered = connections.enter(busy);
        answered.set_waiting(false);
        let (first, second) = (connections.enter(busy), connections.enter(busy));
        let new = connections.enter(quiet);
        assert!(is_closed(&connections, &first));
        for kept in [&oldest, &answered, &second, &new] {
            assert!(!is_closed(&connections, kept));
        }
        drop((oldest, answered, first, second, new));
        let table = connections.lock();
        assert!(table.open.is_empty() && table.peers.is_empty());
    }

    #[test]
    fn a_connection_that_is_being_answered_is_never_closed() {
        let connections = table_of(1, 0);
        let peer = IpAddr::from(Ipv4Addr::LOCALHOST);
        let answered = connections.enter(peer);
        answered.set_waiting(false);
        let beside = connections.enter(peer);
        assert!(!is_closed(&connections, &answered) && !is_closed(&connections, &beside));
    }

    #[test]
    fn a_connection_that_has_only_just_come_is_spared_while_there_is_slack() {
        let connections = table_of(1, 1);
        let peer = IpAddr::from(Ipv4Addr::LOCALHOST);
        let first = connections.enter(peer);
        let second = connections.enter(peer);
        assert!(!is_closed(&connections, &first) && !is_closed(&connections, &second));
        let third = connections.enter(peer);
        assert!(is_closed(&connections, &first) && !is_closed(&connections, &third));
    }

    #[test]
    fn descriptors_are_left_for_the_store() {
        assert_eq!(Connections::within(256).most, 56);
        assert_eq!(Connections::within(64).most, 32);
        assert_eq!(Connections::within(u64::MAX).most, 4_096);
    }
}
