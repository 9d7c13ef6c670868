//! The contract on clearing a bench.

use super::*;

/// A session that has an owner, an account, a setting and the progress of a worksheet.
async fn put_some_of_each(storage: &impl Storage, bench: &BenchName) -> [RecordKey; 4] {
    let shared = |kind| RecordKey::new(None, kind, "a").unwrap();
    let account = RecordKey::new(HARDENED, RecordKind::Account, "a").unwrap();
    let keys = [
        session("a"),
        account,
        shared(RecordKind::Setting),
        shared(RecordKind::Progress),
    ];
    let put = keys.iter().map(|key| Put {
        owner: Some("alice".into()),
        ..put(key)
    });
    let batch = Batch {
        put: put.collect(),
        events: vec![event("alice")],
        ..Batch::default()
    };
    assert_eq!(storage.commit(bench, batch).await.unwrap(), Commit::Done);
    keys
}

const STAYS: [RecordKind; 2] = [RecordKind::Setting, RecordKind::Progress];

pub async fn a_clear_takes_everything_but_the_kinds_that_stay(storage: impl Storage) {
    let other: BenchName = "team-7".parse().unwrap();
    let keys = put_some_of_each(&storage, &bench()).await;
    put_some_of_each(&storage, &other).await;
    storage.clear(&bench(), &STAYS).await.unwrap();
    for key in &keys {
        let expected = STAYS.contains(&key.kind()).then_some(1);
        assert_eq!(version(&storage, key).await, expected, "{key:?}");
        let all = RecordIndex::Kind(key.world(), key.kind());
        let owned = RecordIndex::Owner(key.world(), key.kind(), "alice".into());
        for index in [all, owned] {
            let left = names(&storage, index.clone(), 9).await.len();
            assert_eq!(left, usize::from(expected.is_some()), "{index:?}");
        }
        let untouched = storage.read(&other, key).await.unwrap();
        assert!(untouched.is_some(), "{key:?} of another bench");
    }
    assert_eq!(storage.last_event(&bench()).await.unwrap(), EventId(1));
    // What is put again begins anew, and nothing is left for a sweep to find.
    done(&storage, put_all(&[&keys[0]])).await;
    assert_eq!(version(&storage, &keys[0]).await, Some(1));
    assert_eq!(storage.sweep(&bench(), at(100), 99).await.unwrap(), 3);
    storage.clear(&bench(), &[]).await.unwrap();
    storage.clear(&bench(), &[]).await.unwrap();
}

pub async fn a_clear_that_is_part_of_a_commit_happens_with_it_or_not_at_all(storage: impl Storage) {
    let keys = put_some_of_each(&storage, &bench()).await;
    let batch = |version| Batch {
        expect: vec![(keys[2].clone(), Expect::Version(version))],
        // One that would have gone, and one that stays.
        put: vec![put(&keys[0]), put(&keys[2])],
        clear: Some(STAYS.to_vec()),
        events: vec![event("alice")],
        ..Batch::default()
    };
    let versions = async || {
        let mut found = Vec::new();
        for key in &keys {
            found.push(version(&storage, key).await);
        }
        found
    };
    let conflict = storage.commit(&bench(), batch(7)).await.unwrap();
    assert_eq!(conflict, Commit::Conflict);
    assert_eq!(versions().await, [Some(1); 4]);
    done(&storage, batch(1)).await;
    assert_eq!(versions().await, [Some(1), None, Some(2), Some(1)]);
    assert!(names(&storage, sessions_of("alice"), 9).await.is_empty());
    assert_eq!(names(&storage, sessions(), 9).await, ["a"]);
    assert_eq!(storage.last_event(&bench()).await.unwrap(), EventId(2));
}

pub async fn a_clear_takes_more_records_than_one_command_could_name(storage: impl Storage) {
    const MANY: usize = 9_000;
    let keys: Vec<_> = (0..MANY).map(|n| session(&format!("s{n}"))).collect();
    for some in keys.chunks(500) {
        let put = some.iter().map(|key| Put {
            owner: Some("alice".into()),
            ..put(key)
        });
        let batch = Batch {
            put: put.collect(),
            ..Batch::default()
        };
        done(&storage, batch).await;
    }
    assert_eq!(
        names(&storage, sessions_of("alice"), MANY).await.len(),
        MANY
    );
    storage.clear(&bench(), &STAYS).await.unwrap();
    assert!(names(&storage, sessions_of("alice"), 1).await.is_empty());
    assert!(names(&storage, sessions(), 1).await.is_empty());
    assert_eq!(version(&storage, &keys[MANY - 1]).await, None);
}
