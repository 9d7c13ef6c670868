//! The program on a Redis with a replica and a Sentinel: what it answered outlives the primary.

use std::time::Instant;

use super::program::Program;
use crate::support::PATIENCE;
use crate::support::sentinel::{Watched, Way, wait_for};

#[tokio::test]
#[ignore = "needs Redis"]
async fn what_was_ended_stays_ended_after_a_fail_over_and_who_was_signed_in_still_is() {
    let mut all = Watched::start(Way::default());
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &all.url()]);
    let mut stays = program.visitor("https", "/hardened");
    stays.sign_in().await;
    let mut rotated = program.visitor("https", "/hardened");
    let before = rotated.get("/login").await;
    assert_eq!(before.status, 200);
    let mut planted = rotated.clone();
    rotated.sign_in().await;
    let mut ended = program.visitor("https", "/hardened");
    ended.sign_in().await;
    let mut thief = ended.clone();
    ended.sign_out().await;
    all.primary.stop();

    let start = Instant::now();
    while stays.get("/api/check_session").await.status == 503 {
        assert!(start.elapsed() < PATIENCE, "{}", program.log());
    }
    assert!(stays.is_signed_in().await);
    assert!(rotated.is_signed_in().await);
    assert!(!thief.is_signed_in().await);
    assert!(!planted.is_signed_in().await);
    stays.sign_out().await;
    program.visitor("https", "/hardened").sign_in().await;
    let log = program.log();
    assert_eq!(log.matches(" answers again").count(), 1, "{log}");
    assert!(!log.contains("panicked"), "{log}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_replica_that_stands_still_makes_an_end_503_and_reading_goes_on() {
    let all = Watched::start(Way::default());
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with(folder.path(), &["--sessions", &all.primary.hasty_url()]);
    let mut reader = program.visitor("https", "/hardened");
    reader.sign_in().await;
    let mut ending = program.visitor("https", "/hardened");
    ending.sign_in().await;
    let mut thief = ending.clone();
    let token = ending.token().await;
    all.replica.signal("STOP");
    // It is paused until this test lets it go on: any answer shows that the lab waits no longer.
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let body = format!("csrf_token={token}");
    let answer = ending.send("POST", "/logout", &[kind], body).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    // The primary did it all the same.
    assert!(!thief.is_signed_in().await);
    // Nobody gets a session that might be forgotten, and who has one keeps it.
    let mut comes = program.visitor("https", "/hardened");
    let page = comes.get("/login").await;
    assert_eq!((page.status, page.header("set-cookie").count()), (503, 0));
    assert!(reader.is_signed_in().await);
    let log = program.log();
    assert_eq!(log.matches("no replica confirmed").count(), 1, "{log}");

    all.replica.signal("CONT");
    wait_for("the replica answers", || all.replica.say("PING") == "PONG");
    comes.sign_in().await;
    reader.sign_out().await;
}
