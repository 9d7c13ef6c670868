//! How many connections there are, and which one makes room when there are too many.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Notify, watch};

use crate::base::shutdown::wait_for_shutdown;

/// File descriptors that connections leave to the store, the log and the browsers that attacks start.
const RESERVED: u64 = 200;
/// The most connections, whatever the limit on open files.
const MOST: u64 = 4_096;
/// The fewest that are served, whatever the limit on open files.
const FEWEST: u64 = 32;

/// The open connections of all listeners together.
///
/// Nobody is refused by their address, because everyone on one computer shares one, and so does a class
/// behind one router. Beyond the bound the connection that has waited longest is closed, among those
/// of the address that has the most.
#[derive(Debug)]
pub struct Connections {
    most: usize,
    table: Mutex<ConnectionTable>,
}

#[derive(Debug, Default)]
struct ConnectionTable {
    last: u64,
    open: HashMap<u64, Open>,
}

#[derive(Debug)]
struct Open {
    peer: IpAddr,
    /// Since when it waits for its client; `None` while the server is at work for it.
    waiting: Option<Instant>,
    close: Arc<Notify>,
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
            table: Mutex::default(),
        })
    }

    /// Enters a new connection, and closes another one where there are too many. Where the server is at
    /// work for all of them, there is one more for a moment.
    pub fn enter(self: &Arc<Self>, peer: IpAddr) -> Ticket {
        let mut table = self.lock();
        while table.open.len() >= self.most && table.make_room() {}
        table.last += 1;
        let id = table.last;
        let close = Arc::new(Notify::new());
        table.open.insert(
            id,
            Open {
                peer,
                waiting: Some(Instant::now()),
                close: close.clone(),
            },
        );
        Ticket {
            connections: self.clone(),
            id,
            close,
        }
    }

    /// Closes a connection that waits, because the system has no descriptor left.
    pub(super) fn make_room(&self) {
        self.lock().make_room();
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionTable {
    /// Closes a connection that waits for its client; `false` where there is none.
    fn make_room(&mut self) -> bool {
        let mut by_peer: HashMap<IpAddr, usize> = HashMap::new();
        for one in self.open.values() {
            *by_peer.entry(one.peer).or_default() += 1;
        }
        let waiting = self.open.iter().filter_map(|(id, one)| {
            let since = one.waiting?;
            Some((by_peer[&one.peer], std::cmp::Reverse(since), *id))
        });
        let longest = waiting.max().map(|(_, _, id)| id);
        let Some(closed) = longest.and_then(|id| self.open.remove(&id)) else {
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
    pub(super) fn set_waiting(&self, waiting: bool) {
        if let Some(one) = self.connections.lock().open.get_mut(&self.id) {
            one.waiting = waiting.then(Instant::now);
        }
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
        self.connections.lock().open.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn table_of(most: usize) -> Arc<Connections> {
        Arc::new(Connections {
            most,
            table: Mutex::default(),
        })
    }

    fn is_closed(connections: &Connections, ticket: &Ticket) -> bool {
        !connections.lock().open.contains_key(&ticket.id)
    }

    #[test]
    fn the_longest_wait_of_the_busiest_address_makes_room() {
        let connections = table_of(4);
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
        assert!(connections.lock().open.is_empty());
    }

    #[test]
    fn a_connection_that_is_being_answered_is_never_closed() {
        let connections = table_of(1);
        let peer = IpAddr::from(Ipv4Addr::LOCALHOST);
        let answered = connections.enter(peer);
        answered.set_waiting(false);
        let beside = connections.enter(peer);
        assert!(!is_closed(&connections, &answered) && !is_closed(&connections, &beside));
    }

    #[test]
    fn descriptors_are_left_for_the_store() {
        assert_eq!(Connections::within(256).most, 56);
        assert_eq!(Connections::within(64).most, 32);
        assert_eq!(Connections::within(u64::MAX).most, 4_096);
    }
}
