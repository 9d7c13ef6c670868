//! A sheet's progress on a bench: what is stored, what the journal shows besides, and every change.
//!
//! Looking stores nothing. An answer, a hint and a reset store a record, and with it the steps that the
//! journal shows as done. The journal forgets its oldest events, so the steps are also stored while it
//! grows ([`store_news`]).

mod earlier;

use std::collections::HashMap;

use futures::future::try_join_all;

use super::library::SheetLibrary;
use super::progress::SheetProgress;
use super::sheet::Sheet;
pub use super::survey::wall_time;
use super::survey::{JournalView, SheetStanding, survey};
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::session::bench::{Bench, Transaction};
use crate::storage::{
    Batch, Commit, Expect, Put, RecordIndex, RecordKey, RecordKind, Storage, StorageError,
};

/// The most sheets that a bench keeps progress of.
const MOST_SHEETS: usize = 200;

/// A sheet's progress on a bench.
#[derive(Clone, Copy, Debug)]
pub struct ProgressTracker<'n> {
    bench: &'n Bench,
    library: &'n SheetLibrary,
    sheet: &'n Sheet,
}

/// The records of a bench, by the sheets' slugs.
async fn recorded(
    bench: &BenchName,
    storage: &dyn Storage,
) -> Result<HashMap<String, SheetProgress>, StorageError> {
    let index = RecordIndex::Kind(None, RecordKind::Progress);
    let keys = storage.members(bench, &index, MOST_SHEETS).await?;
    let read = keys.iter().map(|key| storage.read(bench, key));
    let mut found = HashMap::new();
    for (key, stored) in keys.iter().zip(try_join_all(read).await?) {
        let Some(stored) = stored else {
            continue;
        };
        match decode(key.name(), &stored.value) {
            Ok(progress) => {
                found.insert(key.name().to_owned(), progress);
            }
            Err(error) => log::warn!("{error}"),
        }
    }
    Ok(found)
}

/// What is done and what is open of every sheet on a bench, in the order of the course.
///
/// # Errors
/// The store does not answer.
pub async fn standings(
    bench: &Bench,
    library: &SheetLibrary,
) -> Result<Vec<SheetStanding>, StorageError> {
    let recorded = recorded(bench.name(), bench.storage()).await?;
    let (library, journal) = (library.of_bench(bench), JournalView::read(bench).await?);
    Ok(survey(&library, recorded, &journal))
}

/// The progress of every sheet on which something was done, by the sheets' slugs.
///
/// # Errors
/// The store does not answer.
pub async fn all(
    bench: &Bench,
    library: &SheetLibrary,
) -> Result<Vec<(String, SheetProgress)>, StorageError> {
    let mut kept = recorded(bench.name(), bench.storage()).await?;
    let journal = JournalView::read(bench).await?;
    for standing in survey(&library.of_bench(bench), kept.clone(), &journal) {
        kept.insert(standing.slug, standing.progress);
    }
    kept.retain(|_, progress| progress.is_begun());
    let mut kept: Vec<_> = kept.into_iter().collect();
    kept.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(kept)
}

/// Stores every step that the journal shows as done and no record has.
///
/// # Errors
/// The store does not answer.
pub async fn store_news(bench: &Bench, library: &SheetLibrary) -> Result<(), StorageError> {
    let news = standings(bench, library).await?.into_iter();
    for standing in news.filter(|standing| standing.has_news) {
        if let Some(sheet) = library.find(&standing.slug) {
            let tracker = ProgressTracker::new(bench, library, sheet);
            tracker.change(|_| {}).await?;
        }
    }
    Ok(())
}

/// A record that cannot be read is not taken for an empty one: that would be written over it.
fn decode(sheet: &str, bytes: &[u8]) -> Result<SheetProgress, StorageError> {
    serde_json::from_slice(bytes)
        .map_err(|error| StorageError::Corrupt(format!("the progress of {sheet}: {error}")))
}

impl<'n> ProgressTracker<'n> {
    /// The progress of one of the library's sheets on a bench.
    pub fn new(bench: &'n Bench, library: &'n SheetLibrary, sheet: &'n Sheet) -> Self {
        Self {
            bench,
            library,
            sheet,
        }
    }

    fn key(&self) -> Result<RecordKey, StorageError> {
        let key = RecordKey::new(None, RecordKind::Progress, &self.sheet.slug);
        let why = "a sheet's name cannot be the name of a record";
        key.ok_or_else(|| StorageError::Defect(why.into()))
    }

    /// What is recorded; `None` before anything was done.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn read(&self) -> Result<Option<SheetProgress>, StorageError> {
        Ok(self.versioned(&self.key()?).await?.0)
    }

    async fn versioned(
        &self,
        key: &RecordKey,
    ) -> Result<(Option<SheetProgress>, u64), StorageError> {
        let stored = self.bench.storage().read(self.bench.name(), key).await?;
        Ok(match stored {
            Some(stored) => (Some(decode(key.name(), &stored.value)?), stored.version),
            None => (None, 0),
        })
    }

    /// What is done of the sheet, and what is open.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn look(&self) -> Result<SheetStanding, StorageError> {
        let own = self.read().await?;
        self.standing(own).await
    }

    /// The same, where this is what is recorded of it.
    async fn standing(&self, own: Option<SheetProgress>) -> Result<SheetStanding, StorageError> {
        let mut recorded = recorded(self.bench.name(), self.bench.storage()).await?;
        recorded.remove(&self.sheet.slug);
        recorded.extend(own.map(|own| (self.sheet.slug.clone(), own)));
        let journal = JournalView::read(self.bench).await?;
        let library = self.library.of_bench(self.bench);
        let mut standings = survey(&library, recorded, &journal).into_iter();
        let own = standings.find(|standing| standing.slug == self.sheet.slug);
        own.ok_or_else(|| StorageError::Defect("the sheet is not in its library".into()))
    }

    /// Changes the progress, also where another request changes it at the same time. What the journal
    /// shows as done is stored with it.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn change(
        &self,
        change: impl Fn(&mut SheetProgress),
    ) -> Result<SheetProgress, StorageError> {
        let key = self.key()?;
        let mut transaction = self.begin();
        loop {
            transaction.attempt().await?;
            let (found, version) = self.versioned(&key).await?;
            let mut progress = self.standing(found).await?.progress;
            change(&mut progress);
            if self.store(&key, &mut progress, version).await? == Commit::Done {
                return Ok(progress);
            }
        }
    }

    /// Forgets everything about the sheet: only what happens from now on counts for its steps.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn reset(&self) -> Result<SheetProgress, StorageError> {
        let key = self.key()?;
        let mut transaction = self.begin();
        loop {
            transaction.attempt().await?;
            let stored = self.bench.storage().read(self.bench.name(), &key).await?;
            let version = stored.map_or(0, |stored| stored.version);
            let mut fresh = SheetProgress::new(self.bench.last_event().await?, wall_time());
            if self.store(&key, &mut fresh, version).await? == Commit::Done {
                return Ok(fresh);
            }
        }
    }

    fn begin(&self) -> Transaction<'n> {
        self.bench.transact("the progress of a worksheet")
    }

    async fn store(
        &self,
        key: &RecordKey,
        progress: &mut SheetProgress,
        version: u64,
    ) -> Result<Commit, StorageError> {
        let mut steps = self.sheet.steps();
        progress.open = steps.any(|step| !progress.steps.contains_key(&step.common.id));
        let put = Put {
            key: key.clone(),
            // Invariant: a struct of maps with text keys always becomes JSON.
            value: serde_json::to_vec(&progress).expect("progress becomes JSON"),
            last_used: wall_time(),
            expires_at: BenchTime::FOREVER,
            owner: None,
            replaces: None,
        };
        let batch = Batch {
            expect: vec![(key.clone(), Expect::Version(version))],
            put: vec![put],
            ..Batch::default()
        };
        self.bench.hold();
        self.bench.storage().commit(self.bench.name(), batch).await
    }
}
