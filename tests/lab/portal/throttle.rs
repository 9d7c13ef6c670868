//! The throttle: five failures a minute for each account, apart from browsers that are known.

use serde_json::json;

use crate::support::{Client, Reply, TestBench, bench};

/// Guesses wrong passwords until they are not looked at, and says how many were.
async fn guesses(visitor: &mut Client, user: &str) -> usize {
    for looked_at in 0..20 {
        let reply = visitor.try_to_sign_in(user, "wrong").await;
        match reply.status {
            401 => {}
            429 => return looked_at,
            other => panic!("{other}: {}", reply.body),
        }
    }
    panic!("nothing was throttled");
}

fn seconds_to_wait(reply: &Reply) -> u64 {
    assert_eq!(reply.status, 429, "{}", reply.body);
    let header = reply.header("retry-after").expect("how long to wait");
    header.parse().expect("whole seconds")
}

async fn remembered(bench: &TestBench, user: &str, password: &str) -> Client {
    let mut browser = bench.visitor("hardened");
    browser.get("/login").await;
    let form = [
        ("username", user),
        ("password", password),
        ("remember", "1"),
    ];
    assert_eq!(browser.submit("/login", &form).await.status, 303);
    assert_eq!(browser.submit("/logout", &[]).await.status, 200);
    browser
}

#[tokio::test]
async fn after_five_failures_even_the_right_password_has_to_wait() {
    let bench = bench();
    let mut stranger = bench.visitor("hardened");
    assert_eq!(guesses(&mut stranger, "student123").await, 5);
    let form = stranger.try_to_sign_in("student123", "password123").await;
    let wait = seconds_to_wait(&form);
    assert!((1..=12).contains(&wait), "{wait}");
    assert!(
        form.body.contains(&format!("Try again in {wait} seconds.")),
        "{}",
        form.body
    );
    assert!(
        form.body
            .contains("Too many failed attempts for this account.")
    );

    let sent = json!({"username": "student123", "password": "password123"});
    let api = bench
        .visitor("hardened")
        .post_json("/api/login", &sent)
        .await;
    let wait = seconds_to_wait(&api);
    assert_eq!(api.header("content-type"), Some("application/problem+json"));
    assert_eq!(api.json()["retry_after"], wait);
    assert_eq!(api.json()["defence"], "throttle");
    assert_eq!(
        bench.events("hardened").await[0],
        "A sign-in was throttled."
    );

    bench.wait_minutes(1).await;
    assert_eq!(
        stranger
            .try_to_sign_in("student123", "password123")
            .await
            .status,
        303
    );
}

#[tokio::test]
async fn strangers_cannot_keep_a_remembered_browser_out() {
    let bench = bench();
    let mut owner = remembered(&bench, "student123", "password123").await;
    let mut stranger = bench.visitor("hardened");
    assert_eq!(guesses(&mut stranger, "student123").await, 5);
    assert_eq!(
        owner
            .try_to_sign_in("student123", "password123")
            .await
            .status,
        303
    );
    assert_eq!(
        guesses(&mut stranger, "student123").await,
        0,
        "they still wait"
    );

    // A known browser has its own count, so a thief of its cookie cannot guess forever.
    owner.submit("/logout", &[]).await;
    assert_eq!(guesses(&mut owner, "student123").await, 5);
}

#[tokio::test]
async fn a_browser_is_known_for_its_own_user_only() {
    let bench = bench();
    let mut mallory = remembered(&bench, "mallory", "mischief").await;
    let mut stranger = bench.visitor("hardened");
    assert_eq!(guesses(&mut stranger, "student123").await, 5);
    assert_eq!(
        guesses(&mut mallory, "student123").await,
        0,
        "a stranger to this account"
    );
}

#[tokio::test]
async fn an_invented_browser_cookie_makes_no_new_count() {
    let bench = bench();
    let mut stranger = bench.visitor("hardened");
    assert_eq!(guesses(&mut stranger, "student123").await, 5);
    for n in 0..3 {
        let name = format!("browser_hardened_{}", bench.name);
        let mut other = bench
            .visitor("hardened")
            .with_cookie(&name, &format!("invented-{n}"));
        assert_eq!(guesses(&mut other, "student123").await, 0);
    }
}

#[tokio::test]
async fn a_success_forgets_the_failures() {
    let mut visitor = bench().visitor("hardened");
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(
                visitor.try_to_sign_in("student123", "wrong").await.status,
                401
            );
        }
        visitor.sign_in().await;
        visitor.submit("/logout", &[]).await;
    }
}

#[tokio::test]
async fn names_that_no_account_has_are_counted_too() {
    let bench = bench();
    let mut visitor = bench.visitor("hardened");
    for unknown in ["nobody", "", "student123 ", "Student123", "<b>"] {
        assert_eq!(guesses(&mut visitor, unknown).await, 5, "{unknown:?}");
    }
    assert_eq!(
        visitor
            .try_to_sign_in("student123", "password123")
            .await
            .status,
        303
    );
}

#[tokio::test]
async fn the_form_the_api_and_the_pages_behind_the_sign_in_share_one_count() {
    let bench = bench();
    let mut student = bench.visitor("hardened");
    student.sign_in().await;
    let wrong = json!({"username": "student123", "password": "wrong"});
    for _ in 0..2 {
        assert_eq!(
            bench
                .visitor("hardened")
                .post_json("/api/login", &wrong)
                .await
                .status,
            401
        );
    }
    let change = [("current", "wrong"), ("new", "a-new-password")];
    let end = [("handle", "others"), ("password", "wrong")];
    assert_eq!(student.submit("/password", &change).await.status, 403);
    assert_eq!(student.submit("/sessions", &end).await.status, 403);
    assert_eq!(student.submit("/password", &change).await.status, 403);
    seconds_to_wait(&student.submit("/password", &change).await);
    seconds_to_wait(&student.submit("/sessions", &end).await);
    assert_eq!(
        guesses(&mut bench.visitor("hardened"), "student123").await,
        0
    );
}

#[tokio::test]
async fn guesses_that_arrive_at_once_do_not_slip_through() {
    let bench = bench();
    let mut guessing = Vec::new();
    for n in 0..12 {
        let mut visitor = bench.visitor("hardened");
        guessing.push(tokio::spawn(async move {
            let sent = json!({"username": "student123", "password": format!("guess {n}")});
            visitor.post_json("/api/login", &sent).await.status
        }));
    }
    let mut looked_at = 0;
    for guess in guessing {
        match guess.await.expect("an answer") {
            401 => looked_at += 1,
            status => assert_eq!(status, 429),
        }
    }
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn other_accounts_variants_and_benches_have_counts_of_their_own() {
    let (one, other) = (bench(), bench());
    assert_eq!(guesses(&mut one.visitor("hardened"), "student123").await, 5);
    for (bench, variant, user) in [
        (&one, "hardened", "alice"),
        (&one, "without-csp", "student123"),
        (&one, "only-throttle", "student123"),
        (&other, "hardened", "student123"),
    ] {
        let mut visitor = bench.visitor(variant);
        assert_eq!(guesses(&mut visitor, user).await, 5, "{variant} {user}");
    }
}
