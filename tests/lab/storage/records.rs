//! The contract on records, lists and the journal.

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
        done(
            &storage,
            Batch {
                put: vec![put],
                ..Batch::default()
            },
        )
        .await;
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

pub async fn events_are_numbered_from_one_and_read_in_pages(storage: impl Storage) {
    for users in [["a", "b"], ["c", "d"]] {
        let events = users.map(event).into();
        done(
            &storage,
            Batch {
                events,
                ..Batch::default()
            },
        )
        .await;
    }
    let page = storage.events(&bench(), EventId(0), 3).await.unwrap();
    let expected = [
        (EventId(1), event("a")),
        (EventId(2), event("b")),
        (EventId(3), event("c")),
    ];
    assert_eq!(page, expected);
    let rest = storage.events(&bench(), EventId(3), 3).await.unwrap();
    assert_eq!(rest, [(EventId(4), event("d"))]);
    assert!(
        storage
            .events(&bench(), EventId(4), 3)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        storage
            .events(&bench(), EventId(u64::MAX), 3)
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn the_journal_keeps_its_newest_events(storage: impl Storage) {
    let events = vec![event("a"); JOURNAL_LIMIT + 5];
    done(
        &storage,
        Batch {
            events,
            ..Batch::default()
        },
    )
    .await;
    let kept = storage
        .events(&bench(), EventId(0), usize::MAX)
        .await
        .unwrap();
    assert_eq!(kept.len(), JOURNAL_LIMIT);
    assert_eq!(kept[0].0, EventId(6));
}

pub async fn the_last_event_is_known_without_reading_the_journal(storage: impl Storage) {
    let last = async || storage.last_event(&bench()).await.unwrap();
    assert_eq!(last().await, EventId(0));
    for expected in [2, 4] {
        let batch = Batch {
            events: vec![event("a"), event("b")],
            ..Batch::default()
        };
        done(&storage, batch).await;
        assert_eq!(last().await, EventId(expected));
    }
    // Older events are forgotten, and the number goes on.
    let batch = Batch {
        events: vec![event("a"); JOURNAL_LIMIT],
        ..Batch::default()
    };
    done(&storage, batch).await;
    assert_eq!(last().await, EventId(JOURNAL_LIMIT as u64 + 4));
    let other: BenchName = "team-7".parse().unwrap();
    assert_eq!(storage.last_event(&other).await.unwrap(), EventId(0));
}

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
