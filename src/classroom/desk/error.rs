//! Why the desk cannot do what was asked of it, apart from what the asker did wrong.

use super::format::FormatError;
use crate::storage::StorageError;

/// Why the desk cannot do something.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The store fails.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A record cannot be read or written.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The store has another version of a record than this desk wrote.
    #[error("another desk uses the same store and changed this class; stop one of the two")]
    AnotherDesk,
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    NoRandomness(#[from] getrandom::Error),
    /// A name of a record cannot be, which the desk made itself.
    #[error("the desk made a mistake: a record has a name that no store takes")]
    BadKey,
}

impl DeskError {
    /// Whether the store has no room.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Storage(StorageError::Full(_)))
    }
}
