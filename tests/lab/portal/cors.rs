//! Which other origins may read the JSON API, and which preflights are granted.

use crate::support::{Client, Reply, bench};

const EVIL: &str = "http://evil.localhost:7666";

/// A browser's question before it sends JSON across origins.
async fn preflight(visitor: &mut Client, origin: &str, path: &str) -> Reply {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    visitor.send("OPTIONS", path, &headers, String::new()).await
}

fn named(reply: &Reply) -> Option<&str> {
    reply.header("access-control-allow-origin")
}

#[tokio::test]
async fn a_preflight_is_granted_by_the_weak_arm_only() {
    let bench = bench();
    for variant in ["insecure", "without-cors"] {
        let granted = preflight(&mut bench.visitor(variant), EVIL, "/api/profile").await;
        assert_eq!((granted.status, &*granted.body), (204, ""), "{variant}");
        assert_eq!(named(&granted), Some(EVIL));
        let allows = |name| granted.header(name).expect(name).to_owned();
        assert_eq!(allows("access-control-allow-credentials"), "true");
        assert_eq!(allows("access-control-allow-methods"), "GET, POST");
        assert_eq!(
            allows("access-control-allow-headers"),
            "content-type, x-csrftoken"
        );
        assert_eq!(granted.header("vary"), Some("Origin"));
    }
    for variant in ["hardened", "only-cors", "only-json-only"] {
        let refused = preflight(&mut bench.visitor(variant), EVIL, "/api/profile").await;
        assert_eq!(refused.status, 405, "{variant}");
        assert_eq!(refused.header("allow"), Some("GET, HEAD, POST"));
        let said = ["origin", "credentials", "methods", "headers"]
            .map(|name| format!("access-control-allow-{name}"));
        for name in &said {
            assert_eq!(refused.header(name), None, "{variant}: {name}");
        }
    }
}

#[tokio::test]
async fn a_question_that_is_no_preflight_is_still_the_wrong_method() {
    let mut visitor = bench().visitor("insecure");
    let origin = [("origin", EVIL)];
    let reply = visitor
        .send("OPTIONS", "/api/profile", &origin, String::new())
        .await;
    assert_eq!(reply.status, 405);
}

#[tokio::test]
async fn no_arm_shares_the_pages_or_the_token() {
    let bench = bench();
    let mut student = bench.visitor("insecure").with_header("origin", EVIL);
    student.sign_in().await;
    for path in ["/", "/login", "/dashboard", "/csrf-token", "/sessions"] {
        assert_eq!(named(&student.get(path).await), None, "{path}");
        let asked = preflight(&mut student, EVIL, path).await;
        assert_eq!((asked.status, named(&asked)), (405, None), "{path}");
    }
}

#[tokio::test]
async fn a_request_without_an_origin_is_shared_with_nobody_but_marked_for_caches() {
    let reply = bench().visitor("insecure").get("/api/check_session").await;
    assert_eq!((reply.status, named(&reply)), (401, None));
    assert_eq!(reply.header("vary"), Some("Origin"));
}

#[tokio::test]
async fn the_arms_between_let_in_whom_they_should_not() {
    let bench = bench();
    let sibling = "https://notes.portal.localhost:7667";
    let lookalike = "https://evil-portal.localhost";
    for (arm, granted, refused) in [
        ("suffix", vec![sibling, lookalike], vec![EVIL, "null"]),
        ("null", vec!["null"], vec![sibling, lookalike, EVIL]),
    ] {
        bench.choose("hardened", &[("cors", arm)]).await;
        let mut student = bench.visitor("custom").at_host("portal.localhost");
        student.sign_in().await;
        for (origins, shared) in [(granted, true), (refused, false)] {
            for origin in origins {
                let mut asking = student.clone().with_header("origin", origin);
                let reply = asking.get("/api/check_session").await;
                assert_eq!(reply.status, 200, "{arm} {origin}");
                assert_eq!(named(&reply), shared.then_some(origin), "{arm} {origin}");
                assert_eq!(reply.header("vary"), Some("Origin"), "{arm}");
            }
        }
    }
}

#[tokio::test]
async fn a_granted_preflight_opens_no_route_to_a_forged_change() {
    let bench = bench();
    let mut student = bench.visitor("without-cors");
    student.sign_in().await;
    let headers = [
        ("origin", "https://notes.portal.localhost:7667"),
        ("sec-fetch-site", "same-site"),
        ("content-type", "application/json"),
    ];
    let body = r#"{"about_me":"pwned"}"#.to_owned();
    let reply = student.send("POST", "/api/profile", &headers, body).await;
    assert_eq!(reply.status, 403, "{}", reply.body);
    assert_eq!(reply.json()["defence"], "request-origin");
}

#[tokio::test]
async fn json_only_needs_cors_and_the_mix_says_so() {
    let bench = bench();
    let mut student = bench.student();
    let preset = [("preset", "hardened".to_owned())];
    assert_eq!(student.post_form("/custom", &preset).await.status, 303);
    let arms = [("cors", "reflect".to_owned())];
    let reply = student.post_form("/custom", &arms).await;
    assert_eq!(reply.status, 422);
    assert!(
        reply.body.contains("json-only needs cors"),
        "{}",
        reply.body
    );
}
