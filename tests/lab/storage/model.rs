//! Random batches, against a model that is simple enough to be right: a list of records in the
//! order of their first puts. Afterwards a file storage that is opened anew must agree as well, and
//! so must a second one on the same Redis.

use proptest::prelude::*;
use session_lab::storage::{Batch, Expect, StoredRecord};

use super::*;
use crate::support::redis::RedisServer;

/// One thing done to a storage. Keys are numbers, so that they meet often.
#[derive(Clone, Debug)]
enum Step {
    Commit {
        expect: Vec<(u8, Expect)>,
        put: Vec<(u8, u64, Option<u8>, Option<u8>)>,
        remove: Vec<u8>,
        /// Whether all sessions go, and only notices stay.
        clear: bool,
        events: usize,
    },
    Touch(u8, u64, u64),
    Sweep(u64, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = 0..6u8;
    let expect = prop_oneof![
        3 => Just(Expect::Present),
        3 => Just(Expect::Absent),
        1 => (0..3u64).prop_map(Expect::Version),
    ];
    let put = (
        key.clone(),
        0..100u64,
        prop::option::of(0..2u8),
        prop::option::weighted(0.3, key.clone()),
    );
    let commit = (
        prop::collection::vec((key.clone(), expect), 0..2),
        prop::collection::vec(put, 0..4),
        prop::collection::vec(key.clone(), 0..3),
        prop::bool::weighted(0.1),
        0..3usize,
    )
        .prop_map(|(expect, put, remove, clear, events)| Step::Commit {
            expect,
            put,
            remove,
            clear,
            events,
        });
    let touch = (key, 0..100u64, 0..100u64);
    let touch =
        touch.prop_map(|(key, last_used, expires_at)| Step::Touch(key, last_used, expires_at));
    let sweep = (0..60u64, 0..4usize).prop_map(|(now, limit)| Step::Sweep(now, limit));
    let step = prop_oneof![6 => commit, 1 => touch, 1 => sweep];
    prop::collection::vec(step, 1..25)
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    key: RecordKey,
    value: Vec<u8>,
    version: u64,
    last_used: u64,
    expires_at: u64,
    owner: Option<String>,
}

#[derive(Default)]
struct Model {
    rows: Vec<Row>,
    events: usize,
}

impl Model {
    fn find(&mut self, key: &RecordKey) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.key == *key)
    }

    fn commit(&mut self, batch: &Batch) -> Commit {
        for (key, expect) in &batch.expect {
            let version = self.find(key).map_or(0, |row| row.version);
            let holds = match expect {
                Expect::Absent => version == 0,
                Expect::Present => version > 0,
                Expect::Version(expected) => version == *expected,
            };
            if !holds {
                return Commit::Conflict;
            }
        }
        let replaced: Vec<_> = batch
            .put
            .iter()
            .filter_map(|put| put.replaces.clone())
            .collect();
        self.rows
            .retain(|row| !batch.remove.contains(&row.key) && !replaced.contains(&row.key));
        if let Some(stays) = &batch.clear {
            self.rows.retain(|row| stays.contains(&row.key.kind()));
        }
        for put in &batch.put {
            let row = Row {
                key: put.key.clone(),
                value: put.value.clone(),
                version: self.find(&put.key).map_or(1, |row| row.version + 1),
                last_used: put.last_used.millis(),
                expires_at: put.expires_at.millis(),
                owner: put.owner.clone(),
            };
            match self.find(&put.key) {
                Some(old) => *old = row,
                None => self.rows.push(row),
            }
        }
        self.events += batch.events.len();
        Commit::Done
    }

    fn touch(&mut self, key: &RecordKey, last_used: u64, expires_at: u64) {
        if let Some(row) = self.find(key) {
            row.last_used = row.last_used.max(last_used);
            row.expires_at = row.expires_at.max(expires_at);
        }
    }
}

fn key(n: u8) -> RecordKey {
    // Two worlds and two kinds among them.
    let world = (n < 4).then_some(Variant::Insecure);
    let kind = if n.is_multiple_of(2) {
        RecordKind::Session
    } else {
        RecordKind::Notice
    };
    RecordKey::new(world, kind, &format!("k{n}")).unwrap()
}

fn batch(step: &Step) -> Option<Batch> {
    let Step::Commit {
        expect,
        put,
        remove,
        clear,
        events,
    } = step
    else {
        return None;
    };
    Some(Batch {
        expect: expect
            .iter()
            .map(|(n, expect)| (key(*n), *expect))
            .collect(),
        put: put
            .iter()
            .map(|(n, time, owner, replaces)| Put {
                key: key(*n),
                value: format!("[{time}]").into_bytes(),
                last_used: at(*time / 2),
                expires_at: at(*time),
                owner: owner.map(|owner| format!("u{owner}")),
                replaces: replaces.map(key),
            })
            .collect(),
        remove: remove.iter().map(|n| key(*n)).collect(),
        clear: clear.then(|| vec![RecordKind::Notice]),
        events: vec![event("a"); *events],
    })
}

async fn agrees(storage: &impl Storage, model: &Model) {
    let mut indexes = std::collections::BTreeSet::new();
    for n in 0..6 {
        let key = key(n);
        let row = model.rows.iter().find(|row| row.key == key);
        let stored = storage.read(&bench(), &key).await.unwrap();
        let last_used = stored.map(
            |StoredRecord {
                 value,
                 version,
                 last_used,
                 expires_at,
             }| {
                (
                    value.to_vec(),
                    version,
                    last_used.millis(),
                    expires_at.millis(),
                )
            },
        );
        let expected = row.map(|row| {
            (
                row.value.clone(),
                row.version,
                row.last_used,
                row.expires_at,
            )
        });
        assert_eq!(last_used, expected, "{key:?}");
        indexes.insert(RecordIndex::Kind(key.world(), key.kind()));
        indexes.insert(RecordIndex::Owner(key.world(), key.kind(), "u0".into()));
        indexes.insert(RecordIndex::Owner(key.world(), key.kind(), "u1".into()));
    }
    for index in indexes {
        let is_member = |row: &&Row| match &index {
            RecordIndex::Kind(world, kind) => (row.key.world(), row.key.kind()) == (*world, *kind),
            RecordIndex::Owner(world, kind, owner) => {
                (row.key.world(), row.key.kind()) == (*world, *kind)
                    && row.owner.as_ref() == Some(owner)
            }
        };
        let expected: Vec<_> = model
            .rows
            .iter()
            .filter(is_member)
            .map(|r| r.key.clone())
            .collect();
        assert_eq!(
            storage.members(&bench(), &index, 99).await.unwrap(),
            expected,
            "{index:?}"
        );
        for limit in [0, 1, expected.len(), 99] {
            assert_eq!(
                storage.may_exceed(&bench(), &index, limit).await.unwrap(),
                expected.len() > limit,
                "{index:?}: {limit}"
            );
        }
    }
    let ids: Vec<_> = storage.events(&bench(), EventId(0), 999).await.unwrap();
    assert!(ids.iter().map(|(id, _)| id.0 as usize).eq(1..=model.events));
    let last = storage.last_event(&bench()).await.unwrap();
    assert_eq!(last.0 as usize, model.events);
}

async fn follows_the_model(storage: &impl Storage, steps: &[Step]) -> Model {
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Commit { .. } => {
                let batch = batch(step).unwrap();
                let expected = model.commit(&batch);
                assert_eq!(storage.commit(&bench(), batch).await.unwrap(), expected);
            }
            Step::Touch(n, last_used, expires_at) => {
                storage
                    .touch(&bench(), &key(*n), at(*last_used), at(*expires_at))
                    .await
                    .unwrap();
                model.touch(&key(*n), *last_used, *expires_at);
            }
            Step::Sweep(now, limit) => {
                let over = model
                    .rows
                    .iter()
                    .filter(|row| row.expires_at <= *now)
                    .count();
                let swept = storage.sweep(&bench(), at(*now), *limit).await.unwrap();
                assert_eq!(swept, over.min(*limit));
                // Which ones it takes is its own choice, among those that are over.
                let mut kept = Vec::new();
                for row in model.rows.drain(..) {
                    if version(storage, &row.key).await.is_some() {
                        kept.push(row);
                    } else {
                        assert!(row.expires_at <= *now);
                    }
                }
                model.rows = kept;
            }
        }
        agrees(storage, &model).await;
    }
    model
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 128,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn memory_follows_the_model(steps in steps()) {
        run(follows_the_model(&MemoryStorage::new(), &steps));
    }

    #[test]
    fn files_follow_the_model_and_survive(steps in steps()) {
        run(async {
            let folder = tempfile::tempdir().unwrap();
            let storage = FileStorage::open(folder.path()).unwrap();
            let model = follows_the_model(&storage, &steps).await;
            storage.flush().await.unwrap();
            drop(storage);
            agrees(&FileStorage::open(folder.path()).unwrap(), &model).await;
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    #[ignore = "needs Redis"]
    fn redis_follows_the_model(steps in prop::collection::vec(steps(), 3)) {
        let server = RedisServer::start();
        run(async {
            for steps in steps {
                server.say("FLUSHALL");
                let model = follows_the_model(&server.storage().await, &steps).await;
                agrees(&server.storage().await, &model).await;
            }
        });
    }
}
