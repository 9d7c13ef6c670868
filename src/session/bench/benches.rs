//! Every bench that is in use, made on first use and bounded in number.
//!
//! A bench is made by a request to its address, and a stranger can invent addresses. So the number
//! is limited: otherwise a loop over `/b/a1`, `/b/a2` … fills the memory (CWE-770). Refused
//! alternative: dropping the bench that was unused for longest, also one in use. The same loop
//! would then push the benches of a whole class out of memory.
//!
//! Only benches that hold something count (see `holding.rs`). Of the others a few stay in memory, and
//! the one that was unused for longest makes room for the next, so that no number of visits keeps
//! anybody out.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::owners::BenchOwners;
use super::{Bench, BenchKeys, Sharing, is_run_name, is_run_of_this_process, lock};
use crate::base::bench_name::BenchName;
use crate::session::hashing::Hashing;
use crate::storage::{MemoryStorage, Storage, StorageError};

/// How many benches that hold something are kept in memory at once: those of a large course.
pub const BENCH_LIMIT: usize = 1_000;

/// How many benches are kept in memory that hold nothing: those of students who have just arrived.
const VISITED_LIMIT: usize = 200;

/// How long a named bench stays in memory unused before another may take its place. A student who
/// works sends a request more often than that.
const IDLE_BENCH: Duration = Duration::from_secs(600);

/// As many benches as there may be are in use.
#[derive(Debug, thiserror::Error)]
#[error("{BENCH_LIMIT} benches are in use: try again in ten minutes, or use one of them")]
pub struct TooManyBenches;

/// Why there is no bench of that name.
#[derive(Debug, thiserror::Error)]
pub enum OpenBenchError {
    /// As many as there may be are in use.
    #[error(transparent)]
    TooMany(#[from] TooManyBenches),
    /// The store does not answer.
    #[error(transparent)]
    StorageError(#[from] StorageError),
}

type OpenBenches = HashMap<BenchName, Arc<Bench>>;

/// Whether a request has it at this moment.
fn is_used(bench: &Arc<Bench>) -> bool {
    Arc::strong_count(bench) > 1
}

/// Takes the bench that holds nothing and was unused for longest out of memory, where there are many.
/// The caller has the only lock, so nobody else can come by it meanwhile.
async fn make_room(open: &mut OpenBenches) {
    let visited = || open.values().filter(|bench| !bench.holds_something());
    if visited().count() < VISITED_LIMIT {
        return;
    }
    let unused = visited().filter(|bench| !is_used(bench));
    let oldest = unused.max_by_key(|bench| bench.unused_for());
    let Some(name) = oldest.map(|bench| bench.name.clone()) else {
        return;
    };
    if let Some(bench) = open.remove(&name)
        && let Err(error) = bench.remove_traces().await
    {
        error.report();
    }
}

/// Every bench that is in use.
#[derive(Debug)]
pub struct Benches {
    open: tokio::sync::RwLock<OpenBenches>,
    storage: SharedStorage,
    sharing: Sharing,
    keys: Arc<BenchKeys>,
    hashing: Arc<Hashing>,
    owners: BenchOwners,
}

/// Storage behind a pointer. Its `Debug` prints one word: a store holds sessions and passwords.
struct SharedStorage(Arc<dyn Storage>);

impl std::fmt::Debug for SharedStorage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Storage")
    }
}

impl Benches {
    /// No bench yet; those to come keep their records in `storage`.
    pub fn new(storage: Arc<dyn Storage>, sharing: Sharing, keys: BenchKeys) -> Self {
        Self {
            open: tokio::sync::RwLock::default(),
            owners: BenchOwners::new(storage.clone()),
            storage: SharedStorage(storage),
            sharing,
            keys: Arc::new(keys),
            hashing: Arc::default(),
        }
    }

    /// The keys that all benches share: the lab's own, not one set for each bench.
    pub fn keys(&self) -> &BenchKeys {
        &self.keys
    }

    /// Who may control which bench of a class.
    pub fn owners(&self) -> &BenchOwners {
        &self.owners
    }

    /// Whether a bench of this name may be opened by an address in a class: the teacher's, one that was
    /// made on the join page, or one that an attack of this process runs on. Asking makes nothing.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn exists(&self, name: &BenchName) -> Result<bool, StorageError> {
        if name.is_local() || self.open.read().await.contains_key(name) {
            return Ok(true);
        }
        if is_run_name(name) {
            return Ok(is_run_of_this_process(name));
        }
        self.owners.is_made(name).await
    }

    /// The bench of that name with its settings as they are now, made on first use.
    ///
    /// # Errors
    /// Too many are in use, or the store does not answer.
    pub async fn open(&self, name: &BenchName) -> Result<Arc<Bench>, OpenBenchError> {
        let bench = self.find(name).await?;
        bench.refresh().await?;
        Ok(bench)
    }

    /// The bench of that name, made on first use. The store is not asked: its settings are those of
    /// the last time, or of a new bench.
    ///
    /// # Errors
    /// Too many are in use.
    pub async fn find(&self, name: &BenchName) -> Result<Arc<Bench>, TooManyBenches> {
        // Nearly every request ends here, beside all others that read.
        if let Some(bench) = self.open.read().await.get(name) {
            *lock(&bench.used) = Instant::now();
            return Ok(bench.clone());
        }
        let mut open = self.open.write().await;
        // Again under the lock for writing: another request may have made it since then. Two
        // benches of one name would each have a copy of the settings, and one of them would be
        // wrong.
        if let Some(bench) = open.get(name) {
            return Ok(bench.clone());
        }
        // Only now, when there is no room. Records are not lost: they are in the store.
        let held = |open: &OpenBenches| open.values().filter(|it| it.holds_something()).count();
        if held(&open) >= BENCH_LIMIT {
            // One that a request has at this moment stays: its settings would be in memory twice.
            let stays = |bench: &Arc<Bench>| bench.name.is_local() || is_used(bench);
            open.retain(|_, bench| stays(bench) || lock(&bench.used).elapsed() < IDLE_BENCH);
        }
        if held(&open) >= BENCH_LIMIT && !name.is_local() {
            return Err(TooManyBenches);
        }
        make_room(&mut open).await;
        // An attack gets its own empty store. It cannot read the sessions of a student,
        // and a sign-in by an attack never counts as a sign-in by a student.
        let (storage, sharing): (Arc<dyn Storage>, _) = if is_run_name(name) {
            (Arc::new(MemoryStorage::default()), Sharing::Alone)
        } else {
            (self.storage.0.clone(), self.sharing)
        };
        let (keys, hashing) = (self.keys.clone(), self.hashing.clone());
        let bench = Bench::new(name.clone(), storage, sharing, keys, hashing);
        let bench = Arc::new(bench);
        open.insert(name.clone(), bench.clone());
        Ok(bench)
    }

    /// Takes a throw-away bench out of use; what it held is freed with the last reference to it.
    /// `None` for any other bench.
    pub async fn discard(&self, name: &BenchName) -> Option<Arc<Bench>> {
        // The name comes from an address. Without this check anyone could delete a student's bench
        // by naming it.
        if !is_run_name(name) {
            return None;
        }
        self.open.write().await.remove(name)
    }

    /// Every bench that is in memory.
    pub async fn in_use(&self) -> Vec<Arc<Bench>> {
        self.open.read().await.values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::event::ClientKind;
    use crate::defences::policy::{Name, Policy, PolicyProbe, Variant};
    use crate::session::SessionSource;
    use crate::session::bench::FURTHEST;
    use crate::session::bench::settings_cache::FRESH;
    use crate::session::world::World;
    use crate::storage::{RecordIndex, RecordKind};

    fn benches() -> Benches {
        let keys = BenchKeys::derive(|_| [7; 32]);
        Benches::new(Arc::new(MemoryStorage::default()), Sharing::Alone, keys)
    }

    #[tokio::test]
    async fn a_clock_only_moves_ahead_and_at_most_ten_years() {
        let benches = benches();
        let bench = benches.open(&BenchName::local()).await.expect("a bench");
        bench
            .move_clock(Duration::from_secs(60))
            .await
            .expect("moved");
        assert_eq!(bench.ahead(), Duration::from_secs(60));
        bench.move_clock(Duration::MAX).await.expect("moved");
        assert_eq!(bench.ahead(), FURTHEST);
        bench.reset().await.expect("reset");
        assert_eq!(bench.ahead(), Duration::ZERO);
    }

    #[tokio::test]
    async fn the_number_of_benches_that_hold_something_is_bounded_and_local_always_has_a_place() {
        let benches = benches();
        benches.open(&BenchName::local()).await.expect("local");
        for n in 1..BENCH_LIMIT {
            let name = format!("b-{n}").parse().expect("a good name");
            benches.open(&name).await.expect("room for it").hold();
        }
        let late = "one-too-many".parse().expect("a good name");
        assert!(matches!(
            benches.open(&late).await,
            Err(OpenBenchError::TooMany(_))
        ));
        assert!(benches.open(&BenchName::local()).await.is_ok());
    }

    #[tokio::test]
    async fn benches_that_were_only_visited_make_room_and_leave_nothing() {
        let benches = benches();
        let student: BenchName = "a-student".parse().expect("a good name");
        let bench = benches.open(&student).await.expect("a bench");
        bench.set_student(Some("Ada".into())).await.expect("kept");
        let probe = PolicyProbe::new(Policy::INSECURE);
        for n in 0..2 * BENCH_LIMIT {
            let name = format!("visit-{n}").parse().expect("a good name");
            let bench = benches.open(&name).await.expect("room for it");
            let world = World::now(&bench, Variant::Insecure, &probe, ClientKind::Other);
            let source = SessionSource {
                client: "an image",
                route: "GET /login",
                permanent: false,
            };
            let opened = world.open_anonymous(None, source).await;
            opened.expect("a session");
        }
        assert!(benches.in_use().await.len() <= VISITED_LIMIT + 1);
        let again = benches.open(&student).await.expect("the same bench");
        assert!(Arc::ptr_eq(&bench, &again), "it stayed in memory");
        let first = "visit-0".parse().expect("a good name");
        let index = RecordIndex::Kind(Some(Variant::Insecure), RecordKind::Session);
        let left = benches.storage.0.members(&first, &index, 9).await;
        assert_eq!(left.expect("a list"), []);
    }

    #[tokio::test]
    async fn a_bench_that_holds_something_is_never_cleared_to_make_room() {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::default());
        let start = || {
            let keys = BenchKeys::derive(|_| [7; 32]);
            Benches::new(storage.clone(), Sharing::Alone, keys)
        };
        let student: BenchName = "a-student".parse().expect("a good name");
        let bench = start().open(&student).await.expect("a bench");
        bench.set_student(Some("Ada".into())).await.expect("kept");
        // The next start knows of it what is stored, and the student only looks.
        let benches = start();
        benches.open(&student).await.expect("the same bench");
        for n in 0..BENCH_LIMIT {
            let name = format!("visit-{n}").parse().expect("a good name");
            benches.open(&name).await.expect("room for it");
        }
        let bench = benches.open(&student).await.expect("the same bench");
        assert_eq!(bench.student().as_deref(), Some("Ada"));
    }

    #[tokio::test]
    async fn a_bench_that_was_made_stays_its_owners_when_it_makes_room() {
        let benches = benches();
        let made = benches.owners().make().await.expect("an answer");
        let (made, _) = made.expect("a bench");
        benches.open(&made).await.expect("the bench");
        for n in 0..=VISITED_LIMIT {
            let name = format!("visit-{n}").parse().expect("a good name");
            benches.open(&name).await.expect("room for it");
        }
        assert!(!benches.open.read().await.contains_key(&made), "no room");
        assert!(benches.exists(&made).await.expect("an answer"));
        let bench = benches.open(&made).await.expect("the bench");
        bench.reset().await.expect("reset");
        assert!(benches.owners().is_made(&made).await.expect("an answer"));
    }

    #[tokio::test]
    async fn only_what_was_made_exists_and_asking_makes_nothing() {
        let benches = benches();
        for (name, exists) in [("local", true), ("team-7", false), ("run-1", false)] {
            let name = name.parse().expect("a good name");
            assert_eq!(
                benches.exists(&name).await.expect("an answer"),
                exists,
                "{name}"
            );
        }
        let run = crate::session::bench::run_name();
        assert!(benches.exists(&run).await.expect("an answer"));
        assert!(benches.in_use().await.is_empty());
    }

    /// Two labs on one store.
    fn two_labs() -> [Benches; 2] {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::default());
        [(); 2].map(|()| {
            let keys = BenchKeys::derive(|_| [7; 32]);
            Benches::new(storage.clone(), Sharing::WithOthers, keys)
        })
    }

    #[tokio::test]
    async fn what_one_lab_changes_on_a_bench_the_other_sees_at_its_next_request() {
        let labs = two_labs();
        let name = BenchName::local();
        let mix = Policy::INSECURE.with(Name::HttpOnly, &Policy::HARDENED);
        let here = labs[0].open(&name).await.expect("a bench");
        let there = labs[1].open(&name).await.expect("a bench");
        here.set_custom(mix).await.expect("kept");
        here.set_student(Some("Ada".into())).await.expect("kept");
        here.move_clock(Duration::from_secs(300))
            .await
            .expect("kept");
        assert_eq!(there.ahead(), Duration::ZERO, "not read yet");
        tokio::time::sleep(FRESH).await;
        there.refresh().await.expect("read");
        assert_eq!(there.custom(), mix);
        assert_eq!(there.student().as_deref(), Some("Ada"));
        assert_eq!(there.ahead(), Duration::from_secs(300));

        // A change begins with what the other lab left, even where that was not read yet.
        there
            .move_clock(Duration::from_secs(60))
            .await
            .expect("kept");
        here.move_clock(Duration::from_secs(60))
            .await
            .expect("kept");
        assert_eq!(here.ahead(), Duration::from_secs(420));
        there.reset().await.expect("reset");
        tokio::time::sleep(FRESH).await;
        let here = labs[0].open(&name).await.expect("a bench");
        assert_eq!(here.ahead(), Duration::ZERO);
        assert_eq!(here.custom(), mix, "a reset keeps it");
    }

    #[tokio::test]
    async fn changes_of_many_requests_at_once_all_count() {
        let labs = two_labs();
        let name = BenchName::local();
        let minutes = (0..20).map(async |n| {
            let bench = labs[n % 2].open(&name).await.expect("a bench");
            let moved = bench.move_clock(Duration::from_secs(60));
            moved.await.expect("moved");
        });
        futures::future::join_all(minutes).await;
        tokio::time::sleep(FRESH).await;
        let bench = labs[0].open(&name).await.expect("a bench");
        assert_eq!(bench.ahead(), Duration::from_secs(20 * 60));
    }

    #[tokio::test]
    async fn a_custom_policy_and_the_clock_are_found_again() {
        let labs = two_labs();
        let mix = Policy::INSECURE.with(Name::HttpOnly, &Policy::HARDENED);
        let name = BenchName::local();
        let bench = labs[0].open(&name).await.expect("a bench");
        bench.set_custom(mix).await.expect("kept");
        bench
            .move_clock(Duration::from_secs(300))
            .await
            .expect("kept");
        let again = labs[1].open(&name).await.expect("the same bench");
        assert_eq!(again.custom(), mix);
        assert_eq!(again.ahead(), Duration::from_secs(300));
    }
}
