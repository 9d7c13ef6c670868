//! Redis with a replica: a commit is done when the replica has it, and a fail-over is followed.

use std::sync::Arc;
use std::time::Instant;

use session_lab::storage::RedisStorage;
use session_lab::storage::redis::Address;

use super::*;
use crate::support::redis::RedisServer;
use crate::support::sentinel::{Watched, Way, wait_for};
use crate::support::{PATIENCE, POLL};

/// A primary and a replica that takes part.
fn pair() -> (RedisServer, RedisServer) {
    // A replica that comes is served at once.
    let primary = RedisServer::start_with(&["--repl-diskless-sync-delay", "0"]);
    let port = primary.port.to_string();
    let replica = RedisServer::start_with(&["--replicaof", "127.0.0.1", &port]);
    wait_for("the replica takes part", || takes_part(&primary));
    (primary, replica)
}

fn takes_part(primary: &RedisServer) -> bool {
    primary.say("INFO replication").contains("state=online")
}

/// How often Redis was asked to wait.
fn waits(primary: &RedisServer) -> u32 {
    let told = primary.say("INFO commandstats");
    let line = told
        .lines()
        .find_map(|line| line.strip_prefix("cmdstat_wait:calls="));
    let calls = line.and_then(|line| line.split(',').next());
    calls.map_or(0, |calls| calls.parse().unwrap())
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn what_no_replica_confirms_is_unavailable() {
    let (primary, mut replica) = pair();
    let storage = primary.storage().await;
    done(
        &storage,
        put_all(&[&session("a"), &session("b"), &session("c")]),
    )
    .await;
    let hasty = primary.hasty_storage().await;
    // It is paused until this test lets it go on: any answer shows that the storage gave up.
    replica.signal("STOP");
    let told = hasty.commit(&bench(), remove(&[&session("a")])).await;
    let told = told.unwrap_err().to_string();
    // The time for the replica and the time for the whole call end together: on a busy machine either
    // may be noticed first.
    let known = ["no replica confirmed in time", "no answer within"];
    assert!(known.iter().any(|reason| told.contains(reason)), "{told}");
    let told = hasty.commit(&bench(), put_all(&[&session("b")])).await;
    assert!(told.is_err(), "a new version ends the one before");
    // Who only reads, and what ends nothing, waits for nobody.
    assert_eq!(version(&storage, &session("c")).await, Some(1));
    let only_events = Batch {
        events: vec![event("alice")],
        ..Batch::default()
    };
    let before = waits(&primary);
    done(&storage, only_events).await;
    storage
        .touch(&bench(), &session("c"), at(20), at(200))
        .await
        .unwrap();
    let lost = Batch {
        expect: vec![(session("c"), Expect::Absent)],
        ..remove(&[&session("c")])
    };
    assert_eq!(
        storage.commit(&bench(), lost).await.unwrap(),
        Commit::Conflict
    );
    assert_eq!(waits(&primary), before);

    replica.signal("CONT");
    done(&storage, remove(&[&session("c")])).await;
    // A replica that is gone is waited for no longer.
    replica.stop();
    wait_for("the primary notices", || !takes_part(&primary));
    let before = waits(&primary);
    done(&storage, put_all(&[&session("d")])).await;
    assert_eq!(waits(&primary), before);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_commit_is_done_when_the_replica_has_it_and_no_sooner() {
    let (primary, replica) = pair();
    let storage = Arc::new(primary.storage().await);
    done(&*storage, put_all(&[&session("a")])).await;
    let key = "lab:{local}:sessions:hardened:a";
    assert_eq!(replica.say(&format!("EXISTS {key}")), "1");
    primary.say("DEL lab:marker");
    replica.signal("STOP");
    let ending = {
        let storage = Arc::clone(&storage);
        tokio::spawn(async move { storage.commit(&bench(), remove(&[&session("a")])).await })
    };
    // The marker is written when the primary has answered, and the waiting begins.
    let start = Instant::now();
    while primary.say("EXISTS lab:marker") == "0" {
        assert!(!ending.is_finished(), "done without a replica");
        assert!(start.elapsed() < PATIENCE);
        tokio::task::yield_now().await;
    }
    assert_eq!(primary.say(&format!("EXISTS {key}")), "0");
    assert!(!ending.is_finished());
    replica.signal("CONT");
    assert_eq!(ending.await.unwrap().unwrap(), Commit::Done);
    assert_eq!(replica.say(&format!("EXISTS {key}")), "0");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn one_wait_serves_many_and_the_connection_may_break_in_between() {
    let (primary, replica) = pair();
    let storage = Arc::new(primary.storage().await);
    for round in 0..2 {
        let before = waits(&primary);
        let commits: Vec<_> = (0..100)
            .map(|n| {
                let storage = Arc::clone(&storage);
                let key = session(&format!("{round}-{n}"));
                tokio::spawn(async move { storage.commit(&bench(), put_all(&[&key])).await })
            })
            .collect();
        for commit in commits {
            assert_eq!(commit.await.unwrap().unwrap(), Commit::Done);
        }
        let asked = waits(&primary) - before;
        assert!((1..100).contains(&asked), "{asked}");
        let kept = "ZCARD lab:{local}:list:sessions:hardened";
        assert_eq!(replica.say(kept), (100 * (round + 1)).to_string());
        // Whoever reads first finds a new connection for all; the other one is found by who waits.
        primary.say("CLIENT KILL TYPE normal");
        assert_eq!(version(&*storage, &session("0-0")).await, Some(1));
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_full_redis_with_a_replica_still_ends_sessions() {
    let (primary, replica) = pair();
    let storage = primary.storage().await;
    done(&storage, put_all(&[&session("a"), &session("b")])).await;
    primary.say("CONFIG SET maxmemory 1");
    for name in ["a", "b"] {
        done(&storage, remove(&[&session(name)])).await;
    }
    assert_eq!(replica.say("ZCARD lab:{local}:list:sessions:hardened"), "0");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_fail_over_is_followed_and_what_was_written_is_there() {
    let mut all = Watched::start(Way::default());
    let address = Address::parse(&all.url(), None).unwrap();
    let storage = RedisStorage::open(address).await;
    let storage = storage.unwrap();
    done(&storage, put_all(&[&session("a"), &session("b")])).await;
    done(&storage, remove(&[&session("b")])).await;
    all.primary.stop();
    storage.read(&bench(), &session("a")).await.unwrap_err();
    let start = Instant::now();
    loop {
        match storage.commit(&bench(), put_all(&[&session("c")])).await {
            Ok(Commit::Done) => break,
            other => assert!(start.elapsed() < PATIENCE, "{other:?}"),
        }
        tokio::time::sleep(POLL).await;
    }
    assert_eq!(names(&storage, sessions(), 9).await, ["a", "c"]);
    assert_eq!(version(&storage, &session("b")).await, None);
    assert_eq!(all.replica.say("ROLE").lines().next(), Some("master"));
}
