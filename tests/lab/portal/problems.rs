//! What goes wrong on the JSON routes is `application/problem+json` with the right status.

use serde_json::{Value, json};

use crate::support::{Reply, bench};

/// The problem in a reply, after the checks that hold for every one (RFC 9457).
fn problem(reply: &Reply, status: u16) -> Value {
    assert_eq!(reply.status, status, "{}", reply.body);
    assert_eq!(
        reply.headers("content-type"),
        ["application/problem+json"],
        "{}",
        reply.body
    );
    let problem = reply.json();
    assert_eq!(problem["type"], "about:blank");
    assert_eq!(problem["status"], status);
    for part in ["title", "detail", "next"] {
        assert!(
            problem[part].as_str().is_some_and(|text| text.len() > 5),
            "{part}: {problem}"
        );
    }
    problem
}

#[tokio::test]
async fn nobody_signed_in_is_a_401() {
    for variant in ["insecure", "hardened"] {
        let mut visitor = bench().visitor(variant);
        for path in [
            "/api/check_session",
            "/api/profile",
            "/api/time_left",
            "/admin/sessions",
        ] {
            let problem = problem(&visitor.get(path).await, 401);
            assert_eq!(problem["is_authenticated"], false, "{variant}{path}");
        }
        let wrong = json!({"username": "student123", "password": "wrong"});
        problem(&visitor.post_json("/api/login", &wrong).await, 401);
    }
}

#[tokio::test]
async fn a_refusal_names_its_defence() {
    let mut student = bench().visitor("hardened");
    student.sign_in().await;
    let told = problem(&student.get("/admin/sessions").await, 403);
    assert_eq!(told.get("defence"), None, "a role is no switch");
    let told = problem(&student.post_json("/api/profile", &json!({})).await, 403);
    assert_eq!(told["defence"], "csrf-token");
    let text = [("content-type", "text/plain")];
    let told = problem(
        &student
            .send("POST", "/api/profile", &text, "{}".into())
            .await,
        415,
    );
    assert_eq!(told["defence"], "json-only");
    let cross = [("content-type", "application/json"), ("origin", "null")];
    let told = problem(
        &student
            .send("POST", "/api/login", &cross, "{}".into())
            .await,
        403,
    );
    assert_eq!(told["defence"], "request-origin");
    let (name, id) = student.session_cookie().expect("a cookie");
    student.jar.push((name, id));
    let told = problem(&student.get("/api/check_session").await, 400);
    assert_eq!(told["defence"], "duplicate-cookies");
}

#[tokio::test]
async fn a_body_that_is_no_json_of_the_right_shape_is_a_422() {
    for variant in ["insecure", "hardened"] {
        let mut client = bench().visitor(variant);
        let headers = [("content-type", "application/json")];
        for body in [
            "",
            "{",
            "null",
            "[]",
            "7",
            r#"{"username":"x"}"#,
            r#"{"username":1,"password":2}"#,
            "username=x&password=y",
            r#"{"username":"x","password":"y"} trailing"#,
        ] {
            let reply = client
                .send("POST", "/api/login", &headers, body.to_owned())
                .await;
            problem(&reply, 422);
        }
        assert_eq!(client.whoami().await, None);
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_a_413() {
    for variant in ["insecure", "hardened"] {
        let mut client = bench().visitor(variant);
        let large = json!({"username": "x".repeat(33_000), "password": "y"});
        problem(&client.post_json("/api/login", &large).await, 413);
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_405_that_names_the_right_ones() {
    for variant in ["insecure", "hardened"] {
        let mut client = bench().visitor(variant);
        for (method, path, allow) in [
            ("GET", "/api/login", "POST"),
            ("POST", "/api/check_session", "GET, HEAD"),
            ("DELETE", "/api/profile", "GET, HEAD, POST"),
            ("PUT", "/csrf-token", "GET, HEAD"),
            ("GET", "/admin/users/alice/role", "POST"),
        ] {
            let reply = client.send(method, path, &[], String::new()).await;
            problem(&reply, 405);
            assert_eq!(reply.header("allow"), Some(allow), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_wrong_method_on_a_page_names_the_right_ones_too() {
    let mut client = bench().visitor("hardened");
    for (method, path, allow) in [
        ("POST", "/dashboard", "GET, HEAD"),
        ("PUT", "/board", "GET, HEAD, POST"),
        ("GET", "/preferences", "POST"),
        ("GET", "/logout", "POST"),
        ("GET", "/transfer?to=alice&amount=1", "POST"),
    ] {
        let reply = client.send(method, path, &[], String::new()).await;
        assert_eq!(
            (reply.status, reply.header("allow")),
            (405, Some(allow)),
            "{method} {path}"
        );
        assert_eq!(
            reply.header("content-type"),
            Some("text/html; charset=utf-8")
        );
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_a_404() {
    let mut client = bench().visitor("hardened");
    for path in [
        "/api/",
        "/api/nothing",
        "/admin/",
        "/admin/users/alice",
        "/jwt/nothing",
    ] {
        problem(&client.get(path).await, 404);
    }
    let page = client.get("/nothing").await;
    assert_eq!(page.status, 404);
    assert_eq!(page.heading(), "This page does not exist");
}

#[tokio::test]
async fn the_api_in_clear_is_refused_where_only_tls_is_answered() {
    let mut client = bench().visitor_in_clear("hardened");
    let sent = json!({"username": "student123", "password": "password123"});
    let told = problem(&client.post_json("/api/login", &sent).await, 403);
    assert_eq!(told["defence"], "transport");
    assert!(
        told["next"]
            .as_str()
            .is_some_and(|next| next.contains("https://")),
        "{told}"
    );
    problem(&client.get("/csrf-token").await, 403);
    assert_eq!(client.jar, []);
}
