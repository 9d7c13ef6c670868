//! A sheet's progress on a bench: stored, and brought up to date from the journal.

mod earlier;

use std::time::Duration;

use super::check::{Verdict, check};
use super::events::{self, Facts};
use super::progress::{SheetProgress, StepDone};
use super::sheet::Sheet;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::base::event::in_words;
use crate::session::bench::Bench;
use crate::storage::{
    Batch, Commit, Expect, Put, RecordIndex, RecordKey, RecordKind, Storage, StorageError,
};

/// How many events of the journal one check looks at, the newest ones.
const LOOKED_AT: usize = 3_000;

/// How many of the events that solved a step are kept with it.
const KEPT: usize = 8;

/// The most sheets that a bench keeps progress of.
const MOST_SHEETS: usize = 200;

/// A sheet's progress on a bench.
#[derive(Clone, Copy, Debug)]
pub struct ProgressTracker<'n> {
    bench: &'n Bench,
    sheet: &'n Sheet,
}

/// The state of a step, by its id.
pub type StepStatus = (String, Verdict);

/// The time by the wall clock: progress is dated by it, however far the bench's clock was moved.
pub fn wall_time() -> BenchTime {
    BenchTime::now(Duration::ZERO)
}

/// Whether the bench has progress of a sheet that is not done: then requests are noted.
///
/// # Errors
/// The store does not answer.
pub async fn any_open(bench: &BenchName, storage: &dyn Storage) -> Result<bool, StorageError> {
    for (_, progress) in all(bench, storage).await? {
        if progress.open {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The progress of every sheet on a bench, by the sheets' slugs.
///
/// # Errors
/// The store does not answer.
pub async fn all(
    bench: &BenchName,
    storage: &dyn Storage,
) -> Result<Vec<(String, SheetProgress)>, StorageError> {
    let index = RecordIndex::Kind(None, RecordKind::Progress);
    let mut found = Vec::new();
    for key in storage.members(bench, &index, MOST_SHEETS).await? {
        if let Some(stored) = storage.read(bench, &key).await? {
            match decode(key.name(), &stored.value) {
                Ok(progress) => found.push((key.name().to_owned(), progress)),
                Err(error) => log::warn!("{error}"),
            }
        }
    }
    Ok(found)
}

/// A record that cannot be read is not taken for an empty one: that would be written over it.
fn decode(sheet: &str, bytes: &[u8]) -> Result<SheetProgress, StorageError> {
    serde_json::from_slice(bytes)
        .map_err(|error| StorageError::Corrupt(format!("the progress of {sheet}: {error}")))
}

impl<'n> ProgressTracker<'n> {
    /// The progress of a sheet on a bench.
    pub fn new(bench: &'n Bench, sheet: &'n Sheet) -> Self {
        Self { bench, sheet }
    }

    fn key(&self) -> Option<RecordKey> {
        RecordKey::new(None, RecordKind::Progress, &self.sheet.slug)
    }

    /// What was done so far; `None` before the sheet is opened.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn read(&self) -> Result<Option<SheetProgress>, StorageError> {
        Ok(self.versioned().await?.0)
    }

    async fn versioned(&self) -> Result<(Option<SheetProgress>, u64), StorageError> {
        let Some(key) = self.key() else {
            return Ok((None, 0));
        };
        let stored = self.bench.storage().read(self.bench.name(), &key).await?;
        Ok(match stored {
            Some(stored) => (Some(decode(key.name(), &stored.value)?), stored.version),
            None => (None, 0),
        })
    }

    /// Opens the sheet if it was not open before, and brings its steps up to date.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn open(&self) -> Result<(SheetProgress, Vec<StepStatus>), StorageError> {
        let progress = match self.read().await? {
            Some(progress) => progress,
            None => self.change(|_| {}).await?,
        };
        self.look(progress).await
    }

    /// What the sheet shows, without opening it and without storing anything.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn view(&self) -> Result<(SheetProgress, Vec<StepStatus>), StorageError> {
        let mut progress = match self.read().await? {
            Some(progress) => progress,
            None => SheetProgress::new(self.bench.last_event().await?, wall_time()),
        };
        let (done, statuses) = self.found(&progress).await?;
        progress.steps.extend(done);
        Ok((progress, statuses))
    }

    /// Brings the steps up to date, without opening the sheet.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn look(
        &self,
        progress: SheetProgress,
    ) -> Result<(SheetProgress, Vec<StepStatus>), StorageError> {
        let (done, statuses) = self.found(&progress).await?;
        if done.is_empty() {
            return Ok((progress, statuses));
        }
        let progress = self
            .change(|progress| {
                for (id, done) in &done {
                    progress
                        .steps
                        .entry(id.clone())
                        .or_insert_with(|| done.clone());
                }
            })
            .await?;
        Ok((progress, statuses))
    }

    /// The steps that the journal shows as done and the progress does not, and the state of the others.
    async fn found(
        &self,
        progress: &SheetProgress,
    ) -> Result<(Vec<(String, StepDone)>, Vec<StepStatus>), StorageError> {
        let mut steps = self.sheet.steps();
        if steps.all(|step| progress.steps.contains_key(&step.common.id)) {
            return Ok((Vec::new(), Vec::new()));
        }
        let recent = self.bench.events_since(progress.after, LOOKED_AT).await?;
        let journal: Vec<Facts> = recent.iter().map(events::facts).collect();
        let mut statuses = Vec::new();
        let mut done = Vec::new();
        for step in self.sheet.steps() {
            let id = &step.common.id;
            if progress.steps.contains_key(id) {
                continue;
            }
            let verdict = check(step, &journal);
            if let Verdict::Solved { events, attempts } = &verdict {
                let client = events.last().and_then(|last| recent.get(*last));
                let seen = events.iter().filter_map(|at| recent.get(*at));
                let now_done = StepDone {
                    at: wall_time(),
                    attempts: (*attempts).max(1),
                    client: client.map_or("", |e| in_words::client(e.client)).to_owned(),
                    seen: seen.take(KEPT).map(in_words::event).collect(),
                };
                done.push((id.clone(), now_done));
            } else {
                statuses.push((id.clone(), verdict));
            }
        }
        Ok((done, statuses))
    }

    /// Changes the progress, also where another request changes it at the same time.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn change(
        &self,
        change: impl Fn(&mut SheetProgress),
    ) -> Result<SheetProgress, StorageError> {
        let Some(key) = self.key() else {
            let why = "a sheet's name cannot be the name of a record";
            return Err(StorageError::Defect(why.into()));
        };
        let mut transaction = self.bench.transact("the progress of a worksheet");
        loop {
            transaction.attempt().await?;
            let (found, version) = self.versioned().await?;
            let mut progress = match found {
                Some(progress) => progress,
                None => SheetProgress::new(self.bench.last_event().await?, wall_time()),
            };
            change(&mut progress);
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
            if self
                .bench
                .storage()
                .commit(self.bench.name(), batch)
                .await?
                == Commit::Done
            {
                drop(transaction);
                self.note_requests_if_needed(progress.open).await?;
                return Ok(progress);
            }
        }
    }

    async fn note_requests_if_needed(&self, open: bool) -> Result<(), StorageError> {
        let open = open || any_open(self.bench.name(), self.bench.storage()).await?;
        self.bench.note_requests(open).await
    }

    /// Forgets everything about the sheet and opens it again.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn reset(&self) -> Result<SheetProgress, StorageError> {
        if let Some(key) = self.key() {
            let batch = Batch {
                remove: vec![key],
                ..Batch::default()
            };
            self.bench
                .storage()
                .commit(self.bench.name(), batch)
                .await?;
        }
        self.change(|_| {}).await
    }
}
