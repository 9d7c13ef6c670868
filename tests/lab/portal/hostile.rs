//! Hostile data: whatever a visitor sends, a page shows it as text. The one exception is the notice
//! board on the weak arm of `output`.

use serde_json::json;
use session_lab::base::addresses::Listener;
use session_lab::base::clock::BenchTime;
use session_lab::base::encode;
use session_lab::session::state_cookie::{self, SignedState};

use crate::support::{Reply, bench, send_raw};

/// Breaks out of text, of an attribute, of a script and of a template, if anything lets it.
const MARKUP: &str = "\"'></title></textarea><script>alert(7)</script><img src=x>{{7*7}}&lt;";
/// Control characters: end of line, escape, delete, end of text, right-to-left.
const CONTROL: &str = "\r\nSet-Cookie: planted=1\r\n\u{1b}[31m\u{7f}\u{4}\u{202e}";

/// Whether a page shows `text`, and only as text.
#[track_caller]
fn shows_as_text(page: &str, text: &str) {
    for markup in [
        "<script>alert(7)",
        "<img src=x>",
        "</title></textarea>",
        "49&lt;",
        "\"'>",
    ] {
        assert!(!page.contains(markup), "{markup} came through: {page}");
    }
    let shown = page
        .replace("&#x2F;", "/")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    assert!(shown.contains(text), "{text:?} is not shown: {page}");
}

/// As a form field's text arrives in a page: a browser reads `\r\n` and `\n` alike.
fn hostile() -> String {
    format!("{MARKUP}{CONTROL}")
}

#[tokio::test]
async fn a_user_name_in_the_sign_in_form() {
    for variant in ["insecure", "hardened"] {
        let reply = bench()
            .visitor(variant)
            .try_to_sign_in(&hostile(), "x")
            .await;
        assert_eq!(reply.status, 401);
        shows_as_text(&reply.body, &hostile());
        assert!(
            reply
                .set_cookies()
                .iter()
                .all(|line| !line.contains("planted"))
        );
        let mut visitor = bench().visitor("hardened");
        for _ in 0..5 {
            visitor.try_to_sign_in(&hostile(), "x").await;
        }
        let reply = visitor.try_to_sign_in(&hostile(), "x").await;
        assert_eq!(reply.status, 429);
        shows_as_text(&reply.body, &hostile());
    }
}

#[tokio::test]
async fn a_notice_on_every_board_but_the_weak_one() {
    let bench = bench();
    for (variant, raw) in [
        ("insecure", true),
        ("without-output", true),
        ("only-output", false),
        ("hardened", false),
    ] {
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        let posted = student.submit("/board", &[("text", &hostile())]).await;
        assert_eq!(posted.status, 303);
        let page = student.get("/board").await;
        assert!(page.set_cookies().is_empty(), "no further line in the head");
        if raw {
            assert!(page.body.contains(&hostile()), "{variant}: {}", page.body);
        } else {
            shows_as_text(&page.body, &hostile());
        }
        for other in ["/", "/dashboard", "/sessions"] {
            assert!(
                !student.get(other).await.body.contains("alert(7)"),
                "{variant}{other}"
            );
        }
        let evidence = bench
            .student()
            .get(&format!("/evidence/{variant}"))
            .await
            .body;
        assert!(
            !evidence.contains("alert(7)"),
            "a notice is not part of the journal"
        );
    }
}

#[tokio::test]
async fn a_user_name_out_of_a_forged_state_cookie() {
    let bench = bench();
    let mut mallory = bench.visitor("insecure");
    mallory.sign_in_as("mallory").await;
    let state = SignedState {
        large_text: true,
        portal: None,
        user: hostile(),
    };
    let value = state_cookie::sign(&state, b"secret123", BenchTime::from_millis(0));
    let name = format!("state_insecure_{}", bench.name);
    mallory.jar.retain(|(found, _)| *found != name);
    mallory.jar.push((name, value));
    for page in ["/", "/login", "/cookies"] {
        let reply = mallory.get(page).await;
        assert_eq!(reply.status, 200, "{page}");
        shows_as_text(&reply.body, &encode::page(&hostile()));
    }
    for page in ["/dashboard", "/board", "/sessions", "/password"] {
        assert_eq!(
            mallory.get(page).await.status,
            303,
            "{page}: no such account"
        );
    }
}

#[tokio::test]
async fn a_text_about_oneself_stays_json() {
    let mut student = bench().visitor("insecure");
    student.sign_in().await;
    let change = json!({"about_me": hostile()});
    for reply in [
        student.submit_json("/api/profile", &change).await,
        student.get("/api/profile").await,
    ] {
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.json()["about_me"], hostile());
    }
}

#[tokio::test]
async fn the_reason_why_a_body_is_refused() {
    let mut visitor = bench().visitor("insecure");
    let body = json!(MARKUP).to_string();
    // Who sends JSON is answered in JSON; the weak arm of json-only reads any type.
    let plain = [("content-type", "text/plain")];
    let headers = [("content-type", "application/json")];
    let page = visitor.send("POST", "/cookies", &plain, body.clone()).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    // The reason repeats the value, as a literal of Rust.
    shows_as_text(
        &page.body,
        "\\\"'></title></textarea><script>alert(7)</script>",
    );
    let api = visitor.send("POST", "/api/login", &headers, body).await;
    assert_eq!(api.header("content-type"), Some("application/problem+json"));
}

#[tokio::test]
async fn a_role_and_a_user_that_do_not_exist() {
    let mut admin = bench().visitor("insecure");
    admin.sign_in_as("admin").await;
    let path = "/admin/users/%3Cscript%3Ealert(7)%3C%2Fscript%3E%0d%0aX:%20y/role";
    let reply = admin.submit_json(path, &json!({"role": "admin"})).await;
    assert_eq!(reply.status, 404);
    assert_eq!(
        reply.header("content-type"),
        Some("application/problem+json")
    );
    let reply = admin
        .submit_json("/admin/users/alice/role", &json!({"role": MARKUP}))
        .await;
    assert_eq!(reply.status, 422);
    assert_eq!(
        reply.header("content-type"),
        Some("application/problem+json")
    );
}

#[tokio::test]
async fn a_variant_that_is_none() {
    let encoded: String = url::form_urlencoded::byte_serialize(MARKUP.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    let page = bench().student().get(&format!("/evidence/{encoded}")).await;
    assert_eq!(page.status, 404);
    shows_as_text(&page.body, MARKUP);
    let line = "GET /\"'><script>alert(7)</script><img/ HTTP/1.1";
    let answer = send_raw(Listener::PortalHttp, &[line, "Host: {host}"], "").await;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    assert!(["400", "404"].contains(&status), "{answer}");
    assert!(!answer.contains("<script>alert(7)"), "{answer}");
}

#[tokio::test]
async fn a_host_that_is_not_answered() {
    let host = format!("Host: {}", MARKUP.replace(' ', ""));
    for listener in [Listener::Lab, Listener::PortalHttp] {
        let answer = send_raw(listener, &["GET / HTTP/1.1", &host], "").await;
        assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
        shows_as_text(&answer, "<script>alert(7)</script>");
    }
}

#[tokio::test]
async fn headers_and_cookies_on_the_page_that_shows_them() {
    let cookie = format!("Cookie: {}=1; a={MARKUP}", MARKUP.replace(['=', ';'], ""));
    let lines = [
        "GET /inspect_headers?q=%3Cscript%3E&r='x HTTP/1.1",
        "Host: {host}",
        &format!("X-Hostile: {MARKUP}"),
        &cookie,
    ];
    let answer = send_raw(Listener::PortalHttp, &lines, "").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    shows_as_text(&answer, MARKUP);
    let lines = lines.map(|line| line.replace("?q=", "?format=json&q="));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let answer = send_raw(Listener::PortalHttp, &lines, "").await;
    assert!(
        answer.contains("Content-Type: application/json\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn cookie_names_and_targets_of_the_students_own_requests() {
    let bench = bench();
    let line = format!("GET /b/{}/insecure/?q=%3Cscript%3E HTTP/1.1", bench.name);
    let name = MARKUP.replace(['=', ';'], "");
    let cookie = format!("Cookie: {name}=1; {}=2", "n".repeat(5_000));
    let lines = [
        line.as_str(),
        "Host: {host}",
        "User-Agent: curl/8.0",
        &cookie,
    ];
    let answer = send_raw(Listener::PortalHttp, &lines, "").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let page = bench.student().get("/compare").await;
    shows_as_text(&page.body, &name);
    assert!(
        page.body.len() < 50_000,
        "long names are cut: {}",
        page.body.len()
    );
    for page in ["/wire", "/wire/live", "/wire/1"] {
        let page = bench.student().get(page).await;
        shows_as_text(&page.body, &name);
        assert!(page.body.len() < 50_000, "{}", page.body.len());
    }
    let live = bench.student().get("/compare/live").await;
    assert_eq!(live.header("content-type"), Some("application/json"));
    let shown = live.json()["insecure"]["own"][0]["cookie"][0].clone();
    assert!(
        shown
            .as_str()
            .is_some_and(|cookie| cookie.starts_with(&format!("Cookie: {name}"))),
        "{shown}"
    );
}

#[tokio::test]
async fn cookie_names_that_a_script_reports() {
    let bench = bench();
    let mut visitor = bench.visitor("insecure");
    let name = hostile().replace(['=', ';'], "");
    let kept: String = name.chars().take(80).collect();
    let report = json!({"cookie": format!("{name}=1; {}=2", "n".repeat(9_000))});
    assert_eq!(visitor.submit_json("/cookies", &report).await.status, 204);
    let mut student = bench.student();
    for page in ["/evidence/insecure?events=all", "/compare"] {
        let reply: Reply = student.get(page).await;
        shows_as_text(&reply.body, &kept[..20]);
        assert!(
            !reply.body.contains(&"n".repeat(81)),
            "{page}: long names are cut"
        );
    }
    let newest = &bench.events("insecure").await[0];
    assert!(newest.contains(&kept), "{newest}");
}

#[tokio::test]
async fn parameters_of_addresses() {
    let mut student = bench().visitor("insecure");
    student.sign_in().await;
    for path in [
        "/dashboard?sent=",
        "/login?expired=",
        "/?sid=",
        "/transfer?amount=1&to=",
    ] {
        let path = format!("{path}%22%3E%3Cscript%3Ealert(7)%3C%2Fscript%3E%0d%0aX-Y:z");
        let reply = student.get(&path).await;
        assert!(!reply.body.contains("alert(7)"), "{path}: {}", reply.body);
        assert_eq!(reply.header("x-y"), None);
    }
}
