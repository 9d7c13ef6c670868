//! What happens by itself: expired records are swept, idle benches leave memory, and the times at
//! which sessions were last used are written to disk.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::base::shutdown::wait_for_shutdown;
use crate::session::bench::{Bench, Benches};
use crate::session::expire::end_expired;
use crate::storage::{FileStorage, StorageError};

/// How often the upkeep runs.
const EVERY: Duration = Duration::from_secs(5);
/// How many records are swept at once, so that other requests are served in between.
const SWEEP_BATCH: usize = 200;
/// How lately somebody must have used a bench for its journal to say which sessions expired.
const RECENTLY: Duration = Duration::from_secs(60);
/// How long a bench's records stay in memory unused.
const UNUSED: Duration = Duration::from_secs(3600);

/// Runs until the lab stops; then writes a last time.
pub fn spawn(
    benches: Arc<Benches>,
    files: Option<Arc<FileStorage>>,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let stopping = tokio::select! {
                () = wait_for_shutdown(&mut stopped) => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            if let Some(files) = &files {
                if let Err(error) = files.flush().await {
                    error.report();
                }
                if !stopping {
                    files.unload_idle(UNUSED).await;
                }
            }
            if stopping {
                return;
            }
            sweep(&benches, &stopped).await;
        }
    })
}

/// Sweeps batch by batch. A hundred thousand records take seconds, and a stop must not wait for
/// them.
async fn sweep(benches: &Benches, stopped: &watch::Receiver<bool>) {
    for bench in benches.in_use().await {
        if *stopped.borrow() {
            return;
        }
        if let Err(error) = end_lately_expired(&bench).await {
            error.report();
        }
        while !*stopped.borrow() {
            match sweep_batch(&bench).await {
                Ok(swept) if swept == SWEEP_BATCH => tokio::task::yield_now().await,
                Ok(_) => break,
                Err(error) => {
                    error.report();
                    break;
                }
            }
        }
    }
}

/// Both look at the clock first, which another lab on the same store may have put back.
async fn end_lately_expired(bench: &Bench) -> Result<(), StorageError> {
    bench.refresh().await?;
    if bench.unused_for() < RECENTLY {
        end_expired(bench).await?;
    }
    Ok(())
}

async fn sweep_batch(bench: &Bench) -> Result<usize, StorageError> {
    bench.refresh().await?;
    let swept = bench
        .storage()
        .sweep(bench.name(), bench.now(), SWEEP_BATCH);
    swept.await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::base::bench_name::BenchName;
    use crate::base::clock::BenchTime;
    use crate::base::event::Event;
    use crate::session::bench::{BenchKeys, Sharing};
    use crate::storage::{
        Batch, Commit, EventId, MemoryStorage, Put, RecordIndex, RecordKey, RecordKind, Storage,
        StoredRecord,
    };

    /// A store with more to sweep than there is time for. The stop comes during the first batch.
    struct Endless {
        stop: watch::Sender<bool>,
        batches: AtomicUsize,
    }

    #[async_trait::async_trait]
    impl Storage for Endless {
        async fn read(
            &self,
            _: &BenchName,
            _: &RecordKey,
        ) -> Result<Option<StoredRecord>, StorageError> {
            Ok(None)
        }

        async fn members(
            &self,
            _: &BenchName,
            _: &RecordIndex,
            _: usize,
        ) -> Result<Vec<RecordKey>, StorageError> {
            Ok(Vec::new())
        }

        async fn commit(&self, _: &BenchName, _: Batch) -> Result<Commit, StorageError> {
            Ok(Commit::Done)
        }

        async fn touch(
            &self,
            _: &BenchName,
            _: &RecordKey,
            _: BenchTime,
            _: BenchTime,
        ) -> Result<(), StorageError> {
            Ok(())
        }

        async fn events(
            &self,
            _: &BenchName,
            _: EventId,
            _: usize,
        ) -> Result<Vec<(EventId, Event)>, StorageError> {
            Ok(Vec::new())
        }

        async fn last_event(&self, _: &BenchName) -> Result<EventId, StorageError> {
            Ok(EventId(0))
        }

        async fn sweep(
            &self,
            _: &BenchName,
            _: BenchTime,
            n: usize,
        ) -> Result<usize, StorageError> {
            let before = self.batches.fetch_add(1, Ordering::Relaxed);
            assert_eq!(before, 0, "a batch after the stop");
            self.stop.send_replace(true);
            Ok(n)
        }
    }

    #[tokio::test]
    async fn a_stop_does_not_wait_for_a_long_sweep() {
        let (stop, stopped) = watch::channel(false);
        let batches = AtomicUsize::new(0);
        let storage = Arc::new(Endless { stop, batches });
        let benches = Benches::new(
            storage.clone(),
            Sharing::Alone,
            BenchKeys::derive(|_| [7; 32]),
        );
        benches.open(&BenchName::local()).await.expect("a bench");
        sweep(&benches, &stopped).await;
        assert_eq!(storage.batches.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_clock_that_another_lab_put_back_ends_nothing() {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::default());
        let [here, there] = [(); 2].map(|()| {
            let keys = BenchKeys::derive(|_| [7; 32]);
            Benches::new(storage.clone(), Sharing::WithOthers, keys)
        });
        let name = BenchName::local();
        let bench = here.open(&name).await.expect("a bench");
        bench.move_clock(UNUSED).await.expect("moved");
        there.open(&name).await.expect("a bench");
        bench.reset().await.expect("reset");
        tokio::time::sleep(Duration::from_millis(10)).await;
        let key = RecordKey::new(None, RecordKind::Notice, "new").expect("a key");
        let put = Put {
            key: key.clone(),
            value: Vec::new(),
            last_used: bench.now(),
            expires_at: bench.now().after(RECENTLY),
            owner: None,
            replaces: None,
        };
        let batch = Batch {
            put: vec![put],
            ..Batch::default()
        };
        storage.commit(&name, batch).await.expect("kept");
        let (_stop, stopped) = watch::channel(false);
        sweep(&there, &stopped).await;
        let found = storage.read(&name, &key).await.expect("an answer");
        assert!(found.is_some(), "it counts for another minute");
    }
}
