//! For tests: the process dies, or the disk refuses, at a chosen change of the disk.
//!
//! A fault is set for the thread that sets it, so that tests do not meet. The changes are those of
//! `disk.rs`, counted from 0.

use std::cell::Cell;
use std::io::{self, ErrorKind};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process dies: neither this change nor any later one happens. A write is torn.
    Death(usize),
    /// The disk refuses this change, and takes all others. A write is torn.
    Once(usize),
    /// The disk is full from this change on: no folder is made and no byte written, while files can
    /// still be renamed and removed.
    Full(usize),
}

thread_local! {
    static FAULT: Cell<Option<Fault>> = const { Cell::new(None) };
    static CHANGES: Cell<usize> = const { Cell::new(0) };
}

/// Does some work with a fault set. Says what came of it, and whether the fault was met.
pub fn with<T>(fault: Fault, work: impl FnOnce() -> T) -> (T, bool) {
    FAULT.set(Some(fault));
    CHANGES.set(0);
    let done = work();
    FAULT.set(None);
    let (Fault::Death(at) | Fault::Once(at) | Fault::Full(at)) = fault;
    (done, CHANGES.get() > at)
}

/// Asked before a change that needs no room.
pub fn before_change() -> io::Result<()> {
    ask(false)
}

/// Asked before a change that needs room.
pub fn before_write() -> io::Result<()> {
    ask(true)
}

/// How much of a write that is refused is written all the same.
pub fn torn(length: usize) -> usize {
    let at_this_one = match FAULT.get() {
        Some(Fault::Death(at) | Fault::Once(at)) => CHANGES.get() == at + 1,
        Some(Fault::Full(_)) => true,
        None => false,
    };
    if at_this_one { length / 2 } else { 0 }
}

fn ask(needs_room: bool) -> io::Result<()> {
    let Some(fault) = FAULT.get() else {
        return Ok(());
    };
    let change = CHANGES.get();
    CHANGES.set(change + 1);
    let refused = match fault {
        Fault::Death(at) => change >= at,
        Fault::Once(at) => change == at,
        Fault::Full(at) => change >= at && needs_room,
    };
    if refused {
        return Err(io::Error::new(ErrorKind::StorageFull, "set by a test"));
    }
    Ok(())
}
