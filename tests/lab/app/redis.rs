//! The program with its sessions in Redis: restarts of either, and a Redis that is gone for a while.
//! `redis_faults` goes on with one that is there and does not do what it should.

use std::time::{Duration, Instant};

use super::program::{Program, Visitor};
use crate::support::redis::RedisServer;

/// A little longer than the time between two sweeps, which the program's own clock decides.
const SWEEPS: Duration = Duration::from_secs(6);

/// Neither the session in the jar nor a new sign-in is believed, and nobody gets a cookie.
async fn assert_refused(visitor: &mut Visitor) {
    let mut answers = Vec::new();
    for path in ["/login", "/dashboard"] {
        let page = visitor.get(path).await;
        let kind = page.header("content-type").next();
        let expected = (503, Some("text/html; charset=utf-8"));
        assert_eq!((page.status, kind), expected, "{path}");
        assert!(!page.body.contains("Welcome"), "{}", page.body);
        answers.push(page);
    }
    let right = serde_json::json!({"username": "student123", "password": "password123"});
    answers.push(visitor.get("/api/check_session").await);
    answers.push(visitor.post_json("/api/login", right).await);
    for json in &answers[2..] {
        let kind = json.header("content-type").next();
        assert_eq!((json.status, kind), (503, Some("application/problem+json")));
    }
    for answer in answers {
        assert_eq!(answer.header("set-cookie").count(), 0);
        // The log says where Redis is, and the page does not.
        assert!(!answer.body.contains("127.0.0.1:"), "{}", answer.body);
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_sign_in_in_redis_survives_kill_9_and_the_start_says_where_it_is() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let url = server.url();
    let start = || Program::start_with(folder.path(), &["--sessions", &url]);
    let program = start();
    let place = format!("Redis at 127.0.0.1:{}, database 0", server.port);
    let told = program.told.join("\n");
    assert!(
        told.contains(&format!("Sessions           {place}")),
        "{told}"
    );
    let home = program.visitor("lab", "").get("/").await;
    let says = format!("Sessions are stored in: {place}.");
    assert!(home.body.contains(&says), "{}", home.body);

    let mut visitor = program.visitor("https", "/hardened");
    visitor.sign_in().await;
    let mut ended = program.visitor("https", "/hardened");
    ended.sign_in().await;
    let thief = ended.clone();
    ended.sign_out().await;
    assert!(!folder.path().join("sessions").exists());
    program.kill();
    let again = start();
    assert!(visitor.at(&again).is_signed_in().await);
    assert!(!thief.at(&again).is_signed_in().await);

    // A second lab on the same Redis, with the keys of the first.
    let other = tempfile::tempdir().unwrap();
    let copied = std::process::Command::new("cp")
        .args(["-r", "."])
        .arg(other.path())
        .current_dir(folder.path())
        .status();
    assert!(copied.unwrap().success());
    let beside = Program::start_with(other.path(), &["--sessions", &url]);
    let mut there = visitor.at(&beside);
    assert!(there.is_signed_in().await);
    there.sign_out().await;
    assert!(!visitor.at(&again).is_signed_in().await);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn while_redis_is_down_nobody_is_signed_in_and_afterwards_it_goes_on_by_itself() {
    let mut server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &server.url()]);
    let mut visitor = program.visitor("https", "/hardened");
    visitor.sign_in().await;
    let mut weak = program.visitor("https", "/insecure");
    weak.sign_in().await;
    server.stop();
    // Longer than the sweep waits: neither requests nor sweeps fill the log.
    let stopped = Instant::now();
    while stopped.elapsed() < SWEEPS {
        assert_refused(&mut visitor.clone()).await;
        assert_refused(&mut weak).await;
    }
    let mut beside = program.visitor("http", "");
    assert_eq!(beside.get("/certificate").await.status, 200);

    server.start_again();
    // This Redis kept nothing, so the visitor has to sign in again.
    assert!(!visitor.is_signed_in().await);
    visitor.sign_in().await;
    assert!(visitor.is_signed_in().await);
    let log = program.log();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("Redis")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains(" is lost: "), "{log}");
    assert!(lines[1].contains(" answers again"), "{log}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn while_redis_stands_still_answers_come_and_afterwards_the_session_is_there() {
    let server = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start_with(folder.path(), &["--sessions", &server.hasty_url()]);
    let mut visitor = program.visitor("https", "/hardened");
    visitor.sign_in().await;
    // It is paused until this test lets it go on: any answer shows that the lab waits no longer.
    server.signal("STOP");
    let mut same = visitor.clone();
    let waiting = tokio::spawn(async move { same.get("/dashboard").await.status });
    let mut beside = program.visitor("http", "");
    assert_eq!(beside.get("/certificate").await.status, 200);
    assert_eq!(waiting.await.unwrap(), 503);
    assert_refused(&mut visitor.clone()).await;
    server.signal("CONT");
    assert!(visitor.is_signed_in().await);

    // Nor does a stop wait for it.
    server.signal("STOP");
    program.signal("TERM");
    let status = program.wait();
    assert_eq!(status.code(), Some(0), "{}", program.log());
}

#[test]
#[ignore = "needs Redis"]
fn a_redis_that_may_throw_sessions_away_is_named_at_the_start() {
    let limited = ["--maxmemory", "50mb", "--maxmemory-policy"];
    for (policy, warned) in [("allkeys-lru", 1), ("noeviction", 0)] {
        let server = RedisServer::start_with(&[&limited[..], &[policy]].concat());
        let folder = tempfile::tempdir().unwrap();
        let program = Program::start_with(folder.path(), &["--sessions", &server.url()]);
        let log = program.log();
        let warning = "may throw sessions away when its memory is full (allkeys-lru)";
        assert_eq!(log.matches(warning).count(), warned, "{log}");
    }
}
