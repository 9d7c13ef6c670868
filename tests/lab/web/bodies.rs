//! Bodies that are too large, too short, malformed or of the wrong type.

use session_lab::base::addresses::Listener;
use session_lab::base::addresses::Listener::PortalHttps;

use super::socket::{Answer, ask, exchange, exchange_and_close, host, still_there};
use crate::support::{TestBench, bench};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const JSON: &str = "Content-Type: application/json";
const VARIANTS: [&str; 2] = ["insecure", "hardened"];

async fn post(
    bench: &TestBench,
    variant: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> Answer {
    let line = format!("POST {}/{variant}{path}", bench.name.prefix());
    ask(PortalHttps, &line, headers, body).await
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let bench = bench();
    for variant in VARIANTS {
        for size in [32_001, 200_000] {
            let form = format!("username=student123&password={}", "x".repeat(size));
            let answer = post(&bench, variant, "/login", &[FORM], &form).await;
            assert_eq!(answer.status, 413, "{variant} {size}: {}", answer.body);
            assert!(answer.body.contains("32000 bytes"), "{}", answer.body);

            let json = format!("{{\"username\":\"{}\"}}", "x".repeat(size));
            let answer = post(&bench, variant, "/api/login", &[JSON], &json).await;
            assert_eq!(answer.status, 413, "{variant} {size}: {}", answer.body);
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
        still_there(PortalHttps).await;
    }
}

#[tokio::test]
async fn a_chunked_body_over_the_limit_is_413_too() {
    let bench = bench();
    let chunk = format!("{:x}\r\n{}\r\n", 40_000, "x".repeat(40_000));
    let text = format!(
        "POST {}/insecure/api/login HTTP/1.1\r\nHost: {}\r\n{JSON}\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{chunk}0\r\n\r\n",
        bench.name.prefix(),
        host(PortalHttps)
    );
    let answer = exchange(PortalHttps, text).await.expect("an answer");
    assert_eq!(answer.status, 413, "{}", answer.body);
}

#[tokio::test]
async fn a_body_that_ends_early_changes_nothing() {
    let bench = bench();
    let listener = Listener::PortalHttp;
    for end in [
        "username=student123&pass",
        "username=student123&password=password123",
    ] {
        let text = format!(
            "POST {}/insecure/login HTTP/1.1\r\nHost: {}\r\n{FORM}\r\nContent-Length: 500\r\n\r\n{end}",
            bench.name.prefix(),
            host(listener)
        );
        if let Some(answer) = exchange_and_close(listener, text).await {
            assert!((400..500).contains(&answer.status), "{}", answer.status);
            assert_eq!(answer.all("set-cookie"), [""; 0]);
        }
        still_there(listener).await;
    }
    let events = bench.events("insecure").await;
    assert!(
        events.iter().all(|e| !e.contains("signed in")),
        "{events:?}"
    );
}

#[tokio::test]
async fn lengths_that_contradict_each_other_are_refused() {
    let bench = bench();
    let listener = Listener::PortalHttp;
    for lengths in [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: -1",
        "Content-Length: 99999999999999999999999",
        "Content-Length: five",
        "Transfer-Encoding: chunked, nonsense",
    ] {
        let text = format!(
            "POST {}/insecure/login HTTP/1.1\r\nHost: {}\r\n{FORM}\r\n{lengths}\r\n\r\nhello",
            bench.name.prefix(),
            host(listener)
        );
        let answer = exchange_and_close(listener, text).await.expect("an answer");
        assert_eq!(answer.status, 400, "{lengths}: {}", answer.body);
        still_there(listener).await;
    }
}

#[tokio::test]
async fn a_malformed_form_is_422_or_a_failed_sign_in() {
    let bench = bench();
    for (body, expected) in [
        ("", 422),
        ("&&&=&", 422),
        ("username=student123", 422),
        ("username[a]=x&username[b]=y&password=z", 401),
        ("username=%zz&password=%", 401),
        ("username=%ff%fe&password=%c3%28", 401),
        ("username=%00&password=%00", 401),
    ] {
        let answer = post(&bench, "insecure", "/login", &[FORM], body).await;
        assert_eq!(answer.status, expected, "{body}: {}", answer.body);
        let token = bench.visitor("hardened").get("/login").await;
        let token = token.csrf_token().expect("a token");
        let with_token = format!("csrf_token={token}&{body}");
        let answer = post(&bench, "hardened", "/login", &[FORM], &with_token).await;
        // The token belongs to another session.
        assert_eq!(answer.status, 403, "{body}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_form_that_is_no_utf8_is_422() {
    let bench = bench();
    for variant in VARIANTS {
        for (path, kind) in [("/login", FORM), ("/api/login", JSON)] {
            let body = b"username=\xff\xfe&password=\xc3\x28";
            let mut bytes = format!(
                "POST {}/{variant}{path} HTTP/1.1\r\nHost: {}\r\n{kind}\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n",
                bench.name.prefix(),
                host(PortalHttps),
                body.len()
            )
            .into_bytes();
            bytes.extend(body);
            let answer = exchange(PortalHttps, bytes).await.expect("an answer");
            assert_eq!(answer.status, 422, "{variant} {path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_415() {
    let bench = bench();
    let multipart =
        "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\na\r\n--x--\r\n";
    for variant in VARIANTS {
        for (kind, body) in [
            ("Content-Type: multipart/form-data; boundary=x", multipart),
            ("Content-Type: text/plain", "username=a&password=b"),
            ("Content-Type: nonsense", "username=a&password=b"),
            ("X-No-Type: at all", "username=a&password=b"),
            (JSON, "{}"),
        ] {
            let answer = post(&bench, variant, "/login", &[kind], body).await;
            assert_eq!(answer.status, 415, "{variant} {kind}: {}", answer.body);
            assert_eq!(answer.all("set-cookie"), [""; 0]);
        }
    }
}

#[tokio::test]
async fn a_plain_text_body_is_read_as_json_on_the_insecure_side_only() {
    let bench = bench();
    let right = r#"{"username":"student123","password":"password123"}"#;
    for (variant, expected) in [("insecure", 200), ("hardened", 415)] {
        let kind = ["Content-Type: text/plain"];
        let answer = post(&bench, variant, "/api/login", &kind, right).await;
        assert_eq!(answer.status, expected, "{variant}: {}", answer.body);
        assert_eq!(answer.all("set-cookie").is_empty(), expected == 415);
    }
}

#[tokio::test]
async fn malformed_json_is_422_as_problem_json() {
    let bench = bench();
    let deep = "[".repeat(15_000);
    for variant in VARIANTS {
        for body in [
            "{",
            "null",
            "[]",
            "\"text\"",
            "{\"username\":1,\"password\":2}",
            "{\"username\":\"student123\"}",
            "{\"username\":\"\\ud800\",\"password\":\"x\"}",
            "{\"username\":\"a\",\"username\":\"b\",\"password\":\"c\"}",
            "NaN",
            &deep,
        ] {
            let answer = post(&bench, variant, "/api/login", &[JSON], body).await;
            let start = &body[..body.len().min(40)];
            assert_eq!(answer.status, 422, "{variant} {start}: {}", answer.body);
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.all("set-cookie"), [""; 0], "{start}");
        }
    }
}

/// Issue 17.11: an editor's mark in front of a body that was saved to a file first.
#[tokio::test]
async fn a_byte_order_mark_in_front_of_a_body_is_skipped() {
    let json = "\u{feff}{\"username\":\"student123\",\"password\":\"password123\"}";
    let form = "\u{feff}username=student123&password=password123";
    for (route, kind, body, status) in [
        ("/api/login", "application/json", json, 200),
        ("/jwt/login", "application/json", json, 200),
        ("/login", "application/x-www-form-urlencoded", form, 303),
    ] {
        let mut client = crate::support::bench().visitor("insecure");
        let headers = [("content-type", kind)];
        let reply = client.send("POST", route, &headers, body.to_owned()).await;
        assert_eq!(reply.status, status, "{route}: {}", reply.body);
    }
}
