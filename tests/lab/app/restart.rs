//! What a new start finds after `kill -9`, or after somebody edited the data folder.

use std::fs;

use session_lab::defences::{AtRest, Defence};

use super::program::Program;

#[tokio::test]
async fn a_sign_in_that_was_answered_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    for variant in ["insecure", "hardened", "without-at-rest"] {
        let program = Program::start(folder.path());
        let mut visitor = program.visitor("https", &format!("/{variant}"));
        visitor.sign_in().await;
        program.kill();
        let again = Program::start(folder.path());
        assert!(visitor.at(&again).is_signed_in().await, "{variant}");
    }
}

#[tokio::test]
async fn a_session_that_was_ended_or_rotated_stays_dead_after_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let mut visitor = program.visitor("https", "/hardened");
    visitor.get("/login").await;
    let anonymous = visitor.clone();
    visitor.sign_in().await;
    let mut ended = program.visitor("https", "/hardened");
    ended.sign_in().await;
    let thief = ended.clone();
    assert_eq!(ended.submit("/logout", &[]).await.status, 200);
    program.kill();

    let again = Program::start(folder.path());
    assert!(!thief.at(&again).is_signed_in().await);
    assert!(!anonymous.at(&again).is_signed_in().await);
    assert!(visitor.at(&again).is_signed_in().await);
    // A password change ends the others, and they stay ended too.
    let mut visitor = visitor.at(&again);
    let mut other = again.visitor("https", "/hardened");
    other.sign_in().await;
    let form = [("current", "password123"), ("new", "a longer password")];
    assert_eq!(visitor.submit("/password", &form).await.status, 200);
    again.kill();

    let again = Program::start(folder.path());
    assert!(!other.at(&again).is_signed_in().await);
    assert!(visitor.at(&again).is_signed_in().await);
}

#[tokio::test]
async fn a_damaged_record_is_set_aside_and_named_and_the_others_load() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let mut visitors = Vec::new();
    for _ in 0..3 {
        let mut visitor = program.visitor("https", "/hardened");
        visitor.sign_in().await;
        visitors.push(visitor);
    }
    program.kill();
    let file = |visitor: usize| {
        let name = AtRest::STRONG.key(&visitors[visitor].id());
        format!("sessions/local/hardened/{name}.json")
    };
    let damaged = folder.path().join(file(0));
    let text = fs::read_to_string(&damaged).unwrap();
    fs::write(&damaged, &text[..text.len() / 2]).unwrap();
    // Whole as a file, but the session inside is none.
    let emptied = folder.path().join(file(1));
    let text = fs::read_to_string(&emptied).unwrap();
    let (before, _) = text.split_once("\"value\":").unwrap();
    fs::write(&emptied, format!("{before}\"value\": {{}}\n}}\n")).unwrap();

    let again = Program::start(folder.path());
    assert!(!visitors[0].at(&again).is_signed_in().await);
    assert!(!visitors[1].at(&again).is_signed_in().await);
    assert!(visitors[2].at(&again).is_signed_in().await);
    let mut newcomer = again.visitor("https", "/hardened");
    newcomer.sign_in().await;
    assert!(newcomer.is_signed_in().await);
    let log = again.log();
    assert!(
        log.contains(&format!("{}, it is set aside", file(0))),
        "{log}"
    );
    assert!(log.contains("cannot be read"), "{log}");
    assert!(folder.path().join("set-aside").join(file(0)).exists());
    assert!(!damaged.exists());
}

#[tokio::test]
async fn the_clock_and_the_custom_policy_are_kept_over_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let mut visitor = program.visitor("https", "/hardened");
    visitor.sign_in().await;
    let origin = format!("http://localhost:{}", program.port("lab"));
    let headers = [
        ("origin", origin.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let mut student = program.visitor("lab", "");
    let moved = student.send("POST", "/clock", &headers, "minutes=61".into());
    assert_eq!(moved.await.status, 303);
    program.kill();
    let again = Program::start(folder.path());
    assert!(
        !visitor.at(&again).is_signed_in().await,
        "61 minutes have passed"
    );
}
