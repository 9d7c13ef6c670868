//! What a connection's stream and the answers on it know of each other: which requests have come, and
//! whose turn it is, the server's or the client's.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use super::connections::Ticket;
use super::raw_head::RawHead;
use super::refusal::ConnectionRefusal;

/// The requests and answers of one connection.
#[derive(Debug)]
pub(super) struct Exchanges {
    ticket: Ticket,
    state: Mutex<ExchangeState>,
}

#[derive(Debug, Default)]
struct ExchangeState {
    /// Heads that hyper has been given and that no answer has been asked for yet.
    heads: VecDeque<RawHead>,
    /// Whether a body is being read.
    is_receiving: bool,
    /// How many requests are being answered.
    answering: usize,
    /// Whether an answer waits until the client takes more of it.
    is_blocked: bool,
    /// Whether the client let a time limit pass.
    is_given_up: bool,
    /// What to send, in place of an answer, before the connection is closed.
    refusal: Option<ConnectionRefusal>,
    /// Who waits for the last answer to be out.
    reader: Option<Waker>,
}

impl ExchangeState {
    /// Whether it is the client's turn: the server has nothing to do for this connection.
    const fn waits_for_client(&self) -> bool {
        self.answering == 0 || self.is_blocked
    }
}

impl Exchanges {
    pub(super) fn new(ticket: Ticket) -> Arc<Self> {
        Arc::new(Self {
            ticket,
            state: Mutex::default(),
        })
    }

    /// A head is whole.
    pub(super) fn push_head(&self, head: RawHead) {
        self.lock().heads.push_back(head);
    }

    /// The head of the request that hyper asks to be answered.
    pub(super) fn next_head(&self) -> Option<RawHead> {
        let mut state = self.lock();
        state.is_receiving = true;
        state.heads.pop_front()
    }

    /// The connection ends with this in place of an answer.
    pub(super) fn refuse(&self, refusal: ConnectionRefusal) {
        self.lock().refusal = Some(refusal);
    }

    /// The client has let a time limit pass, and nothing is said about it.
    pub(super) fn give_up(&self) {
        self.lock().is_given_up = true;
    }

    /// Whether the client let a time limit pass.
    pub(super) fn is_given_up(&self) -> bool {
        self.lock().is_given_up
    }

    /// Why the connection ends without an answer.
    pub(super) fn take_refusal(&self) -> Option<ConnectionRefusal> {
        self.lock().refusal.take()
    }

    pub(super) fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// A request has come as a whole. It is being answered until the returned value is dropped.
    pub(super) fn begin_answer(self: &Arc<Self>) -> Answering {
        self.change(|state| {
            state.is_receiving = false;
            state.answering += 1;
        });
        Answering(self.clone())
    }

    /// Notes that an answer waits for the client, or that it goes on.
    pub(super) fn set_blocked(&self, is_blocked: bool) {
        self.change(|state| state.is_blocked = is_blocked);
    }

    /// Whether no request has come, not even a head that is whole.
    pub(super) fn is_idle(&self) -> bool {
        let state = self.lock();
        state.answering == 0 && !state.is_receiving && state.heads.is_empty()
    }

    /// Whether a request is being answered.
    pub(super) fn is_answering(&self) -> bool {
        self.lock().answering > 0
    }

    /// Whether a request is being answered; then `waker` is woken when the answer is out.
    pub(super) fn wake_when_answered(&self, waker: &Waker) -> bool {
        let mut state = self.lock();
        if state.answering > 0 {
            state.reader = Some(waker.clone());
        }
        state.answering > 0
    }

    /// Changes the state, and tells the table of connections whose turn it is.
    fn change(&self, change: impl FnOnce(&mut ExchangeState)) {
        let mut state = self.lock();
        let before = state.waits_for_client();
        change(&mut state);
        if state.waits_for_client() != before {
            self.ticket.set_waiting(!before);
        }
    }

    fn lock(&self) -> MutexGuard<'_, ExchangeState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer that is not out yet.
#[derive(Debug)]
pub(super) struct Answering(Arc<Exchanges>);

impl Drop for Answering {
    fn drop(&mut self) {
        let mut reader = None;
        self.0.change(|state| {
            state.answering -= 1;
            if state.answering == 0 {
                reader = state.reader.take();
            }
        });
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::super::connections::Connections;
    use super::*;

    /// A connection that waits for its client makes room for another one, in whichever way it waits.
    #[test]
    fn it_is_the_clients_turn_until_a_request_is_whole_and_while_its_answer_is_not_taken() {
        let connections = Connections::within(0);
        let peer = IpAddr::from(Ipv4Addr::LOCALHOST);
        let exchanges = Exchanges::new(connections.enter(peer));
        let is_waiting = || exchanges.ticket().is_waiting();
        let (head, _) = RawHead::parse(b"POST / HTTP/1.1\r\n\r\n").expect("a head");
        assert!(is_waiting() && exchanges.is_idle());
        exchanges.push_head(head);
        assert!(is_waiting() && !exchanges.is_idle());
        assert!(exchanges.next_head().is_some());
        assert!(
            is_waiting() && !exchanges.is_idle(),
            "the body is not whole"
        );
        let answering = exchanges.begin_answer();
        assert!(!is_waiting());
        exchanges.set_blocked(true);
        assert!(is_waiting() && exchanges.is_answering());
        exchanges.set_blocked(false);
        assert!(!is_waiting());
        drop(answering);
        assert!(is_waiting() && exchanges.is_idle());
    }
}
