//! The contract on records and lists.

use super::*;

pub async fn an_empty_bench_holds_nothing(storage: impl Storage) {
    assert!(
        storage
            .read(&bench(), &session("a"))
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        storage
            .members(&bench(), &sessions(), 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        storage
            .events(&bench(), EventId(0), 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(storage.sweep(&bench(), at(u64::MAX), 9).await.unwrap(), 0);
    storage
        .touch(&bench(), &session("a"), at(1), at(2))
        .await
        .unwrap();
    done(&storage, remove(&[&session("a")])).await;
    assert!(
        storage
            .read(&bench(), &session("a"))
            .await
            .unwrap()
            .is_none()
    );
}

pub async fn what_was_put_is_read_back(storage: impl Storage) {
    let values: [&[u8]; 5] = [
        b"{\"b\":1,\"a\":1.0}",
        b"plain",
        b"",
        b"\xff\x00",
        b"[\n1 ]\n",
    ];
    for (n, value) in values.into_iter().enumerate() {
        let key = session(&format!("s{n}"));
        let batch = Batch {
            put: vec![Put {
                value: value.into(),
                ..put(&key)
            }],
            ..Batch::default()
        };
        done(&storage, batch).await;
        let stored = storage.read(&bench(), &key).await.unwrap().unwrap();
        assert_eq!(&*stored.value, value);
        assert_eq!(
            (stored.version, stored.last_used, stored.expires_at),
            (1, at(10), at(100))
        );
    }
}

pub async fn each_put_counts_the_version_and_a_removal_starts_it_anew(storage: impl Storage) {
    let key = session("a");
    for expected in 1..=3 {
        done(&storage, put_all(&[&key])).await;
        assert_eq!(version(&storage, &key).await, Some(expected));
    }
    done(&storage, remove(&[&key])).await;
    assert_eq!(version(&storage, &key).await, None);
    done(&storage, put_all(&[&key])).await;
    assert_eq!(version(&storage, &key).await, Some(1));
}

pub async fn an_expectation_that_fails_changes_nothing(storage: impl Storage) {
    let (there, other) = (session("there"), session("other"));
    done(&storage, put_all(&[&there])).await;
    let wrong = [
        (&there, Expect::Absent),
        (&there, Expect::Version(0)),
        (&there, Expect::Version(2)),
        (&other, Expect::Present),
        (&other, Expect::Version(1)),
    ];
    for (key, expect) in wrong {
        let batch = Batch {
            // One that holds beside one that does not.
            expect: vec![(there.clone(), Expect::Present), (key.clone(), expect)],
            put: vec![put(&other)],
            remove: vec![there.clone()],
            events: vec![event("alice")],
            ..Batch::default()
        };
        assert_eq!(
            storage.commit(&bench(), batch).await.unwrap(),
            Commit::Conflict,
            "{expect:?}"
        );
        assert_eq!(version(&storage, &there).await, Some(1));
        assert_eq!(version(&storage, &other).await, None);
        assert!(
            storage
                .events(&bench(), EventId(0), 9)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

pub async fn every_expectation_is_checked_against_the_state_before_the_batch(
    storage: impl Storage,
) {
    let key = session("a");
    for expect in [Expect::Absent, Expect::Present, Expect::Version(2)] {
        let batch = Batch {
            expect: vec![(key.clone(), expect)],
            ..put_all(&[&key])
        };
        done(&storage, batch).await;
    }
    let batch = Batch {
        expect: vec![(key.clone(), Expect::Version(3))],
        ..remove(&[&key])
    };
    done(&storage, batch).await;
    let batch = Batch {
        expect: vec![(key.clone(), Expect::Version(0))],
        ..put_all(&[&key])
    };
    done(&storage, batch).await;
}

pub async fn members_stand_in_the_order_of_their_first_put(storage: impl Storage) {
    let (c, a, b) = (session("c"), session("a"), session("b"));
    done(&storage, put_all(&[&c, &a])).await;
    done(&storage, put_all(&[&b])).await;
    done(&storage, put_all(&[&c])).await;
    assert_eq!(names(&storage, sessions(), 9).await, ["c", "a", "b"]);
    assert_eq!(names(&storage, sessions(), 2).await, ["c", "a"]);
    assert!(names(&storage, sessions(), 0).await.is_empty());
    // One that went and came again is the youngest.
    done(&storage, remove(&[&c])).await;
    done(&storage, put_all(&[&c])).await;
    assert_eq!(
        names(&storage, sessions(), usize::MAX).await,
        ["a", "b", "c"]
    );
}

pub async fn a_list_of_an_owner_follows_the_record(storage: impl Storage) {
    let key = session("a");
    for owner in [None, Some("alice"), Some("bob"), None, Some("alice")] {
        let put = Put {
            owner: owner.map(String::from),
            ..put(&key)
        };
        done(&storage, put_one(put)).await;
        for user in ["alice", "bob"] {
            let found = names(&storage, sessions_of(user), 9).await.len();
            assert_eq!(
                found,
                usize::from(owner == Some(user)),
                "{user} while it is {owner:?}'s"
            );
        }
    }
    done(&storage, remove(&[&key])).await;
    assert!(names(&storage, sessions_of("alice"), 9).await.is_empty());
    assert!(names(&storage, sessions(), 9).await.is_empty());
}

pub async fn benches_worlds_and_kinds_are_apart(storage: impl Storage) {
    let shared = RecordKey::new(None, RecordKind::Setting, "a").unwrap();
    let account = RecordKey::new(HARDENED, RecordKind::Account, "a").unwrap();
    let insecure = RecordKey::new(Some(Variant::Insecure), RecordKind::Session, "a").unwrap();
    let keys = [&session("a"), &shared, &account, &insecure];
    done(&storage, put_all(&keys)).await;
    let other: BenchName = "team-7".parse().unwrap();
    for key in keys {
        assert_eq!(version(&storage, key).await, Some(1));
        assert!(storage.read(&other, key).await.unwrap().is_none());
        let index = RecordIndex::Kind(key.world(), key.kind());
        let members = storage.members(&bench(), &index, 9).await.unwrap();
        assert_eq!(members, std::slice::from_ref(key));
        assert!(storage.members(&other, &index, 9).await.unwrap().is_empty());
        done(&storage, remove(&[key])).await;
    }
}

pub async fn a_rotation_leaves_only_the_new_record(storage: impl Storage) {
    let (old, new, newer) = (session("old"), session("new"), session("newer"));
    done(&storage, put_all(&[&old])).await;
    let rotation = |from: &RecordKey, to: &RecordKey, remove: Vec<RecordKey>| Batch {
        expect: vec![
            (from.clone(), Expect::Present),
            (to.clone(), Expect::Absent),
        ],
        put: vec![Put {
            replaces: Some(from.clone()),
            ..put(to)
        }],
        remove,
        events: vec![],
        clear: None,
    };
    done(&storage, rotation(&old, &new, vec![old.clone()])).await;
    assert_eq!(names(&storage, sessions(), 9).await, ["new"]);
    let again = rotation(&old, &newer, vec![old.clone()]);
    assert_eq!(
        storage.commit(&bench(), again).await.unwrap(),
        Commit::Conflict
    );
    // `replaces` removes by itself.
    done(&storage, rotation(&new, &newer, vec![])).await;
    assert_eq!(names(&storage, sessions(), 9).await, ["newer"]);
}

pub async fn a_key_that_is_removed_and_put_in_one_batch_is_new(storage: impl Storage) {
    let (a, b) = (session("a"), session("b"));
    done(&storage, put_all(&[&a, &b])).await;
    done(&storage, put_all(&[&a])).await;
    done(
        &storage,
        Batch {
            remove: vec![a.clone()],
            ..put_all(&[&a])
        },
    )
    .await;
    assert_eq!(version(&storage, &a).await, Some(1));
    assert_eq!(names(&storage, sessions(), 9).await, ["b", "a"]);
}
