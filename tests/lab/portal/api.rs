//! The JSON routes, and the page that reports what a script sees.

use serde_json::json;

use crate::support::bench;

const BOTH: [&str; 2] = ["insecure", "hardened"];

#[tokio::test]
async fn the_api_signs_in_without_a_token_and_answers_as_the_seeds_say() {
    for variant in BOTH {
        let mut client = bench().visitor(variant);
        let nobody = client.get("/api/check_session").await;
        assert_eq!(nobody.status, 401);
        assert_eq!(nobody.json()["is_authenticated"], false);

        let wrong = json!({"username": "apiuser", "password": "wrong"});
        assert_eq!(client.post_json("/api/login", &wrong).await.status, 401);
        let right = json!({"username": "apiuser", "password": "password123"});
        let reply = client.post_json("/api/login", &right).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let user = json!({"username": "apiuser", "role": "student"});
        assert_eq!(
            reply.json(),
            json!({"message": "Login successful.", "user": user})
        );

        let somebody = client.get("/api/check_session").await;
        assert_eq!(somebody.status, 200);
        assert_eq!(
            somebody.json(),
            json!({"is_authenticated": true, "user": user})
        );
    }
}

#[tokio::test]
async fn an_api_sign_in_that_another_site_forces_is_refused_on_the_hardened_side() {
    for (variant, status) in [("insecure", 200), ("hardened", 403)] {
        let mut victim = bench()
            .visitor(variant)
            .with_header("origin", "https://evil.localhost");
        let sent = json!({"username": "mallory", "password": "mischief"});
        assert_eq!(
            victim.post_json("/api/login", &sent).await.status,
            status,
            "{variant}"
        );
        assert_eq!(victim.whoami().await.is_some(), status == 200);
    }
}

#[tokio::test]
async fn asking_for_the_time_left_does_not_extend_the_session() {
    let bench = bench();
    let mut student = bench.visitor("hardened");
    assert_eq!(student.get("/api/time_left").await.status, 401);
    student.sign_in().await;
    let mut left = Vec::new();
    for _ in 0..2 {
        bench.wait_minutes(2).await;
        let reply = student.get("/api/time_left").await.json();
        left.push((
            reply["idle"].as_u64().expect("a limit"),
            reply["absolute"].as_u64(),
        ));
    }
    assert!(
        (170..=180).contains(&left[0].0) && (50..=60).contains(&left[1].0),
        "{left:?}"
    );
    assert!(
        left[1].1.is_some_and(|absolute| absolute <= 3_600 - 240),
        "{left:?}"
    );
    bench.wait_minutes(2).await;
    assert_eq!(
        student.get("/api/time_left").await.status,
        401,
        "six minutes without use"
    );
}

#[tokio::test]
async fn without_limits_there_is_no_time_left_to_tell() {
    let mut student = bench().visitor("insecure");
    student.sign_in().await;
    let left = student.get("/api/time_left").await;
    assert_eq!(left.json(), json!({"idle": null, "absolute": null}));
}

#[tokio::test]
async fn an_anonymous_session_has_no_time_left_either() {
    for variant in BOTH {
        let mut visitor = bench().visitor(variant);
        visitor.get("/login").await;
        assert_eq!(visitor.get("/api/time_left").await.status, 401, "{variant}");
    }
}

#[tokio::test]
async fn the_token_route_opens_a_session_and_gives_its_token() {
    let bench = bench();
    let mut visitor = bench.visitor("hardened");
    let first = visitor.get("/csrf-token").await;
    let id = visitor.id();
    let token = first.json()["csrf_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(token.len(), 43);
    let again = visitor.get("/csrf-token").await.json();
    assert_eq!(again["csrf_token"], token.as_str(), "one token a session");
    assert_eq!(visitor.id(), id);
    assert_eq!(
        visitor.get("/login").await.csrf_token(),
        Some(token),
        "the form's is the same"
    );

    let weak = bench.visitor("insecure").get("/csrf-token").await;
    assert_eq!(weak.json(), json!({"csrf_token": null}));
}

#[tokio::test]
async fn a_profile_is_read_and_changed_with_the_token_in_its_header() {
    for variant in BOTH {
        let bench = bench();
        let mut client = bench.visitor(variant);
        let change = json!({"about_me": "I like <b>cookies</b>."});
        assert_eq!(client.get("/api/profile").await.status, 401);
        assert_eq!(
            client.submit_json("/api/profile", &change).await.status,
            401,
            "{variant}"
        );

        client.sign_in().await;
        let empty = json!({"username": "student123", "about_me": ""});
        assert_eq!(client.get("/api/profile").await.json(), empty);
        let without = client.post_json("/api/profile", &change).await;
        let wrong = [
            ("content-type", "application/json"),
            ("x-csrftoken", "wrong"),
        ];
        let wrong = client
            .send("POST", "/api/profile", &wrong, change.to_string())
            .await;
        let expected = if variant == "hardened" { 403 } else { 200 };
        assert_eq!(
            (without.status, wrong.status),
            (expected, expected),
            "{variant}"
        );

        let done = client.submit_json("/api/profile", &change).await;
        assert_eq!(done.status, 200);
        assert_eq!(
            client.get("/api/profile").await.json()["about_me"],
            change["about_me"]
        );
        let long = json!({"about_me": "x".repeat(501)});
        assert_eq!(client.submit_json("/api/profile", &long).await.status, 422);
        assert_eq!(
            client.get("/api/profile").await.json()["about_me"],
            change["about_me"]
        );
    }
}

#[tokio::test]
async fn the_page_of_cookies_reports_names_and_never_values() {
    for (variant, http_only) in [("insecure", false), ("hardened", true)] {
        let bench = bench();
        let mut visitor = bench.visitor(variant);
        let page = visitor.get("/cookies").await;
        assert_eq!(page.status, 200, "signed out, too");
        let (name, id) = visitor.session_cookie().expect("a session is opened");
        assert!(
            page.body.contains(&format!("<code>{name}</code>")),
            "{}",
            page.body
        );
        assert_eq!(page.body.contains("Strong: HttpOnly is set."), http_only);

        let report = json!({"cookie": format!("a=1; {name}={id}; junk")});
        assert_eq!(
            visitor.submit_json("/cookies", &report).await.status,
            204,
            "{variant}"
        );
        let told = format!("document.cookie: a, {name} (the session cookie is among them).");
        let newest = bench.events(variant).await.remove(0);
        assert!(newest.ends_with(&told), "{newest}");
        assert!(!newest.contains(&id));
    }
}
