//! The journal of one bench as it is kept in memory: the newest [`JOURNAL_LIMIT`] events.

use std::collections::VecDeque;

use crate::base::event::Event;
use crate::storage::{EventId, JOURNAL_LIMIT};

/// The newest events, oldest first, with ids that only grow.
#[derive(Debug, Default)]
pub struct RecentEvents {
    events: VecDeque<(EventId, Event)>,
    last: EventId,
}

impl RecentEvents {
    /// The ids that `events` will get, when they are added next.
    pub fn number(&self, events: Vec<Event>) -> Vec<(EventId, Event)> {
        (self.last.0 + 1..).map(EventId).zip(events).collect()
    }

    /// The highest id so far, 0 where there is none.
    pub fn last(&self) -> EventId {
        self.last
    }

    /// Adds an event. One whose id is not above all others is left out.
    pub fn add(&mut self, id: EventId, event: Event) {
        if id <= self.last {
            return;
        }
        if self.events.len() == JOURNAL_LIMIT {
            self.events.pop_front();
        }
        self.events.push_back((id, event));
        self.last = id;
    }

    /// At most `limit` events with an id above `after`, oldest first.
    pub fn after(&self, after: EventId, limit: usize) -> Vec<(EventId, Event)> {
        let start = self.events.partition_point(|(id, _)| *id <= after);
        self.events.range(start..).take(limit).cloned().collect()
    }
}
