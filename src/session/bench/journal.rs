//! The journal of a bench: reading its newest events, and writing one.
//!
//! The journal is how the lab knows what really happened: worksheets check their steps by it, and
//! a page shows it as evidence. So it must not contain what did not happen. A verb puts its events
//! into the commit that makes the change; [`Bench::note`] is for events without a change.
//!
//! Events name sessions by fingerprint. A journal with ids would be a list of keys for anyone who
//! reads it (ASVS 16.2.5).

use super::Bench;
use crate::base::event::Event;
use crate::storage::{Batch, EventId, StorageError};

impl Bench {
    /// The newest events of the journal, at most `limit`, oldest first. The limit bounds the work
    /// of a page: a script that fails to sign in a thousand times must not make the page slow.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn recent_events(&self, limit: usize) -> Result<Vec<Event>, StorageError> {
        self.events_since(EventId(0), limit).await
    }

    /// The newest events after this one, at most `limit`, oldest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn events_since(
        &self,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<Event>, StorageError> {
        // Usually nothing happened since a page asked last. The number alone shows that, and no
        // event is read.
        let last = self.last_event().await?;
        if last <= after {
            return Ok(Vec::new());
        }
        // The storage counts from the oldest. So the beginning is set to `limit` before the newest,
        // and never before `after`.
        let first = EventId(last.0.saturating_sub(limit as u64)).max(after);
        let found = self.storage.events(&self.name, first, limit).await?;
        Ok(found.into_iter().map(|(_, event)| event).collect())
    }

    /// The id of the newest event of the journal.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn last_event(&self) -> Result<EventId, StorageError> {
        self.storage.last_event(&self.name).await
    }

    /// Writes one event to the journal by itself, and not to the audit log: it is for what the lab
    /// notes for its worksheets. Verbs of the portal call
    /// [`World::note`](crate::session::world::World::note).
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn note(&self, event: Event) -> Result<(), StorageError> {
        let batch = Batch {
            events: vec![event],
            ..Batch::default()
        };
        self.storage.commit(&self.name, batch).await?;
        Ok(())
    }
}
