//! The journal of a bench: reading its newest events, and writing one.
//!
//! The journal is how the lab knows what really happened: worksheets check their steps by it, and
//! a page shows it as evidence. So it must not contain what did not happen. A verb puts its events
//! into the commit that makes the change; [`Bench::note`] is for events without a change.
//!
//! Events name sessions by fingerprint. A journal with ids would be a list of keys for anyone who
//! reads it (ASVS 16.2.5).

use super::Bench;
use crate::base::event::{Event, EventKind};
use crate::storage::{Batch, EventId, JOURNAL_LIMIT, StorageError};

/// How many events are read for each that is asked for: most others are requests.
const REQUESTS_BETWEEN: usize = 5;

impl Bench {
    /// The newest events of the journal, at most `limit`, oldest first, without the requests that are
    /// noted for worksheets. The limit bounds the work of a page: a script that fails to sign in a
    /// thousand times must not make the page slow.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn recent_events(&self, limit: usize) -> Result<Vec<Event>, StorageError> {
        // The storage counts from the oldest. So the beginning is set before the newest.
        let last = self.last_event().await?;
        let looked_at = limit.saturating_mul(REQUESTS_BETWEEN).min(JOURNAL_LIMIT);
        let first = EventId(last.0.saturating_sub(looked_at as u64));
        if last == first {
            return Ok(Vec::new());
        }
        let found = self.storage.events(&self.name, first, looked_at).await?;
        let mut found: Vec<Event> = found.into_iter().map(|(_, event)| event).collect();
        found.retain(|event| !matches!(event.what, EventKind::Request(_)));
        found.drain(..found.len().saturating_sub(limit));
        Ok(found)
    }

    /// The whole journal with the events' numbers, oldest first, after the number of its newest event.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn journal(&self) -> Result<(EventId, Vec<(EventId, Event)>), StorageError> {
        let last = self.last_event().await?;
        if last == EventId(0) {
            return Ok((last, Vec::new()));
        }
        let events = self
            .storage
            .events(&self.name, EventId(0), JOURNAL_LIMIT)
            .await?;
        let last = events.last().map_or(last, |(id, _)| last.max(*id));
        Ok((last, events))
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
