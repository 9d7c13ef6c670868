//! What only the storage in Redis can show: TTLs, a Redis that is paused, and two labs on one.
//! `replicas` goes on with fail-overs.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::*;
use crate::support::PATIENCE;
use crate::support::ports::ReservedPort;
use crate::support::redis::RedisServer;

const HOUR: i64 = 3_600_000;

fn life(server: &RedisServer, key: &str) -> i64 {
    server
        .say(&format!("PTTL lab:{{local}}:{key}"))
        .parse()
        .unwrap()
}

fn about(life: i64, expected: i64) -> bool {
    (expected - 20_000..=expected).contains(&life)
}

fn in_one_minute() -> BenchTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    at(u64::try_from(now.as_millis()).unwrap() + 60_000)
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_record_stays_an_hour_after_its_deadline_and_its_lists_as_long() {
    let server = RedisServer::start();
    let storage = server.storage().await;
    let owned = |name: &str, expires_at| Put {
        expires_at,
        owner: Some("alice".into()),
        ..put(&session(name))
    };
    let one = |put| Batch {
        put: vec![put],
        ..Batch::default()
    };
    let lives = |name: &str| {
        let record = format!("sessions:hardened:{name}");
        let lists = ["list:sessions:hardened", "of:sessions:hardened:alice"];
        let keys = [lists[0], lists[1], "deadlines", "counts", &record];
        keys.map(|key| life(&server, key))
    };
    done(&storage, one(owned("over", at(100)))).await;
    for life in lives("over") {
        assert!(about(life, HOUR), "{life}");
    }
    let minute = in_one_minute();
    done(&storage, one(owned("a", minute))).await;
    for life in lives("a") {
        assert!(about(life, HOUR + 60_000), "{life}");
    }
    let later = minute.after(Duration::from_secs(600));
    let (bench, key) = (bench(), session("a"));
    storage.touch(&bench, &key, at(20), later).await.unwrap();
    for life in lives("a") {
        assert!(about(life, HOUR + 660_000), "{life}");
    }
    // A put that brings the deadline forward does so for the record, not for what others need.
    done(&storage, one(owned("a", minute))).await;
    assert!(about(life(&server, "sessions:hardened:a"), HOUR + 60_000));
    assert!(about(life(&server, "counts"), HOUR + 660_000));
    done(&storage, one(owned("ever", at(u64::MAX)))).await;
    assert_eq!(lives("ever"), [-1; 5]);
    done(&storage, one(owned("b", minute))).await;
    assert_eq!(life(&server, "counts"), -1, "what stays is never cut short");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_record_that_the_broom_took_is_in_no_list() {
    let server = RedisServer::start();
    let storage = server.storage().await;
    done(&storage, put_all(&[&session("a"), &session("b")])).await;
    server.say("DEL lab:{local}:sessions:hardened:a");
    assert_eq!(names(&storage, sessions(), 9).await, ["b"]);
    assert_eq!(server.say("ZCARD lab:{local}:list:sessions:hardened"), "1");
    // It comes again as a new one, behind the others.
    done(&storage, put_all(&[&session("a")])).await;
    assert_eq!(names(&storage, sessions(), 9).await, ["b", "a"]);
    assert_eq!(version(&storage, &session("a")).await, Some(1));
    server.say("DEL lab:{local}:sessions:hardened:b");
    assert_eq!(storage.sweep(&bench(), at(100), 9).await.unwrap(), 2);
    assert_eq!(server.say("KEYS *"), "lab:{local}:counts");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_student_who_deletes_the_counters_does_not_send_the_event_ids_back() {
    let server = RedisServer::start();
    let storage = server.storage().await;
    for _ in 0..2 {
        let events = vec![event("a"), event("b")];
        let batch = Batch {
            events,
            ..Batch::default()
        };
        done(&storage, batch).await;
        server.say("DEL lab:{local}:counts");
    }
    let events = storage.events(&bench(), EventId(0), 9).await.unwrap();
    assert!(events.iter().map(|(id, _)| id.0).eq(1..=4), "{events:?}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn two_labs_on_one_redis_see_the_same_and_one_of_them_wins() {
    let server = RedisServer::start();
    let (here, there) = (server.storage().await, server.storage().await);
    let key = session("a");
    done(&here, put_all(&[&key])).await;
    assert_eq!(version(&there, &key).await, Some(1));
    let update = || Batch {
        expect: vec![(key.clone(), Expect::Version(1))],
        ..put_all(&[&key])
    };
    let bench = bench();
    let (first, second) = tokio::join!(
        here.commit(&bench, update()),
        there.commit(&bench, update())
    );
    let mut ends = [first.unwrap(), second.unwrap()];
    ends.sort_by_key(|end| *end == Commit::Conflict);
    assert_eq!(ends, [Commit::Done, Commit::Conflict]);
    done(&there, remove(&[&key])).await;
    here.touch(&bench, &key, at(50), at(500)).await.unwrap();
    assert_eq!(version(&here, &key).await, None);
    assert!(names(&there, sessions(), 9).await.is_empty());
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_that_stands_still_is_unavailable_for_everybody() {
    let server = RedisServer::start();
    let storage = Arc::new(server.hasty_storage().await);
    done(&*storage, put_all(&[&session("a")])).await;
    // It is paused until this test lets it go on: any answer shows that the storage gave up.
    server.signal("STOP");
    for _ in 0..2 {
        let calls: Vec<_> = (0..20)
            .map(|_| {
                let storage = Arc::clone(&storage);
                tokio::spawn(async move { storage.read(&bench(), &session("a")).await })
            })
            .collect();
        for call in calls {
            let error = call.await.unwrap().unwrap_err().to_string();
            assert!(error.contains(" ms"), "{error}");
        }
        let commit = storage.commit(&bench(), put_all(&[&session("b")])).await;
        assert!(commit.is_err());
    }
    server.signal("CONT");
    let start = Instant::now();
    let found = loop {
        match storage.read(&bench(), &session("a")).await {
            Ok(found) => break found,
            Err(error) => assert!(start.elapsed() < PATIENCE, "{error}"),
        }
    };
    assert_eq!(found.map(|stored| stored.version), Some(1));
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn after_a_restart_of_redis_the_first_reading_succeeds() {
    let mut server = RedisServer::start();
    let storage = server.storage().await;
    done(&storage, put_all(&[&session("a")])).await;
    server.stop();
    let error = storage.read(&bench(), &session("a")).await.unwrap_err();
    let told = error.to_string();
    let port = server.port;
    assert!(
        told.contains(&format!("Redis at 127.0.0.1:{port}")),
        "{told}"
    );
    server.start_again();
    assert_eq!(version(&storage, &session("a")).await, None);
    // The scripts are new to it.
    done(&storage, put_all(&[&session("a")])).await;
    server.stop();
    server.start_again();
    assert!(names(&storage, sessions(), 9).await.is_empty());
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn what_redis_says_of_a_refusal_repeats_no_session_id() {
    let server = RedisServer::start_with(&["--rename-command", "HMGET", "HIDDEN"]);
    let storage = server.storage().await;
    let error = storage.read(&bench(), &session("a-secret-id")).await;
    let told = error.unwrap_err().to_string();
    assert!(told.contains("unknown command"), "{told}");
    assert!(!told.contains("a-secret-id"), "{told}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_full_redis_changes_nothing_and_says_so() {
    let server = RedisServer::start();
    let storage = server.storage().await;
    done(&storage, put_all(&[&session("a")])).await;
    server.say("CONFIG SET maxmemory 1");
    let batch = Batch {
        events: vec![event("alice")],
        ..put_all(&[&session("a"), &session("b")])
    };
    let error = storage.commit(&bench(), batch.clone()).await.unwrap_err();
    assert!(error.to_string().contains("OOM"), "{error}");
    assert_eq!(version(&storage, &session("a")).await, Some(1));
    assert_eq!(version(&storage, &session("b")).await, None);
    // An end is still possible: it needs no memory.
    done(&storage, remove(&[&session("a")])).await;
    assert_eq!(version(&storage, &session("a")).await, None);
    server.say("CONFIG SET maxmemory 0");
    done(&storage, batch).await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_that_becomes_a_replica_takes_nothing_until_it_is_a_primary_again() {
    let server = RedisServer::start();
    let storage = server.storage().await;
    done(&storage, put_all(&[&session("a")])).await;
    let nobody = ReservedPort::new();
    server.say(&format!("REPLICAOF 127.0.0.1 {}", nobody.number()));
    for said in ["READONLY", "it is a replica"] {
        let commit = storage.commit(&bench(), remove(&[&session("a")])).await;
        let told = commit.unwrap_err().to_string();
        assert!(told.contains(said), "{told}");
    }
    // What a replica has may be old: nobody is signed in on it either.
    let told = storage.read(&bench(), &session("a")).await.unwrap_err();
    assert!(told.to_string().contains("it is a replica"), "{told}");
    server.say("REPLICAOF NO ONE");
    done(&storage, remove(&[&session("a")])).await;
    assert_eq!(version(&storage, &session("a")).await, None);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_key_that_a_student_made_something_else_changes_nothing_and_lets_nobody_in() {
    let server = RedisServer::start();
    let storage = server.storage().await;
    let batch = Batch {
        events: vec![event("alice")],
        ..put_all(&[&session("a")])
    };
    for key in ["journal", "counts", "deadlines", "sessions:hardened:a"] {
        server.say(&format!("SET lab:{{local}}:{key} mine"));
        let commit = storage.commit(&bench(), batch.clone()).await;
        let told = commit.unwrap_err().to_string();
        assert!(told.contains("WRONGTYPE"), "{told}");
        server.say(&format!("DEL lab:{{local}}:{key}"));
        assert_eq!(version(&storage, &session("a")).await, None, "{key}");
        let events = storage.events(&bench(), EventId(0), 9).await.unwrap();
        assert!(events.is_empty(), "{key}");
    }
    server.say("SET lab:{local}:sessions:hardened:a mine");
    storage.read(&bench(), &session("a")).await.unwrap_err();
    server.say("DEL lab:{local}:sessions:hardened:a");
    done(&storage, batch).await;
}
