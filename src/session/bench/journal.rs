//! The journal of a bench: reading its newest events, and writing one.

use std::sync::atomic::Ordering;

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
        let last = self.newest_event().await?;
        let first = EventId(last.0.saturating_sub(limit as u64)).max(after);
        let found = self.storage.events(&self.name, first, limit).await?;
        Ok(found.into_iter().map(|(_, event)| event).collect())
    }

    /// The number of the newest event of the journal.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn newest_event(&self) -> Result<EventId, StorageError> {
        const AT_ONCE: usize = 1_000;
        let mut last = EventId(self.last_event.load(Ordering::Relaxed));
        // Whoever empties a Redis by hand lets the numbers begin again.
        let before = EventId(last.0.saturating_sub(1));
        if self.storage.events(&self.name, before, 1).await?.is_empty() {
            last = EventId(0);
        }
        loop {
            let found = self.storage.events(&self.name, last, AT_ONCE).await?;
            let Some((newest, _)) = found.last() else {
                break;
            };
            last = *newest;
        }
        self.last_event.store(last.0, Ordering::Relaxed);
        Ok(last)
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
