//! `/inspect_headers`, on http and on https.

use session_lab::base::addresses::Listener;
use session_lab::base::addresses::Listener::{Lab, PortalHttp, PortalHttps};

use super::socket::{ask, exchange, host, port};
use crate::support::lab;

const DEMO: &str = "inspect_demo=1; Path=/; Max-Age=300; HttpOnly; SameSite=Lax";

#[tokio::test]
async fn the_demo_cookie_is_exactly_the_one_of_the_course() {
    for listener in [PortalHttp, PortalHttps] {
        for line in [
            "GET /inspect_headers",
            "HEAD /inspect_headers",
            "GET /inspect_headers?format=json",
            "GET /inspect_headers?hide=1",
        ] {
            let answer = ask(listener, line, &[], "").await;
            assert_eq!(answer.status, 200, "{line}");
            assert_eq!(answer.all("set-cookie"), [DEMO], "{line}");
        }
    }
}

/// The older lab sheets ask for `http://127.0.0.1:5000/inspect_headers`.
#[tokio::test]
async fn the_older_sheets_command_works_with_the_port_alone_changed() {
    for listener in [PortalHttp, PortalHttps] {
        let at_loopback = format!("127.0.0.1:{}", port(listener));
        for (line, host) in [
            ("HEAD /inspect_headers", at_loopback.clone()),
            ("GET /inspect_headers", at_loopback.clone()),
            ("GET /inspect_headers?format=json&hide=1", at_loopback),
        ] {
            let answer = ask_under(listener, line, &host).await;
            assert_eq!(answer.status, 200, "{listener:?} {line}");
            assert_eq!(answer.all("set-cookie"), [DEMO], "{line}");
        }
    }
}

#[tokio::test]
async fn at_127_0_0_1_nothing_else_is_answered() {
    let [http, https] = [PortalHttp, PortalHttps].map(port);
    for (listener, host) in [
        (PortalHttp, format!("127.0.0.1:{http}")),
        (PortalHttps, format!("127.0.0.1:{https}")),
    ] {
        for line in [
            "GET /",
            "GET /healthz",
            "GET /static/css/tokens.css",
            "GET /certificate.pem",
            "GET /insecure/",
            "GET /insecure/inspect_headers",
            "GET /b/local/inspect_headers",
            "GET /inspect_headers/",
            "GET /inspect_headers/x",
            "GET /inspect_header%73",
            "GET /inspect_headersx",
            "POST /inspect_headers",
            "OPTIONS /inspect_headers",
        ] {
            let answer = ask_under(listener, line, &host).await;
            assert_eq!(answer.status, 421, "{listener:?} {line}");
            assert_eq!(answer.all("set-cookie"), [""; 0], "{line}");
        }
    }
    for (listener, host) in [
        (PortalHttp, "127.0.0.1".to_owned()),
        (PortalHttp, format!("127.0.0.1:{https}")),
        (PortalHttp, format!("127.0.0.2:{http}")),
        (PortalHttp, format!("[::1]:{http}")),
        (PortalHttp, format!("127.0.0.1.evil.example:{http}")),
        (Lab, format!("127.0.0.1:{}", port(Lab))),
    ] {
        let answer = ask_under(listener, "GET /inspect_headers", &host).await;
        assert_eq!(answer.status, 421, "{listener:?} {host}");
    }
}

/// No other address is answered there, so the page has its style sheets from the lab's own pages.
#[tokio::test]
async fn at_127_0_0_1_the_page_has_its_style_sheets() {
    let host = format!("127.0.0.1:{}", port(PortalHttp));
    let page = ask_under(PortalHttp, "GET /inspect_headers", &host).await;
    let home = lab().addresses.origin(Lab);
    let sheet = format!("href=\"{home}/static/css/tokens.css\"");
    assert!(
        page.body.replace("&#x2F;", "/").contains(&sheet),
        "{}",
        page.body
    );
    let policy = page.header("content-security-policy");
    assert!(policy.contains(&format!("style-src {home}")), "{policy}");
    assert!(!page.body.contains("\"/static/"), "{}", page.body);
    let json = ask_under(PortalHttp, "GET /inspect_headers?format=json", &host).await;
    assert_eq!(json.header("content-security-policy"), policy);
    let explained: serde_json::Value = serde_json::from_str(&json.body).expect("JSON");
    let lines = explained["response"].as_array().expect("a list");
    let line = lines
        .iter()
        .find(|line| line["name"] == "Content-Security-Policy");
    assert_eq!(line.expect("it is explained")["value"], policy);
}

async fn ask_under(listener: Listener, line: &str, host: &str) -> super::socket::Answer {
    let text = format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    exchange(listener, text).await.expect("an answer")
}

#[tokio::test]
async fn the_request_is_shown_as_it_was_received() {
    for (listener, tls) in [(PortalHttp, false), (PortalHttps, true)] {
        let headers = ["X-Test: <b>seen</b>", "Cookie: inspect_demo=1; theme=dark"];
        let target = "/inspect_headers?format=json&a=%20b";
        let answer = ask(listener, &format!("GET {target}"), &headers, "").await;
        assert_eq!(answer.header("content-type"), "application/json");
        let json: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        let request = &json["request"];
        assert_eq!(request["method"], "GET");
        assert_eq!(request["target"], target);
        assert_eq!(request["tls"], tls);
        assert_eq!(request["host"], host(listener));
        let shown = request.to_string();
        assert!(shown.contains("<b>seen</b>"), "{shown}");
        let cookies = request["cookies"].as_array().expect("a list");
        assert_eq!(
            (&cookies[1]["name"], &cookies[1]["value"]),
            (&"theme".into(), &"dark".into())
        );

        let page = ask(listener, "GET /inspect_headers", &headers, "").await;
        assert!(page.body.contains("&lt;b&gt;seen"), "{}", page.body);
        assert!(!page.body.contains("<b>seen"), "{}", page.body);
    }
}

#[tokio::test]
async fn every_header_that_is_explained_was_really_sent() {
    let answer = ask(PortalHttp, "GET /inspect_headers?format=json", &[], "").await;
    let json: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    let explained = json["response"].as_array().expect("a list");
    let mut names: Vec<_> = explained
        .iter()
        .map(|header| header["name"].as_str().expect("a name").to_owned())
        .collect();
    for header in explained {
        let (name, value) = (header["name"].as_str(), header["value"].as_str());
        let (name, value) = (name.expect("a name"), value.expect("a value"));
        if !value.starts_with('(') {
            assert_eq!(answer.header(&name.to_ascii_lowercase()), value, "{name}");
        }
    }
    names.push("Connection".into());
    for name in &answer.names {
        assert!(names.contains(name), "{name} is sent and not explained");
    }
    for missing in json["missing"].as_array().expect("a list") {
        let name = missing["name"].as_str().expect("a name");
        let name = name.to_ascii_lowercase();
        assert!(answer.all(&name).is_empty(), "{name} is not missing");
    }
}

#[tokio::test]
async fn hide_masks_what_opens_something() {
    for target in [
        "/inspect_headers?hide=1",
        "/inspect_headers?format=json&hide=1",
    ] {
        let headers = [
            "Cookie: session_hardened=swordfish-1",
            "Authorization: Bearer swordfish-2",
            "X-CSRFToken: swordfish-3",
        ];
        let answer = ask(PortalHttps, &format!("GET {target}"), &headers, "").await;
        assert_eq!(answer.status, 200);
        assert!(!answer.body.contains("swordfish"), "{}", answer.body);
        assert!(answer.body.contains("session_hardened"), "{}", answer.body);
        let shown = ask(PortalHttps, "GET /inspect_headers", &headers, "").await;
        assert!(shown.body.contains("swordfish-1"), "{}", shown.body);
    }
}
