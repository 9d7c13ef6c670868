//! The notice board of a world: the newest fifty notices, as they were typed.
//!
//! A notice is text from one user that the browsers of all others show. A script in it runs in each
//! of them with that user's session (CWE-79). The store keeps the text unchanged, and `output`
//! decides when a page is made. Refused alternative: removing tags before the text is stored. What
//! is harmless depends on where the text will appear, and the store cannot know that.

use serde::{Deserialize, Serialize};

use crate::base::clock::BenchTime;
use crate::base::event::EventKind;
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, RecordIndex, RecordKind, StorageError};

/// How many notices a board keeps. Without a limit one user with a script fills the store
/// (CWE-770).
pub const NOTICE_LIMIT: usize = 50;
/// The longest notice, in characters. The route checks it before it calls [`World::post_notice`].
pub const TEXT_LIMIT: usize = 2_000;

/// One notice, as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// The user that the request acted as. It comes from the session and never from the form, where
    /// the sender could write any name.
    pub author: String,
    /// When it was posted, on the bench's clock.
    pub at: BenchTime,
    /// What it says, unchanged. How it is shown is the decision of the defence `output`.
    pub text: String,
}

impl World<'_> {
    /// The notices, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn notices(&self) -> Result<Vec<Notice>, StorageError> {
        let index = RecordIndex::Kind(Some(self.variant), RecordKind::Notice);
        let storage = self.bench.storage();
        let mut found = Vec::new();
        for key in storage
            .members(self.bench.name(), &index, NOTICE_LIMIT + 1)
            .await?
        {
            found.extend(self.read::<Notice>(&key).await?.map(|notice| notice.value));
        }
        // The store lists the oldest first.
        found.reverse();
        Ok(found)
    }

    /// Posts a notice; the oldest gives way when the board is full. So a full board locks nobody
    /// out, but a user who posts fifty notices pushes out all others: the lab accepts that.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn post_notice(&self, author: &str, text: &str) -> Result<(), StorageError> {
        let counter = self.fixed_key(RecordKind::Counter, "notices");
        let index = RecordIndex::Kind(Some(self.variant), RecordKind::Notice);
        let mut transaction = self.bench.transact("the notice board");
        loop {
            transaction.attempt().await?;
            let found = self.read::<u64>(&counter).await?;
            let version = found.as_ref().map_or(0, |found| found.version);
            let storage = self.bench.storage();
            // Asked for up to the limit only, so no board can make a post expensive.
            let held = storage
                .members(self.bench.name(), &index, NOTICE_LIMIT)
                .await?;
            // Where the counter is lost, a new notice must not be written over an old one.
            let newest = held.iter().filter_map(|key| key.name().parse().ok()).max();
            let counted = found.map(|found| found.value);
            let number = counted.max(newest).unwrap_or_default().saturating_add(1);
            // The number is made here, so no text of a user becomes a record's name.
            let key = self.fixed_key(RecordKind::Notice, &format!("{number:08}"));
            let notice = Notice {
                author: author.into(),
                at: self.now,
                text: text.into(),
            };
            let mut batch = Batch {
                // Two notices at once read the same count. Without this condition both would get
                // the same number, and the second would silently overwrite the first (CWE-362).
                expect: vec![(counter.clone(), Expect::Version(version))],
                put: vec![
                    self.put(&key, &notice, None),
                    self.put(&counter, &number, None),
                ],
                // The event has the author and not the text. A notice may contain a password that
                // somebody typed into the wrong field, and a log keeps it for long.
                events: vec![self.event(EventKind::NoticePosted {
                    user: author.into(),
                })],
                ..Batch::default()
            };
            // In the commit that adds one: the board never holds more than the limit.
            if held.len() >= NOTICE_LIMIT {
                batch.remove.extend(held.into_iter().next());
            }
            if self.commit(batch).await? == Commit::Done {
                return Ok(());
            }
        }
    }
}
