//! The contract on time: touches, deadlines and sweeps.

use super::*;

pub async fn a_touch_never_sets_time_back_nor_brings_a_record_back(storage: impl Storage) {
    let key = session("a");
    done(&storage, put_all(&[&key])).await;
    let touches = [
        (20, 120, 20, 120),
        (15, 130, 20, 130),
        (30, 90, 30, 130),
        (1, 1, 30, 130),
    ];
    for (last_used, expires_at, last_used_then, expires_at_then) in touches {
        storage
            .touch(&bench(), &key, at(last_used), at(expires_at))
            .await
            .unwrap();
        let stored = storage.read(&bench(), &key).await.unwrap().unwrap();
        assert_eq!(
            (stored.last_used, stored.expires_at),
            (at(last_used_then), at(expires_at_then))
        );
        assert_eq!(stored.version, 1);
    }
    done(&storage, remove(&[&key])).await;
    storage
        .touch(&bench(), &key, at(40), at(140))
        .await
        .unwrap();
    assert_eq!(version(&storage, &key).await, None);
    assert!(names(&storage, sessions(), 9).await.is_empty());
}

pub async fn a_sweep_takes_what_is_over_in_small_batches(storage: impl Storage) {
    let keys: Vec<RecordKey> = (0..10).map(|n| session(&format!("s{n}"))).collect();
    let expires_at = |n: usize| at(100 + n as u64);
    let batch = keys.iter().enumerate().map(|(n, key)| Put {
        expires_at: expires_at(n),
        ..put(key)
    });
    done(
        &storage,
        Batch {
            put: batch.collect(),
            ..Batch::default()
        },
    )
    .await;
    assert_eq!(storage.sweep(&bench(), at(99), 9).await.unwrap(), 0);
    // At its deadline a record is over.
    assert_eq!(storage.sweep(&bench(), at(100), 9).await.unwrap(), 1);
    assert_eq!(storage.sweep(&bench(), at(106), 4).await.unwrap(), 4);
    assert_eq!(storage.sweep(&bench(), at(106), 4).await.unwrap(), 2);
    assert_eq!(storage.sweep(&bench(), at(106), 4).await.unwrap(), 0);
    assert_eq!(names(&storage, sessions(), 9).await, ["s7", "s8", "s9"]);
    assert_eq!(storage.sweep(&bench(), at(u64::MAX), 9).await.unwrap(), 3);
}

pub async fn a_long_sweep_takes_exactly_what_it_may_and_out_of_every_list(storage: impl Storage) {
    let put = (0..120).map(|n| Put {
        expires_at: at(100 + n),
        owner: Some(if n % 2 == 0 { "alice" } else { "bob" }.into()),
        ..put(&session(&format!("s{n:03}")))
    });
    let batch = Batch {
        put: put.collect(),
        ..Batch::default()
    };
    done(&storage, batch).await;
    assert_eq!(storage.sweep(&bench(), at(999), 117).await.unwrap(), 117);
    assert_eq!(
        names(&storage, sessions(), 9).await,
        ["s117", "s118", "s119"]
    );
    assert_eq!(names(&storage, sessions_of("alice"), 9).await, ["s118"]);
    assert_eq!(
        names(&storage, sessions_of("bob"), 9).await,
        ["s117", "s119"]
    );
    let rest = storage.sweep(&bench(), at(999), usize::MAX).await;
    assert_eq!(rest.unwrap(), 3);
    for index in [sessions(), sessions_of("alice"), sessions_of("bob")] {
        assert!(names(&storage, index, 9).await.is_empty());
    }
}

pub async fn a_touched_record_outlives_its_first_deadline(storage: impl Storage) {
    let (used, idle) = (session("used"), session("idle"));
    done(&storage, put_all(&[&used, &idle])).await;
    storage
        .touch(&bench(), &used, at(50), at(150))
        .await
        .unwrap();
    assert_eq!(storage.sweep(&bench(), at(149), 1).await.unwrap(), 1);
    assert_eq!(names(&storage, sessions(), 9).await, ["used"]);
    assert_eq!(storage.sweep(&bench(), at(149), 1).await.unwrap(), 0);
    assert_eq!(storage.sweep(&bench(), at(150), 1).await.unwrap(), 1);
    assert_eq!(version(&storage, &used).await, None);
}

pub async fn a_put_may_bring_the_deadline_forward(storage: impl Storage) {
    let key = session("a");
    done(&storage, put_all(&[&key])).await;
    let sooner = Put {
        expires_at: at(50),
        ..put(&key)
    };
    done(&storage, put_one(sooner)).await;
    assert_eq!(storage.sweep(&bench(), at(50), 9).await.unwrap(), 1);
    assert_eq!(storage.sweep(&bench(), at(100), 9).await.unwrap(), 0);
}
