//! The program on a Redis that is there and does not do what it should: full, emptied, slow, with
//! another password. Nobody is ever let in by that, and the log says each fault once.

use std::time::Instant;

use super::program::{Program, Visitor};
use crate::support::PATIENCE;
use crate::support::ports::ReservedPort;
use crate::support::redis::{RedisServer, SHORT_TIMEOUT};

/// The student signed in on a lab whose sessions are in this Redis.
async fn signed_in(folder: &tempfile::TempDir, url: &str) -> (Program, Visitor) {
    let program = Program::start_with(folder.path(), &["--sessions", url]);
    let mut visitor = program.visitor("https", "/hardened");
    visitor.sign_in().await;
    (program, visitor)
}

/// The store refuses, and nobody gets a cookie. The fault lasts until the test ends it, so any answer
/// shows that the lab does not wait for that.
async fn assert_unavailable(visitor: &mut Visitor) {
    let answer = visitor.get("/dashboard").await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert_eq!(answer.header("set-cookie").count(), 0);
}

fn count(program: &Program, words: &str) -> usize {
    program.log().matches(words).count()
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_full_redis_signs_nobody_in_and_keeps_and_ends_the_sessions_that_are_there() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let (program, mut visitor) = signed_in(&folder, &server.url()).await;
    let mut thief = visitor.clone();
    server.say("CONFIG SET maxmemory 1");
    for _ in 0..5 {
        let mut comes = program.visitor("https", "/hardened");
        let page = comes.get("/login").await;
        assert_eq!((page.status, page.header("set-cookie").count()), (503, 0));
        assert!(page.body.contains("The store is full"), "{}", page.body);
    }
    assert_eq!(count(&program, "OOM"), 1, "{}", program.log());
    for _ in 0..3 {
        let page = visitor.get_from_store("/dashboard").await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("student123"), "{}", page.body);
    }
    let token = visitor.token().await;
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let body = format!("csrf_token={token}");
    let answer = visitor.send("POST", "/logout", &[kind], body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    // That a dead session was used is an event, and there is no room for it.
    let answer = thief.get("/api/check_session").await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    server.say("CONFIG SET maxmemory 0");
    assert!(!thief.is_signed_in().await);
    visitor.sign_in().await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn whatever_redis_throws_away_the_visitor_is_himself_or_signed_out() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let (program, mut visitor) = signed_in(&folder, &server.url()).await;
    let keys = server.say("KEYS lab:*");
    assert!(keys.lines().count() > 5, "{keys}");
    for key in keys.lines() {
        server.say(&format!("DEL {key}"));
        let page = visitor.get_from_store("/dashboard").await;
        match page.status {
            200 => assert!(page.body.contains("student123"), "{key}: {}", page.body),
            303 => visitor.sign_in().await,
            other => panic!("{key}: {other} {}", page.body),
        }
        assert!(visitor.is_signed_in().await, "{key}");
    }
    server.say("FLUSHALL");
    assert!(!visitor.is_signed_in().await);
    visitor.sign_in().await;
    server.say("SCRIPT FLUSH");
    assert!(visitor.is_signed_in().await);
    server.say("SCRIPT FLUSH");
    visitor.sign_out().await;
    assert!(!visitor.is_signed_in().await);
    assert!(!program.log().contains("panicked"), "{}", program.log());
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_that_makes_room_by_throwing_sessions_away_signs_visitors_out_cleanly() {
    let server = RedisServer::start_with(&["--maxmemory-policy", "allkeys-random"]);
    let folder = tempfile::tempdir().unwrap();
    let (program, visitor) = signed_in(&folder, &server.url()).await;
    let mut visitors = vec![visitor];
    for _ in 0..4 {
        let mut comes = program.visitor("https", "/hardened");
        comes.sign_in().await;
        visitors.push(comes);
    }
    // With everything but a few pages taken by others.
    let used = server.say("INFO memory");
    let used = used
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"));
    let limit = used.unwrap().parse::<u64>().unwrap() + 300_000;
    server.say(&format!("CONFIG SET maxmemory {limit}"));
    let sessions = || {
        server
            .say("KEYS lab:{local}:sessions:hardened:*")
            .lines()
            .count()
    };
    let start = Instant::now();
    let mut n = 0;
    while sessions() > 2 {
        assert!(start.elapsed() < PATIENCE, "nothing is thrown away");
        server.say(&format!("SETRANGE junk{n} 20000 x"));
        n += 1;
    }
    let mut out = 0;
    for visitor in &mut visitors {
        let page = visitor.get_from_store("/dashboard").await;
        match page.status {
            200 => assert!(page.body.contains("student123"), "{}", page.body),
            303 => out += 1,
            other => panic!("{other} {}", page.body),
        }
    }
    assert!(out >= 3, "{out}");
    server.say("CONFIG SET maxmemory 0");
    visitors[0].sign_in().await;
    assert!(!program.log().contains("panicked"), "{}", program.log());
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_password_that_is_changed_under_the_lab_is_said_once_and_shown_never() {
    let (old, new) = ("hunter2-hunter2", "hunter3-hunter3");
    let server = RedisServer::start_with_password(old, &[]);
    let url = format!("redis://:{old}@127.0.0.1:{}/0{SHORT_TIMEOUT}", server.port);
    let folder = tempfile::tempdir().unwrap();
    let (program, mut visitor) = signed_in(&folder, &url).await;
    // All in one, because the harness knows the old one: the connection of the lab breaks.
    server.say_all(&[
        &format!("CONFIG SET requirepass {new}"),
        "CLIENT KILL TYPE normal",
    ]);
    for _ in 0..5 {
        assert_unavailable(&mut visitor).await;
    }
    let refused = "Password authentication failed";
    assert_eq!(count(&program, refused), 1, "{}", program.log());
    server.say_all(&[
        &format!("AUTH {new}"),
        &format!("CONFIG SET requirepass {old}"),
    ]);
    assert!(visitor.is_signed_in().await);
    let log = program.log();
    assert_eq!(log.matches(" answers again").count(), 1, "{log}");
    assert!(!log.contains(old) && !log.contains(new), "{log}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_that_becomes_a_replica_signs_nobody_in_and_is_named_once() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let (program, mut visitor) = signed_in(&folder, &server.url()).await;
    let nobody = ReservedPort::new();
    server.say(&format!("REPLICAOF 127.0.0.1 {}", nobody.number()));
    // A request beside this one may find out first.
    for _ in 0..5 {
        assert_unavailable(&mut visitor).await;
    }
    let told = count(&program, " is lost: ");
    assert!((1..=2).contains(&told), "{}", program.log());
    assert_eq!(count(&program, "it is a replica"), 1, "{}", program.log());
    assert_eq!(count(&program, " answers again"), 0, "{}", program.log());
    server.say("REPLICAOF NO ONE");
    assert!(visitor.is_signed_in().await);
    assert_eq!(count(&program, " answers again"), 1, "{}", program.log());
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_redis_that_stands_still_for_a_while_is_lost_once_and_found_once() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let (program, mut visitor) = signed_in(&folder, &server.hasty_url()).await;
    server.signal("STOP");
    for _ in 0..3 {
        assert_unavailable(&mut visitor).await;
        let mut beside = program.visitor("http", "");
        assert_eq!(beside.get("/certificate").await.status, 200);
    }
    server.signal("CONT");
    assert!(visitor.is_signed_in().await);
    let log = program.log();
    assert_eq!(log.matches(" is lost: ").count(), 1, "{log}");
    assert_eq!(log.matches(" answers again").count(), 1, "{log}");
    assert_eq!(
        log.lines().filter(|line| line.contains("Redis")).count(),
        2,
        "{log}"
    );
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_key_that_is_something_else_lets_nobody_in() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let (program, mut visitor) = signed_in(&folder, &server.url()).await;
    let keys = server.say("KEYS lab:{local}:sessions:hardened:*");
    for key in keys.lines() {
        server.say(&format!("DEL {key}"));
        server.say(&format!("SET {key} mine"));
    }
    for _ in 0..5 {
        assert_unavailable(&mut visitor).await;
    }
    assert_eq!(count(&program, "WRONGTYPE"), 1, "{}", program.log());
    for key in keys.lines() {
        server.say(&format!("DEL {key}"));
    }
    assert!(!visitor.is_signed_in().await);
    visitor.sign_in().await;
}
