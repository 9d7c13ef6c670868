//! CSRF tokens belong to one session, the anonymous one of the sign-in page included.

use serde_json::json;

use super::PAGES;
use crate::support::{Client, bench};

fn credentials(token: &str) -> Vec<(&'static str, String)> {
    let fields = [
        ("username", "student123"),
        ("password", "password123"),
        ("csrf_token", token),
    ];
    fields
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
}

async fn token_of(visitor: &mut Client) -> String {
    visitor
        .get("/login")
        .await
        .csrf_token()
        .expect("a token in the form")
}

#[tokio::test]
async fn a_sign_in_takes_the_token_of_its_own_anonymous_session_only() {
    let bench = bench();
    let (mut victim, mut attacker) = (bench.visitor("hardened"), bench.visitor("hardened"));
    let (own, foreign) = (token_of(&mut victim).await, token_of(&mut attacker).await);
    assert_ne!(own, foreign);
    let altered = format!("{}x", &own[..42]);
    for wrong in [&foreign, "", &altered, &own[..42], &format!("{own}x")] {
        let reply = victim.post_form("/login", &credentials(wrong)).await;
        assert_eq!(reply.status, 403, "{wrong}");
        assert!(
            reply.body.contains("/defences/csrf-token"),
            "{}",
            reply.body
        );
    }
    let without = credentials(&own)[..2].to_vec();
    assert_eq!(victim.post_form("/login", &without).await.status, 403);
    assert_eq!(victim.whoami().await, None);
    assert_eq!(
        victim.post_form("/login", &credentials(&own)).await.status,
        303
    );
}

#[tokio::test]
async fn without_an_anonymous_session_no_token_is_good() {
    let bench = bench();
    let token = token_of(&mut bench.visitor("hardened")).await;
    let mut stranger = bench.visitor("hardened");
    assert_eq!(
        stranger
            .post_form("/login", &credentials(&token))
            .await
            .status,
        403
    );
    assert_eq!(stranger.session_cookie(), None);
}

#[tokio::test]
async fn the_sign_in_brings_a_new_token_and_the_old_one_is_worthless() {
    let mut student = bench().visitor("hardened");
    let before = token_of(&mut student).await;
    assert_eq!(
        student
            .post_form("/login", &credentials(&before))
            .await
            .status,
        303
    );
    let after = token_of(&mut student).await;
    assert_ne!(before, after);
    let transfer = |token: String| {
        let fields = [("to", "alice".to_owned()), ("amount", "1".to_owned())];
        [&fields[..], &[("csrf_token", token)]].concat()
    };
    assert_eq!(
        student
            .post_form("/transfer", &transfer(before))
            .await
            .status,
        403
    );
    assert_eq!(student.balance().await, 1_000);
    assert_eq!(
        student
            .post_form("/transfer", &transfer(after))
            .await
            .status,
        303
    );
    assert_eq!(student.balance().await, 999);
}

#[tokio::test]
async fn a_token_of_one_session_is_refused_in_another_even_of_the_same_user() {
    let bench = bench();
    let (mut one, mut other) = (bench.visitor("hardened"), bench.visitor("hardened"));
    one.sign_in().await;
    other.sign_in().await;
    let token = one.token().await;
    let fields = [("to", "alice".to_owned()), ("amount", "1".to_owned())];
    let form = [&fields[..], &token].concat();
    assert_eq!(other.post_form("/transfer", &form).await.status, 403);

    let headers = [
        ("content-type", "application/json"),
        ("x-csrftoken", token[0].1.as_str()),
    ];
    let body = json!({"about_me": "x"}).to_string();
    let reply = other
        .send("POST", "/api/profile", &headers, body.clone())
        .await;
    assert_eq!(reply.status, 403);
    assert_eq!(
        reply.json()["detail"],
        "The CSRF token does not belong to this session."
    );
    assert_eq!(
        one.send("POST", "/api/profile", &headers, body)
            .await
            .status,
        200
    );
    let events = bench.events("hardened").await;
    let told = "csrf-token refused a request. The CSRF token does not belong to this session.";
    assert_eq!(events.iter().filter(|event| *event == told).count(), 2);
}

#[tokio::test]
async fn every_changing_page_of_the_hardened_portal_asks_for_the_token() {
    let mut student = bench().visitor("hardened");
    student.sign_in().await;
    for path in [
        "/login",
        "/logout",
        "/board",
        "/transfer",
        "/password",
        "/sessions",
        "/browsers/forget",
        "/preferences",
    ] {
        let reply = student.post_form(path, &[]).await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(reply.body.contains("The CSRF token is missing."), "{path}");
    }
    for path in ["/api/profile", "/cookies", "/admin/users/alice/role"] {
        assert_eq!(
            student.post_json(path, &json!({})).await.status,
            403,
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_form_of_the_hardened_portal_carries_the_token() {
    let mut student = bench().visitor("hardened");
    student.get("/login").await;
    let form = [
        ("username", "student123"),
        ("password", "password123"),
        ("remember", "1"),
    ];
    assert_eq!(student.submit("/login", &form).await.status, 303);
    let token = token_of(&mut student).await;
    let field = format!("<input type=\"hidden\" name=\"csrf_token\" value=\"{token}\">");
    for page in PAGES {
        let body = student.get(page).await.body;
        let forms = body.matches("method=\"post\"").count();
        assert!(forms >= 1, "{page} has at least the button to sign out");
        assert_eq!(body.matches(&field).count(), forms, "{page}: {body}");
    }
}
