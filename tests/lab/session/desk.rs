//! The harness: worlds on a storage that pauses at every call. Its requests take turns: see `turns`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use async_trait::async_trait;
use session_lab::base::bench_name::BenchName;
use session_lab::base::clock::BenchTime;
use session_lab::base::event::{ClientKind, Event};
use session_lab::defences::policy::{Policy, PolicyProbe, Variant};
use session_lab::session::accounts::Account;
use session_lab::session::bench::{Bench, BenchKeys, Sharing};
use session_lab::session::end::ListedSession;
use session_lab::session::hashing::Hashing;
use session_lab::session::world::World;
use session_lab::session::{Presented, Recognised, Session, SessionSource};
use session_lab::storage::{
    Batch, Commit, EventId, FileStorage, MemoryStorage, RecordIndex, RecordKey, Storage,
    StorageError, StoredRecord,
};
use tempfile::TempDir;

pub use super::turns::{Dice, Task, take_turns};
use crate::support::redis::RedisServer;

pub const STUDENT: &str = "student123";

/// Where the sessions of these tests come from.
pub const SOURCE: SessionSource<'_> = SessionSource {
    client: "a test",
    route: "POST /login",
    permanent: false,
};

/// A storage, and how many seeds it is quick enough for.
pub struct Bed {
    storage: Arc<dyn Storage>,
    seeds: u64,
    folder: Option<TempDir>,
    redis: Option<RedisServer>,
}

impl Bed {
    pub fn memory() -> Self {
        let storage = Arc::new(MemoryStorage::new());
        Self {
            storage,
            seeds: 300,
            folder: None,
            redis: None,
        }
    }

    pub fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let storage = Arc::new(FileStorage::open(folder.path()).unwrap());
        Self {
            storage,
            seeds: 12,
            folder: Some(folder),
            redis: None,
        }
    }

    pub async fn redis() -> Self {
        let redis = RedisServer::start();
        Self {
            storage: Arc::new(redis.storage().await),
            seeds: 12,
            folder: None,
            redis: Some(redis),
        }
    }

    /// Whether thousands of calls are done in no time.
    pub fn is_memory(&self) -> bool {
        self.folder.is_none() && self.redis.is_none()
    }

    /// The seeds to try, each with its own bench.
    pub fn seeds(&self) -> std::ops::Range<u64> {
        0..self.seeds
    }

    /// A world under `policy` on the seed's bench.
    pub async fn desk(&self, policy: Policy, seed: u64) -> Desk {
        Desk::on(Arc::new(Stepwise(self.storage.clone())), policy, seed).await
    }

    /// The world of a seed as the next start of the program finds it.
    pub async fn after_a_restart(self, policy: Policy) -> impl AsyncFn(u64) -> Desk {
        let Self {
            storage,
            folder,
            redis,
            ..
        } = self;
        drop(storage);
        let storage: Arc<dyn Storage> = match (&folder, &redis) {
            (Some(folder), _) => Arc::new(FileStorage::open(folder.path()).unwrap()),
            (None, Some(redis)) => Arc::new(redis.storage().await),
            (None, None) => Arc::new(MemoryStorage::new()),
        };
        async move |seed| {
            let _alive = (&folder, &redis);
            Desk::on(storage.clone(), policy, seed).await
        }
    }
}

/// One world, as every request of a test sees it.
pub struct Desk {
    pub bench: Bench,
    pub now: BenchTime,
    probe: PolicyProbe,
}

impl Desk {
    pub async fn on(storage: Arc<dyn Storage>, policy: Policy, seed: u64) -> Self {
        let name: BenchName = format!("s-{seed}").parse().unwrap();
        let keys = Arc::new(BenchKeys::derive(|_| [7; 32]));
        let hashing = Arc::new(Hashing::new());
        let bench = Bench::new(name, storage, Sharing::Alone, keys, hashing);
        bench.refresh().await.unwrap();
        Self {
            bench,
            now: BenchTime::from_millis(1_767_225_600_000),
            probe: PolicyProbe::new(policy),
        }
    }

    pub fn world(&self) -> World<'_> {
        World {
            bench: &self.bench,
            variant: Variant::Custom,
            probe: &self.probe,
            now: self.now,
            client: ClientKind::Other,
        }
    }

    pub async fn account(&self, user: &str) -> Account {
        self.world().account(user).await.unwrap().unwrap()
    }

    pub async fn sign_in(&self, user: &str) -> Session {
        let account = self.account(user).await;
        self.world()
            .sign_in(None, None, &account, SOURCE)
            .await
            .unwrap()
    }

    pub async fn anonymous(&self) -> Session {
        self.world().open_anonymous(None, SOURCE).await.unwrap()
    }

    /// Marks a session for a new id at its next request, as a change of role does.
    pub async fn mark(&self, session: &Session) {
        let world = self.world();
        let marked = world.change_record(session, |r| r.renew = true);
        assert_eq!(marked.await.unwrap(), Commit::Done);
    }

    /// What a request with this session's id gets.
    pub async fn present(&self, session: &Session) -> Recognised {
        let presented = Presented {
            cookies: vec![session.id.expose()],
            url: None,
        };
        self.world().recognise(&presented).await.unwrap()
    }

    pub async fn opens(&self, session: &Session) -> bool {
        matches!(self.present(session).await, Recognised::Known { .. })
    }

    pub async fn live(&self, user: &str) -> Vec<ListedSession> {
        self.world().sessions(Some(user)).await.unwrap()
    }
}

/// A storage that pauses before and after every call, so that others get their turn there.
struct Stepwise(Arc<dyn Storage>);

async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Hands every method of [`Storage`] on, with `$before` and `$after` around it.
macro_rules! around_storage {
    ($Wrapper:ty, |$me:ident| $inner:expr, $before:expr, $after:expr) => {
        #[async_trait]
        impl Storage for $Wrapper {
            async fn read(
                &self,
                b: &BenchName,
                k: &RecordKey,
            ) -> Result<Option<StoredRecord>, StorageError> {
                let $me = self;
                $before;
                let found = $inner.read(b, k).await;
                $after;
                found
            }
            async fn members(
                &self,
                b: &BenchName,
                i: &RecordIndex,
                limit: usize,
            ) -> Result<Vec<RecordKey>, StorageError> {
                let $me = self;
                $before;
                let found = $inner.members(b, i, limit).await;
                $after;
                found
            }
            async fn commit(&self, b: &BenchName, batch: Batch) -> Result<Commit, StorageError> {
                let $me = self;
                $before;
                let done = $inner.commit(b, batch).await;
                $after;
                done
            }
            async fn touch(
                &self,
                b: &BenchName,
                k: &RecordKey,
                last_used: BenchTime,
                expires_at: BenchTime,
            ) -> Result<(), StorageError> {
                let $me = self;
                $before;
                let done = $inner.touch(b, k, last_used, expires_at).await;
                $after;
                done
            }
            async fn events(
                &self,
                b: &BenchName,
                after: EventId,
                limit: usize,
            ) -> Result<Vec<(EventId, Event)>, StorageError> {
                let $me = self;
                $before;
                let found = $inner.events(b, after, limit).await;
                $after;
                found
            }
            async fn last_event(&self, b: &BenchName) -> Result<EventId, StorageError> {
                let $me = self;
                $before;
                let last = $inner.last_event(b).await;
                $after;
                last
            }
            async fn sweep(
                &self,
                b: &BenchName,
                now: BenchTime,
                limit: usize,
            ) -> Result<usize, StorageError> {
                let $me = self;
                $before;
                let swept = $inner.sweep(b, now, limit).await;
                $after;
                swept
            }
        }
    };
}

around_storage!(Stepwise, |me| me.0, pause().await, pause().await);

/// A storage that answers a number of calls and then no more.
pub struct Failing {
    inner: MemoryStorage,
    left: AtomicUsize,
}

impl Failing {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryStorage::new(),
            left: usize::MAX.into(),
        })
    }

    /// Answers so many more calls.
    pub fn answer(&self, calls: usize) {
        self.left.store(calls, Ordering::SeqCst);
    }

    fn count(&self) -> Result<(), StorageError> {
        let left = self.left.load(Ordering::SeqCst);
        if left == 0 {
            return Err(StorageError::Unreachable("the test took it away".into()));
        }
        self.left.store(left - 1, Ordering::SeqCst);
        Ok(())
    }
}

around_storage!(
    Failing,
    |me| me.inner,
    me.count()?,
    std::future::ready(()).await
);
