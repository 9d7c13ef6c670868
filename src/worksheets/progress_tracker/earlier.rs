//! Starting a sheet again, and taking that back.
//!
//! One earlier state of each sheet is kept, beside the progress and not in it: reports, exports and
//! checks never see it. Restoring swaps the two, so that it can be taken back as well.

use super::{ProgressTracker, decode, wall_time};
use crate::base::clock::BenchTime;
use crate::storage::{Batch, Commit, Expect, Put, RecordKey, RecordKind, StorageError};
use crate::worksheets::progress::SheetProgress;

impl ProgressTracker<'_> {
    /// A setting of the bench, which a reset of the bench leaves alone, as it leaves the progress.
    fn earlier_key(&self) -> Option<RecordKey> {
        let name = format!("earlier-{}", self.sheet.slug);
        RecordKey::new(None, RecordKind::Setting, &name)
    }

    /// What the sheet held before it was started again; `None` where it never was.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn earlier(&self) -> Result<Option<SheetProgress>, StorageError> {
        Ok(self.versioned_earlier().await?.0)
    }

    async fn versioned_earlier(&self) -> Result<(Option<SheetProgress>, u64), StorageError> {
        let Some(key) = self.earlier_key() else {
            return Ok((None, 0));
        };
        let stored = self.bench.storage().read(self.bench.name(), &key).await?;
        Ok(match stored {
            Some(stored) => (
                Some(decode(&self.sheet.slug, &stored.value)?),
                stored.version,
            ),
            None => (None, 0),
        })
    }

    /// Keeps what the sheet holds, and begins it anew. Where nothing was done there is nothing to
    /// keep, and an earlier state stays: starting twice in a row loses nothing.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn start_again(&self) -> Result<(), StorageError> {
        // Steps that were done and that nobody looked at since are part of it.
        let progress = self.look().await?.progress;
        if progress.is_begun() {
            self.keep_earlier(&progress).await?;
        }
        // In this order: after a crash in between the state is there twice, and not lost.
        self.reset().await.map(|_| ())
    }

    async fn keep_earlier(&self, progress: &SheetProgress) -> Result<(), StorageError> {
        let Some(key) = self.earlier_key() else {
            return Ok(());
        };
        let batch = Batch {
            put: vec![put(key, progress)],
            ..Batch::default()
        };
        // Nothing is expected, so nothing can conflict: of two at once the later one is kept.
        let storage = self.bench.storage();
        storage.commit(self.bench.name(), batch).await.map(|_| ())
    }

    /// Swaps what the sheet holds with what it held before it was started again, in one commit. Says
    /// whether there was anything to restore.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn restore(&self) -> Result<bool, StorageError> {
        let key = self.key()?;
        let Some(earlier_key) = self.earlier_key() else {
            return Ok(false);
        };
        let mut transaction = self.bench.transact("the progress of a worksheet");
        loop {
            transaction.attempt().await?;
            let (found, version) = self.versioned(&key).await?;
            let (earlier, earlier_version) = self.versioned_earlier().await?;
            let Some(earlier) = earlier else {
                return Ok(false);
            };
            let mut batch = Batch {
                expect: vec![
                    (key.clone(), Expect::Version(version)),
                    (earlier_key.clone(), Expect::Version(earlier_version)),
                ],
                put: vec![put(key.clone(), &earlier)],
                ..Batch::default()
            };
            match &found {
                Some(now) => batch.put.push(put(earlier_key.clone(), now)),
                None => batch.remove.push(earlier_key.clone()),
            }
            self.bench.hold();
            let storage = self.bench.storage();
            if storage.commit(self.bench.name(), batch).await? == Commit::Done {
                return Ok(true);
            }
        }
    }
}

fn put(key: RecordKey, progress: &SheetProgress) -> Put {
    Put {
        key,
        // Invariant: a struct of maps with text keys always becomes JSON.
        value: serde_json::to_vec(progress).expect("progress becomes JSON"),
        last_used: wall_time(),
        expires_at: BenchTime::FOREVER,
        owner: None,
        replaces: None,
    }
}
