//! A new id for every session of a user, after a change of role.
//!
//! Read `recognise.rs` next: there the mark becomes a new id.

use super::SessionRecord;
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, StorageError};

impl World<'_> {
    /// Marks every session of a user for a new id at its next request, after a change of role.
    /// Without it an id that was planted or copied while the user was a student becomes an
    /// administrator's.
    ///
    /// The new id cannot be given here: only an answer to the browser that holds the session can
    /// carry it, and this request comes from somebody else.
    ///
    /// A session that changes at the same moment is looked at again. Otherwise whoever planted an id
    /// would only have to save a preference all the time, and the id would live through the change.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn renew_sessions_of(&self, user: &str) -> Result<(), StorageError> {
        let mut transaction = self.bench.transact("the sessions of a user");
        loop {
            transaction.attempt().await?;
            if self.mark_sessions_of(user).await? == Commit::Done {
                return Ok(());
            }
        }
    }

    /// Marks those that are not marked yet. [`Commit::Conflict`] where one of them changed meanwhile.
    async fn mark_sessions_of(&self, user: &str) -> Result<Commit, StorageError> {
        let mut all = Commit::Done;
        for listed in self.sessions(Some(user)).await? {
            if listed.record.renew {
                continue;
            }
            let mut put = self.put(&listed.key, &listed.record, Some(user));
            let record = SessionRecord {
                renew: true,
                ..listed.record
            };
            put.value = self.encode(&record);
            put.last_used = listed.last_used;
            put.expires_at = record.deadline(self.probe, listed.last_used);
            let expect = vec![(listed.key, Expect::Version(listed.version))];
            // The mark must not count as use, so both times stay as they were.
            //
            // The version is expected, so a session that ended meanwhile does not come back.
            let batch = Batch {
                expect,
                put: vec![put],
                ..Batch::default()
            };
            if self.commit(batch).await? == Commit::Conflict {
                all = Commit::Conflict;
            }
        }
        Ok(all)
    }
}
