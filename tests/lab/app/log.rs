//! What is in the program's log, and what must not (ASVS 16.2.5, CWE-532).

use std::fs;

use serde_json::json;

use super::program::{Program, Visitor};

/// A tour through everything that takes or makes a secret. Returns all secrets that it saw.
async fn tour(program: &Program, variant: &str) -> Vec<String> {
    const TYPED: [&str; 4] = [
        "password123",
        "wrong-but-telling-1",
        "typed-into-the-name-2",
        "a-new-password-3",
    ];
    let mut secrets: Vec<String> = TYPED.map(str::to_owned).to_vec();
    let mut visitor = program.visitor("https", &format!("/{variant}"));
    visitor.get("/login").await;
    note(&visitor, &mut secrets);
    for (user, password) in [
        ("student123", "wrong-but-telling-1"),
        ("typed-into-the-name-2", "password123"),
    ] {
        let form = [("username", user), ("password", password)];
        assert_eq!(visitor.submit("/login", &form).await.status, 401);
        let json = json!({"username": user, "password": password});
        assert_eq!(visitor.post_json("/api/login", json).await.status, 401);
    }
    let right = [
        ("username", "student123"),
        ("password", "password123"),
        ("remember", "true"),
    ];
    assert_eq!(visitor.submit("/login", &right).await.status, 303);
    note(&visitor, &mut secrets);
    secrets.push(visitor.token().await);
    let id = visitor.id();

    visitor.get(&format!("/dashboard?sid={id}")).await;
    visitor
        .get(&format!("/no-page/{id}?password=a-new-password-3"))
        .await;
    visitor
        .submit("/transfer", &[("to", "alice"), ("amount", "5")])
        .await;
    visitor
        .submit("/board", &[("text", &format!("my id is {id}"))])
        .await;
    visitor
        .submit(
            "/sessions",
            &[("handle", "others"), ("password", "wrong-but-telling-1")],
        )
        .await;
    visitor
        .post_json("/api/profile", json!({"about_me": id}))
        .await;
    let cookie = format!("session_{variant}={id}");
    visitor
        .post_json("/cookies", json!({"cookie": cookie}))
        .await;
    // Forged, repeated and malformed.
    let twice = format!("__Host-session_{variant}={id}; __Host-session_{variant}={id}");
    visitor
        .send("GET", "/", &[("cookie", &twice)], String::new())
        .await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    let forged = "csrf_token=forged-token-4&to=alice&amount=1".to_owned();
    secrets.push("forged-token-4".into());
    visitor.send("POST", "/transfer", &[form], forged).await;
    let broken = format!("{{\"username\": \"{id}\", ");
    visitor
        .send(
            "POST",
            "/api/login",
            &[("content-type", "application/json")],
            broken,
        )
        .await;

    let change = [("current", "password123"), ("new", "a-new-password-3")];
    assert_eq!(visitor.submit("/password", &change).await.status, 200);
    note(&visitor, &mut secrets);
    let mut thief = visitor.clone();
    visitor.submit("/logout", &[]).await;
    thief.is_signed_in().await;
    secrets
}

/// Notes every cookie of the visitor that is a secret; a counted id is too short to search for.
fn note(visitor: &Visitor, secrets: &mut Vec<String>) {
    let values = visitor.jar.iter().map(|(_, value)| value.clone());
    secrets.extend(values.filter(|value| value.len() > 10));
}

#[tokio::test]
async fn no_id_no_password_and_no_token_is_in_the_log_or_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let mut secrets = Vec::new();
    for variant in [
        "insecure",
        "hardened",
        "without-at-rest",
        "without-id-source",
    ] {
        secrets.extend(tour(&program, variant).await);
    }
    secrets.retain(|secret| !secret.is_empty());
    assert!(secrets.iter().filter(|secret| secret.len() == 43).count() >= 10);

    let journal = fs::read_to_string(folder.path().join("journal/local.jsonl")).unwrap();
    let (log, said) = (program.log(), program.said());
    for (place, text) in [("log", &log), ("output", &said), ("journal", &journal)] {
        for secret in &secrets {
            assert!(
                !text.contains(secret.as_str()),
                "{secret} is in the {place}:\n{text}"
            );
        }
    }
    for event in [
        "signed-in",
        "sign-in-failed",
        "password-changed",
        "ended",
        "refused",
    ] {
        let written = format!("\"event\":\"{event}\"");
        assert!(log.contains(&written), "{event} is not in the log: {log}");
        assert!(journal.contains(&written), "{event} is not in the journal");
    }
    assert!(!log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn a_sign_in_that_was_not_stored_is_not_in_the_log_but_its_cause_is() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let mut visitor = program.visitor("https", "/hardened");
    assert_eq!(visitor.get("/").await.status, 200);
    fs::write(folder.path().join("sessions"), "in the way").unwrap();
    let right = json!({"username": "student123", "password": "password123"});
    let reply = visitor.post_json("/api/login", right.clone()).await;
    assert_eq!(reply.status, 503, "{}", reply.body);
    let log = program.log();
    assert!(!log.contains("signed-in"), "{log}");
    assert!(log.contains("the session store is not available"), "{log}");

    fs::remove_file(folder.path().join("sessions")).unwrap();
    assert_eq!(visitor.post_json("/api/login", right).await.status, 200);
    assert!(program.log().contains("signed-in"), "{}", program.log());
}
