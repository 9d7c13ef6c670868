//! The storage contract as tests: one suite, run on every storage.
//!
//! `records`, `journal`, `clear`, `times` and `races` hold the suite; `model` runs random batches
//! against a simple model; `files`, `faults` and `old_folder` hold what only the storage in files can
//! show, `redis` and `replicas` what only Redis.

mod clear;
mod faults;
mod files;
mod journal;
mod model;
mod old_folder;
mod races;
mod records;
mod redis;
mod replicas;
mod times;

use session_lab::base::bench_name::BenchName;
use session_lab::base::clock::BenchTime;
use session_lab::base::event::{ClientKind, Event, EventKind};
use session_lab::defences::policy::Variant;
use session_lab::storage::{
    Batch, Commit, EventId, Expect, FileStorage, JOURNAL_LIMIT, MemoryStorage, Put, RecordIndex,
    RecordKey, RecordKind, Storage, StorageError,
};

const HARDENED: Option<Variant> = Some(Variant::Hardened);

fn bench() -> BenchName {
    BenchName::local()
}

fn at(millis: u64) -> BenchTime {
    BenchTime::from_millis(millis)
}

fn session(name: &str) -> RecordKey {
    RecordKey::new(HARDENED, RecordKind::Session, name).unwrap()
}

fn sessions() -> RecordIndex {
    RecordIndex::Kind(HARDENED, RecordKind::Session)
}

fn sessions_of(owner: &str) -> RecordIndex {
    RecordIndex::Owner(HARDENED, RecordKind::Session, owner.into())
}

/// A record whose value is its own name as JSON, seen at 10 and good until 100.
fn put(key: &RecordKey) -> Put {
    Put {
        key: key.clone(),
        value: format!("{:?}", key.name()).into_bytes(),
        last_used: at(10),
        expires_at: at(100),
        owner: None,
        replaces: None,
    }
}

fn put_all(keys: &[&RecordKey]) -> Batch {
    Batch {
        put: keys.iter().map(|key| put(key)).collect(),
        ..Batch::default()
    }
}

fn put_one(put: Put) -> Batch {
    Batch {
        put: vec![put],
        ..Batch::default()
    }
}

/// Records, and an event of this user.
fn put_with_event(user: &str, keys: &[&RecordKey]) -> Batch {
    Batch {
        events: vec![event(user)],
        ..put_all(keys)
    }
}

fn remove(keys: &[&RecordKey]) -> Batch {
    Batch {
        remove: keys.iter().copied().cloned().collect(),
        ..Batch::default()
    }
}

fn event(user: &str) -> Event {
    let what = EventKind::NoticePosted { user: user.into() };
    Event {
        at: at(1),
        variant: HARDENED,
        client: ClientKind::Curl,
        what,
    }
}

async fn done(storage: &impl Storage, batch: Batch) {
    assert_eq!(storage.commit(&bench(), batch).await.unwrap(), Commit::Done);
}

async fn version(storage: &impl Storage, key: &RecordKey) -> Option<u64> {
    storage
        .read(&bench(), key)
        .await
        .unwrap()
        .map(|stored| stored.version)
}

async fn names(storage: &impl Storage, index: RecordIndex, limit: usize) -> Vec<String> {
    let members = storage.members(&bench(), &index, limit).await.unwrap();
    members.iter().map(|key| key.name().into()).collect()
}

/// Makes a test of each function, once a storage.
macro_rules! on_every_storage {
    ($($group:ident::$test:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$group::$test(super::MemoryStorage::new()).await;
            })+
        }
        mod file {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let folder = tempfile::tempdir().unwrap();
                super::$group::$test(super::FileStorage::open(folder.path()).unwrap()).await;
            })+
        }
        mod redis_server {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs Redis"]
            async fn $test() {
                let server = crate::support::redis::RedisServer::start();
                super::$group::$test(server.storage().await).await;
            })+
        }
    };
}

on_every_storage! {
    records::an_empty_bench_holds_nothing,
    records::what_was_put_is_read_back,
    records::each_put_counts_the_version_and_a_removal_starts_it_anew,
    records::an_expectation_that_fails_changes_nothing,
    records::every_expectation_is_checked_against_the_state_before_the_batch,
    records::members_stand_in_the_order_of_their_first_put,
    records::a_list_of_an_owner_follows_the_record,
    records::benches_worlds_and_kinds_are_apart,
    records::a_rotation_leaves_only_the_new_record,
    records::a_key_that_is_removed_and_put_in_one_batch_is_new,
    journal::events_are_numbered_from_one_and_read_in_pages,
    journal::the_journal_keeps_its_newest_events,
    journal::the_last_event_is_known_without_reading_the_journal,
    clear::a_clear_takes_everything_but_the_kinds_that_stay,
    clear::a_clear_that_is_part_of_a_commit_happens_with_it_or_not_at_all,
    clear::a_clear_takes_more_records_than_one_command_could_name,
    times::a_touch_never_sets_time_back_nor_brings_a_record_back,
    times::a_sweep_takes_what_is_over_in_small_batches,
    times::a_long_sweep_takes_exactly_what_it_may_and_out_of_every_list,
    times::a_touched_record_outlives_its_first_deadline,
    times::a_put_may_bring_the_deadline_forward,
    races::of_many_commits_on_one_key_exactly_one_wins,
    races::a_commit_that_is_given_up_is_done_or_not_done,
    races::readers_see_a_commit_whole,
    races::nobody_meets_a_bench_that_is_half_cleared,
    races::a_hundred_and_fifty_changes_of_one_record_at_once_all_count,
}
