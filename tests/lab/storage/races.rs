//! The contract where many call at once.

use std::sync::Arc;
use std::time::Duration;

use session_lab::session::bench::{BenchKeys, Benches, Sharing};

use super::*;

pub async fn of_many_commits_on_one_key_exactly_one_wins(storage: impl Storage) {
    let storage = Arc::new(storage);
    let key = session("a");
    for round in 0..5 {
        let attempts: Vec<_> = (0..16)
            .map(|_| {
                let (storage, key) = (Arc::clone(&storage), key.clone());
                let expect = vec![(key.clone(), Expect::Version(round))];
                let batch = Batch {
                    expect,
                    events: vec![event("a")],
                    ..put_all(&[&key])
                };
                tokio::spawn(async move { storage.commit(&bench(), batch).await.unwrap() })
            })
            .collect();
        let mut wins = 0;
        for attempt in attempts {
            wins += usize::from(attempt.await.unwrap() == Commit::Done);
        }
        assert_eq!(wins, 1);
    }
    assert_eq!(
        storage.read(&bench(), &key).await.unwrap().unwrap().version,
        5
    );
    assert_eq!(
        storage
            .events(&bench(), EventId(0), 99)
            .await
            .unwrap()
            .len(),
        5
    );
}

pub async fn a_commit_that_is_given_up_is_done_or_not_done(storage: impl Storage) {
    let key = session("a");
    for _ in 0..50 {
        let before = version(&storage, &key).await.unwrap_or_default();
        let bench = bench();
        let commit = storage.commit(&bench, put_all(&[&key]));
        // A single poll, then the request is gone.
        let _ = tokio::time::timeout(Duration::ZERO, commit).await;
        // The next commit waits for what is still under way.
        done(&storage, Batch::default()).await;
        let after = version(&storage, &key).await.unwrap_or_default();
        assert!(after == before || after == before + 1);
        let expect = vec![(key.clone(), Expect::Version(after))];
        done(
            &storage,
            Batch {
                expect,
                ..put_all(&[&key])
            },
        )
        .await;
    }
}

pub async fn readers_see_a_commit_whole(storage: impl Storage) {
    let storage = Arc::new(storage);
    let (a, b) = (session("a"), session("b"));
    done(&*storage, put_all(&[&a])).await;
    let mover = {
        let (storage, a, b) = (Arc::clone(&storage), a.clone(), b.clone());
        tokio::spawn(async move {
            for _ in 0..50 {
                done(
                    &*storage,
                    Batch {
                        remove: vec![a.clone()],
                        ..put_all(&[&b])
                    },
                )
                .await;
                done(
                    &*storage,
                    Batch {
                        remove: vec![b.clone()],
                        ..put_all(&[&a])
                    },
                )
                .await;
            }
        })
    };
    while !mover.is_finished() {
        assert_eq!(
            storage
                .members(&bench(), &sessions(), 9)
                .await
                .unwrap()
                .len(),
            1
        );
        tokio::task::yield_now().await;
    }
    mover.await.unwrap();
}

pub async fn nobody_meets_a_bench_that_is_half_cleared(storage: impl Storage) {
    let storage = Arc::new(storage);
    let keys: Vec<_> = (0..20).map(|n| session(&format!("s{n}"))).collect();
    let clearer = {
        let (storage, keys) = (Arc::clone(&storage), keys.clone());
        tokio::spawn(async move {
            for _ in 0..20 {
                done(&*storage, put_all(&keys.iter().collect::<Vec<_>>())).await;
                storage.clear(&bench(), &[]).await.unwrap();
            }
        })
    };
    while !clearer.is_finished() {
        let found = storage.members(&bench(), &sessions(), 99).await.unwrap();
        assert!([0, 20].contains(&found.len()), "{}", found.len());
        tokio::task::yield_now().await;
    }
    clearer.await.unwrap();
}

/// Two labs share the store, so that a lock inside one of them is not enough.
pub async fn a_hundred_and_fifty_changes_of_one_record_at_once_all_count(storage: impl Storage) {
    const CHANGES: u64 = 150;
    let storage: Arc<dyn Storage> = Arc::new(storage);
    let labs = [(); 2].map(|()| {
        let keys = BenchKeys::derive(|_| [7; 32]);
        Arc::new(Benches::new(storage.clone(), Sharing::WithOthers, keys))
    });
    let key = RecordKey::new(None, RecordKind::Counter, "one").unwrap();
    let changes: Vec<_> = (0..CHANGES)
        .map(|n| {
            let (lab, key) = (Arc::clone(&labs[n as usize % 2]), key.clone());
            tokio::spawn(async move {
                let bench = lab.find(&bench()).await.unwrap();
                let mut transaction = bench.transact("a counter");
                loop {
                    transaction.attempt().await?;
                    let found = bench.storage().read(bench.name(), &key).await?;
                    let before = found.map_or(0, |found| found.version);
                    let batch = Batch {
                        expect: vec![(key.clone(), Expect::Version(before))],
                        ..put_all(&[&key])
                    };
                    let commit = bench.storage().commit(bench.name(), batch).await?;
                    if commit == Commit::Done {
                        return Ok::<_, StorageError>(());
                    }
                }
            })
        })
        .collect();
    for change in changes {
        change.await.unwrap().unwrap();
    }
    let found = storage.read(&bench(), &key).await.unwrap().unwrap();
    assert_eq!(found.version, CHANGES);
}
