//! How it is between one bench and its desk at present. It is in memory only: what must not be lost is in
//! the [`MembershipRecord`](super::record::MembershipRecord).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::desk_link::LinkError;
use crate::base::clock::BenchTime;
use crate::storage::{EventId, StorageError};

/// How the desk of one bench answered last.
#[derive(Debug, Default)]
pub struct LiveMember(Mutex<LiveState>);

#[derive(Clone, Debug, Default)]
pub(super) struct LiveState {
    /// Since when nothing is reported, and why.
    pub trouble: Option<(BenchTime, MemberTrouble)>,
    /// How many times in a row.
    pub failures: u32,
    /// When it is asked again.
    pub next: Option<Instant>,
    /// Whether the bench is in no class, so that the store need not be asked again and again.
    pub idle: bool,
    /// Whether the bench is one of those that a start finds by itself.
    pub listed: bool,
    /// When the sheets were last looked at, and the newest event then.
    pub looked: Option<(Instant, EventId)>,
}

impl LiveMember {
    pub(super) fn lock(&self) -> MutexGuard<'_, LiveState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What keeps a lab from reporting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemberTrouble {
    /// The desk, or the way to it.
    #[error(transparent)]
    Desk(#[from] LinkError),
    /// The lab's own store has no room.
    #[error("Make room on the disk that holds the lab's data folder.")]
    StoreIsFull,
    /// The lab's own store fails.
    #[error("The lab's log in the terminal names the cause.")]
    StoreFails,
}

impl From<&StorageError> for MemberTrouble {
    fn from(error: &StorageError) -> Self {
        match error {
            StorageError::Full(_) => Self::StoreIsFull,
            _ => Self::StoreFails,
        }
    }
}
