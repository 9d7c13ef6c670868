//! Why the store did not do what was asked of it.
//!
//! Each cause needs another answer: a store that is away is looked at by its teacher, a conflict is
//! tried again by its student, and a damaged record is neither. `web::problem` holds those answers.
//! Nobody is signed in on any of them (CWE-636).

use tokio::task::JoinError;

/// Why the store did not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// It does not answer in time, or refuses to read or write.
    #[error("the session store is not available: {0}")]
    Unreachable(String),
    /// It has no room. What it holds is whole, and can be read.
    #[error("the session store is full: {0}")]
    Full(String),
    /// At every try another request changed the same records first. The store works.
    #[error("{0} changed at every try")]
    Contended(&'static str),
    /// It holds something that cannot be read, which must not be replaced without a word.
    #[error("a stored record cannot be read: {0}")]
    Corrupt(String),
    /// The operating system gives no random bytes. An id made from anything else could be guessed.
    #[error("the operating system gives no random bytes: {0}")]
    NoRandomness(#[from] getrandom::Error),
    /// The lab is stopping, and takes on no more work.
    #[error("the lab is stopping")]
    Stopping,
    /// The lab itself made a mistake.
    #[error("the lab made a mistake: {0}")]
    Defect(String),
}

impl StorageError {
    /// Why work on another thread did not end: it panicked, or the program is stopping.
    pub fn of_thread(error: &JoinError) -> Self {
        if error.is_cancelled() {
            Self::Stopping
        } else {
            Self::Defect(error.to_string())
        }
    }
}
