//! The routes of `benches/load`: absent from every ordinary lab, and no easier than the real page.

use session_lab::app;
use session_lab::app::settings::Settings;
use session_lab::base::addresses::Listener;
use session_lab::client::{HttpExchange, Outgoing};

use crate::support::bench;

#[tokio::test]
async fn an_ordinary_lab_has_no_routes_for_measuring() {
    let bench = bench();
    let mut visitor = bench.visitor("hardened");
    assert_eq!(visitor.get("/measure/dashboard").await.status, 404);
    let path = "/measure/sessions?count=1";
    let reply = visitor.send("POST", path, &[], String::new()).await;
    assert_eq!(reply.status, 404);
    assert_eq!(bench.events("hardened").await, Vec::<String>::new());
}

#[tokio::test]
async fn the_page_without_session_work_is_the_dashboard_word_for_word() {
    let settings = Settings {
        measure: true,
        ..Settings::throw_away()
    };
    let lab = app::start(&settings).await.expect("the lab starts");
    let send = async |method, path: &str, headers: &[(&str, &str)], body: &str| {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let outgoing = Outgoing {
            scheme: Listener::PortalHttps.scheme(),
            host_name: "localhost".into(),
            port: lab.addresses.port(Listener::PortalHttps).expect("it is up"),
            method,
            target: format!("/hardened{path}"),
            headers: headers.iter().map(own).collect(),
            body: body.to_owned(),
        };
        lab.lab_client.send(outgoing).await.expect("an answer")
    };

    let json = [("content-type", "application/json")];
    let credentials = r#"{"username":"student123","password":"password123"}"#;
    let signed_in = send("POST", "/api/login", &json, credentials).await;
    let line = signed_in.header("set-cookie").next().expect("a cookie");
    let cookie = line.split(';').next().unwrap_or_default();
    let real = send("GET", "/dashboard", &[("cookie", cookie)], "").await;
    let twin = send("GET", "/measure/dashboard", &[], "").await;

    assert_eq!((real.status, twin.status), (200, 200));
    assert_eq!(without_what_changes(&twin), without_what_changes(&real));
    let names = |exchange: &HttpExchange| -> Vec<String> {
        exchange
            .headers
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    };
    assert_eq!(names(&twin), names(&real));
    lab.stop();
    lab.ended().await.expect("it stops");
}

/// The page with stars for the values that differ from one request to the next, as many as the
/// value has characters. Seconds left may have gone down by a few.
fn without_what_changes(page: &HttpExchange) -> String {
    let marks = [
        ("nonce=\"", true),
        ("name=\"csrf_token\" value=\"", true),
        ("name=\"session\" value=\"", true),
        ("data-idle-seconds=\"", false),
        ("data-absolute-seconds=\"", false),
        // The address of the sign-in page names the session by a fingerprint.
        ("data-login=\"", true),
    ];
    let mut text = page.body.clone();
    for (mark, keep_length) in marks {
        let mut parts = text.split(mark);
        let mut masked = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (value, rest) = part.split_once('"').expect("the value ends");
            assert!(!value.is_empty(), "{mark} is empty");
            let length = if keep_length { value.len() } else { 1 };
            masked += &format!("{mark}{}\"{rest}", "*".repeat(length));
        }
        assert_ne!(masked, text, "{mark} is not there");
        text = masked;
    }
    text
}
