//! The notice board of a world: the newest fifty notices, as they were typed.

use serde::{Deserialize, Serialize};

use crate::base::clock::BenchTime;
use crate::base::event::EventKind;
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, RecordIndex, RecordKind, StorageError};

/// How many notices a board keeps.
pub const NOTICE_LIMIT: usize = 50;
/// The longest notice, in characters.
pub const TEXT_LIMIT: usize = 2_000;

/// One notice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// Who posted it.
    pub author: String,
    /// When.
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
        found.reverse();
        Ok(found)
    }

    /// Posts a notice; the oldest gives way when the board is full.
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
            let held = storage
                .members(self.bench.name(), &index, NOTICE_LIMIT)
                .await?;
            // Where the counter is lost, a new notice must not be written over an old one.
            let newest = held.iter().filter_map(|key| key.name().parse().ok()).max();
            let counted = found.map(|found| found.value);
            let number = counted.max(newest).unwrap_or_default().saturating_add(1);
            let key = self.fixed_key(RecordKind::Notice, &format!("{number:08}"));
            let notice = Notice {
                author: author.into(),
                at: self.now,
                text: text.into(),
            };
            let mut batch = Batch {
                expect: vec![(counter.clone(), Expect::Version(version))],
                put: vec![
                    self.put(&key, &notice, None),
                    self.put(&counter, &number, None),
                ],
                events: vec![self.event(EventKind::NoticePosted {
                    user: author.into(),
                })],
                ..Batch::default()
            };
            if held.len() >= NOTICE_LIMIT {
                batch.remove.extend(held.into_iter().next());
            }
            if self.commit(batch).await? == Commit::Done {
                return Ok(());
            }
        }
    }
}
