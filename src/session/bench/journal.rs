//! The journal of a bench: reading its newest events, and writing one.

use super::Bench;
use crate::base::event::Event;
use crate::storage::{Batch, EventId, StorageError};

impl Bench {
    /// The newest events of the journal, at most `limit`, oldest first.
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
        let last = self.last_event().await?;
        if last <= after {
            return Ok(Vec::new());
        }
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

    /// Writes one event to the journal.
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
