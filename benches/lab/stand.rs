//! What the benchmarks share: a bench on either storage, and a world on it.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Bencher, BenchmarkGroup, measurement::WallTime};
use session_lab::base::bench_name::BenchName;
use session_lab::base::clock::BenchTime;
use session_lab::base::event::ClientKind;
use session_lab::defences::policy::{PolicyProbe, Variant};
use session_lab::session::bench::{Bench, BenchKeys, Benches, Sharing};
use session_lab::session::world::World;
use session_lab::storage::{FileStorage, MemoryStorage, Storage};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A moment that every benchmark starts at.
pub const START: BenchTime = BenchTime::from_millis(1_767_225_600_000);

/// Something to measure with: a runtime, a storage and the bench `local` on it.
pub struct Stand {
    pub name: &'static str,
    pub storage: Arc<dyn Storage>,
    pub bench: Arc<Bench>,
    pub runtime: Runtime,
    _folder: Option<TempDir>,
}

impl Stand {
    /// One stand on memory and one on files.
    pub fn both() -> [Stand; 2] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files = FileStorage::open(folder.path()).expect("a data folder");
        [
            Self::on("memory", Arc::new(MemoryStorage::default()), None),
            Self::on("file", Arc::new(files), Some(folder)),
        ]
    }

    fn on(name: &'static str, storage: Arc<dyn Storage>, folder: Option<TempDir>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let benches = Benches::new(
            storage.clone(),
            Sharing::Alone,
            BenchKeys::derive(|_| [7; 32]),
        );
        let opened = runtime.block_on(benches.open(&BenchName::local()));
        Self {
            name,
            storage,
            bench: opened.expect("the bench local"),
            runtime,
            _folder: folder,
        }
    }

    /// The world of a variant on this bench.
    pub fn world<'s>(&'s self, variant: Variant, probe: &'s PolicyProbe) -> World<'s> {
        World {
            bench: &self.bench,
            variant,
            probe,
            now: START,
            client: ClientKind::Other,
        }
    }

    /// The policy of a variant, about to be read.
    pub fn policy(&self, variant: Variant) -> PolicyProbe {
        PolicyProbe::new(self.bench.resolve(variant).policy)
    }

    /// Measures a verb. `rounds` does it so many times and says how long that took; what it
    /// prepares in between need not count.
    pub fn measure<F, T>(&self, group: &mut BenchmarkGroup<'_, WallTime>, verb: &str, mut rounds: F)
    where
        F: FnMut(u64) -> T,
        T: Future<Output = Duration>,
    {
        let run = |bencher: &mut Bencher<'_>| {
            bencher.iter_custom(|count| self.runtime.block_on(rounds(count)));
        };
        group.bench_function(format!("{verb}/{}", self.name), run);
    }
}

/// How long some work takes.
pub async fn timed<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let start = Instant::now();
    let done = work.await;
    (start.elapsed(), done)
}
