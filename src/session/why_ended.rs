//! Why a session is gone, for the user who comes back and finds the sign-in page.
//!
//! The record is gone, so the journal answers: the event that ended a session was written in the
//! commit that removed it. The question is asked with a fingerprint, which only a page of that
//! session and its cookie have, and the answer is a reason without a name. So a stranger learns
//! nothing here, and a thief learns no more than that the stolen id is worth nothing now.
//!
//! Refused alternative: one sentence for every cause. A user who is told "unused for too long" after
//! somebody else changed the password does not look for the thief.

use crate::base::event::{EndReason, Event, EventKind, Fingerprint};
use crate::session::world::World;
use crate::storage::StorageError;

/// How many events are looked at. An older end is one that nobody remembers.
const SEARCHED: usize = 500;

impl World<'_> {
    /// Why the session with this fingerprint ended, if the journal still says so.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn why_ended(
        &self,
        session: &Fingerprint,
    ) -> Result<Option<EndReason>, StorageError> {
        let end = self.end_of(session).await?;
        Ok(end.map(|(reason, _)| reason))
    }

    /// Whose session that was, if the journal still says so. No page may show the answer: it is for
    /// keeping something from everybody else.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn whose_ended(&self, session: &Fingerprint) -> Result<Option<String>, StorageError> {
        let end = self.end_of(session).await?;
        Ok(end.and_then(|(_, user)| user))
    }

    async fn end_of(&self, session: &Fingerprint) -> Result<Option<End>, StorageError> {
        let mut events = self.bench.recent_events(SEARCHED).await?;
        // The same fingerprint in another variant is another session.
        events.retain(|event| event.variant == Some(self.variant));
        Ok(last_end(&events, session))
    }
}

/// Why a session ended, and whose it was.
type End = (EndReason, Option<String>);

/// The last end of a session in these events, oldest first.
fn last_end(events: &[Event], session: &Fingerprint) -> Option<End> {
    let mut now = session;
    let mut found = None;
    for event in events {
        match &event.what {
            // A tab that was left open knows the session by an id that it no longer has.
            EventKind::Rotated { from, to, .. } if from == now => now = to,
            EventKind::SignedIn {
                before: Some(before),
                session,
                ..
            } if before == now => now = session,
            EventKind::Ended {
                session,
                reason,
                user,
                ..
            } if session == now => found = Some((*reason, user.clone())),
            _ => {}
        }
    }
    found
}
