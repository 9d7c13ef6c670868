//! The hardened portal unencrypted, and where HSTS is sent.

use session_lab::base::addresses::Listener;
use session_lab::base::addresses::Listener::{Lab, PortalHttp, PortalHttps};

use super::socket::{Answer, ask, exchange, host, port};
use crate::support::bench;

const JSON: &str = "Content-Type: application/json";
const RIGHT: &str = r#"{"username":"student123","password":"password123"}"#;

#[tokio::test]
async fn hardened_pages_in_clear_are_sent_to_https_without_a_cookie() {
    let base = bench().name.prefix();
    for target in [
        "/hardened/",
        "/hardened/login",
        "/hardened/dashboard?sent=1",
        "/hardened/no-page",
        "/only-transport/login",
    ] {
        for method in ["GET", "HEAD", "POST"] {
            let cookie = "Cookie: __Host-session_hardened=x; session_hardened=x";
            let line = format!("{method} {base}{target}");
            let answer = ask(PortalHttp, &line, &[cookie], "").await;
            assert_eq!(answer.status, 303, "{line}");
            let right = format!("https://{}{base}{target}", host(PortalHttps));
            assert_eq!(answer.header("location"), right, "{line}");
            assert_eq!(answer.all("set-cookie"), [""; 0], "{line}");
        }
    }
    let text = format!(
        "GET /hardened/login HTTP/1.1\r\nHost: lab.test:{}\r\nConnection: close\r\n\r\n",
        port(PortalHttp)
    );
    let answer = exchange(PortalHttp, text).await.expect("an answer");
    let right = format!("https://lab.test:{}/hardened/login", port(PortalHttps));
    assert_eq!(answer.header("location"), right);
}

#[tokio::test]
async fn the_hardened_api_in_clear_is_refused_and_not_redirected() {
    let base = bench().name.prefix();
    for (line, body) in [
        ("POST /hardened/api/login", RIGHT),
        ("GET /hardened/api/check_session", ""),
        ("GET /hardened/csrf-token", ""),
        ("GET /hardened/admin/sessions", ""),
        ("POST /hardened/api/no-such", RIGHT),
    ] {
        let line = line.replacen(" /", &format!(" {base}/"), 1);
        let answer = ask(PortalHttp, &line, &[JSON], body).await;
        assert_eq!(answer.status, 403, "{line}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.all("set-cookie"), [""; 0], "{line}");
        assert_eq!(answer.header("location"), "", "{line}");
        let json: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(json["defence"], "transport");
    }
}

async fn of(listener: Listener, name: &str, target: &str) -> Answer {
    let text = format!(
        "GET {target} HTTP/1.1\r\nHost: {name}:{}\r\nConnection: close\r\n\r\n",
        port(listener)
    );
    exchange(listener, text).await.expect("an answer")
}

#[tokio::test]
async fn hsts_is_sent_on_https_lab_test_only() {
    let base = bench().name.prefix();
    let hardened = format!("{base}/hardened/login");
    let sent = of(PortalHttps, "lab.test", &hardened).await;
    assert_eq!(
        sent.header("strict-transport-security"),
        "max-age=31536000; includeSubDomains"
    );
    for name in ["localhost", "portal.localhost", "lab.test"] {
        for path in ["/hardened/login", "/insecure/login", "/hardened/no-page"] {
            let target = format!("{base}{path}");
            for listener in [PortalHttp, PortalHttps] {
                let expected =
                    name == "lab.test" && path.starts_with("/hardened") && listener == PortalHttps;
                let answer = of(listener, name, &target).await;
                let sent = !answer.all("strict-transport-security").is_empty();
                assert_eq!(sent, expected, "{listener:?} {name} {path}");
            }
        }
    }
    for (listener, target) in [(Lab, "/"), (PortalHttps, "/inspect_headers")] {
        let answer = of(listener, "localhost", target).await;
        assert!(
            answer.all("strict-transport-security").is_empty(),
            "{target}"
        );
    }
}
