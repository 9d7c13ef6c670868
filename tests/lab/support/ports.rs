//! Ports that belong to one test for as long as it holds them.
//!
//! A port that was free a moment ago may be taken by the next test. So a port is reserved, on an
//! address of this computer that no server of a test uses, and it stays reserved until the test ends.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

/// Below the ports that the system gives to whoever asks for any (from 32768 on Linux, from 49152
/// elsewhere), so that no connection takes one by chance.
const FIRST: u16 = 18_000;
const LAST: u16 = 31_999;

/// Every test process listens here on the ports that it has reserved. On Linux all of 127.0.0.0/8 is
/// this computer; elsewhere only the tests of one process know of each other.
const RESERVED_AT: Option<Ipv4Addr> = if cfg!(target_os = "linux") {
    Some(Ipv4Addr::new(127, 0, 0, 77))
} else {
    None
};

/// The ports that tests of this process hold.
static HELD: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A port on which nobody listens until the test itself does.
#[derive(Debug)]
pub struct ReservedPort {
    port: u16,
    _listener: Option<TcpListener>,
}

impl ReservedPort {
    /// A port that is free on every address of this computer.
    pub fn new() -> Self {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        // Another process begins elsewhere, so that the two seldom try the same port.
        let count = u32::from(LAST - FIRST) + 1;
        let start = std::process::id().wrapping_mul(97) % count;
        for step in 0..count {
            let port = FIRST + u16::try_from((start + step) % count).expect("below LAST");
            if held.contains(&port) || TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_err() {
                continue;
            }
            let listener = RESERVED_AT.map(|address| TcpListener::bind((address, port)));
            let Ok(listener) = listener.transpose() else {
                continue;
            };
            held.insert(port);
            return Self {
                port,
                _listener: listener,
            };
        }
        panic!("every port from {FIRST} to {LAST} is in use");
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.port
    }
}

impl Drop for ReservedPort {
    fn drop(&mut self) {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        held.remove(&self.port);
    }
}

#[test]
fn no_two_reserved_ports_are_the_same_and_nobody_listens_there() {
    let ports: Vec<_> = (0..200).map(|_| ReservedPort::new()).collect();
    let numbers: BTreeSet<_> = ports.iter().map(ReservedPort::number).collect();
    assert_eq!(numbers.len(), ports.len());
    for port in numbers {
        let connected = std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port));
        assert!(connected.is_err(), "{port}");
    }
}
