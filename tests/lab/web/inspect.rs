//! `/inspect_headers`, on http and on https.

use session_lab::base::addresses::Listener::{PortalHttp, PortalHttps};

use super::socket::{ask, host};

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
