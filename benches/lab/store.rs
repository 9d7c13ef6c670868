//! What the storage contract costs on memory and on files: commit, read, touch, and the sweep of
//! a thousand records whose time is over.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use session_lab::base::clock::BenchTime;
use session_lab::defences::policy::Variant;
use session_lab::storage::{Batch, Commit, Put, RecordKey, RecordKind};

use crate::stand::{START, Stand, timed};

/// A value as long as that of a session.
const VALUE: &[u8] = br#"{"bench":"local","variant":"hardened","user":"student123","created":1767225600000,"authenticated_at":1767225600000,"rotated_from":"0123abcd","client":"Firefox","large_text":false,"renew":false}"#;
/// How many records a sweep finds.
const DUE: usize = 1_000;
const LIFETIME: Duration = Duration::from_secs(300);

fn put(name: &str) -> Put {
    Put {
        key: RecordKey::new(Some(Variant::Hardened), RecordKind::Session, name)
            .expect("a good name"),
        value: VALUE.to_vec(),
        last_used: START,
        expires_at: START.after(LIFETIME),
        owner: Some("student123".into()),
        replaces: None,
    }
}

async fn commit(stand: &Stand, put: Vec<Put>) {
    let batch = Batch {
        put,
        ..Batch::default()
    };
    let done = stand.storage.commit(stand.bench.name(), batch).await;
    assert_eq!(done.expect("an answer"), Commit::Done);
}

pub fn methods(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("storage");
    for stand in &Stand::both() {
        let (storage, bench) = (&stand.storage, stand.bench.name());

        stand.measure(&mut group, "commit one record", async |count| {
            let batches: Vec<_> = (0..count).map(|_| vec![put("one")]).collect();
            let work = async {
                for batch in batches {
                    commit(stand, batch).await;
                }
            };
            timed(work).await.0
        });

        stand.measure(&mut group, "read", async |count| {
            let key = &put("one").key;
            commit(stand, vec![put("one")]).await;
            let work = async {
                for _ in 0..count {
                    let found = storage.read(bench, key).await.expect("an answer");
                    assert!(black_box(found).is_some());
                }
            };
            timed(work).await.0
        });

        stand.measure(&mut group, "touch", async |count| {
            let key = &put("one").key;
            commit(stand, vec![put("one")]).await;
            let work = async {
                for later in 1..=count {
                    let seen = BenchTime::from_millis(START.millis() + later);
                    let touched = storage.touch(bench, key, seen, seen.after(LIFETIME));
                    touched.await.expect("an answer");
                }
            };
            timed(work).await.0
        });

        stand.measure(&mut group, "sweep 1000 records", async |count| {
            let over = START.after(Duration::from_secs(30 * 24 * 3600));
            // Whatever the benchmarks above left behind goes first.
            storage.sweep(bench, over, DUE).await.expect("an answer");
            let mut spent = Duration::ZERO;
            for _ in 0..count {
                commit(stand, (0..DUE).map(|n| put(&format!("due-{n}"))).collect()).await;
                let (took, swept) = timed(storage.sweep(bench, over, DUE)).await;
                assert_eq!(swept.expect("an answer"), DUE);
                spent += took;
            }
            spent
        });
    }
    group.finish();
}
