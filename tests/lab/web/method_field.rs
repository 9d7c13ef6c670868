//! A form's `_method` field: obeyed where the weak `safe-methods` bends methods, else a field like
//! any other.

use session_lab::base::addresses::Listener::PortalHttps;

use super::socket::ask;
use crate::support::{Client, bench};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

/// Posts a transfer with `first` before and `last` behind the other fields.
async fn transfer(visitor: &mut Client, verb: &str, path: &str, first: &str, last: &str) -> u16 {
    let token = visitor.token().await;
    let token = token.first().map_or("", |(_, token)| token);
    let (name, id) = visitor.session_cookie().expect("signed in");
    let cookie = format!("Cookie: {name}={id}");
    let body = format!("{first}csrf_token={token}&to=alice&amount=1{last}");
    let line = format!("{verb} {path}/transfer");
    ask(PortalHttps, &line, &[FORM, &cookie], &body)
        .await
        .status
}

#[tokio::test]
async fn on_the_hardened_side_the_method_that_arrived_is_the_method_that_runs() {
    let bench = bench();
    let path = format!("{}/hardened", bench.name.prefix());
    let mut visitor = bench.visitor("hardened");
    visitor.sign_in().await;
    for named in [
        "put", "PUT", "delete", "get", "head", "options", "nonsense", "",
    ] {
        for (first, last) in [
            (format!("_method={named}&"), String::new()),
            (String::new(), format!("&_method={named}")),
        ] {
            let status = transfer(&mut visitor, "POST", &path, &first, &last).await;
            assert_eq!(status, 303, "{first}…{last}");
        }
    }
    for (verb, first) in [
        ("GET", "_method=put&"),
        ("GET", "_method=post&"),
        ("PUT", "_method=delete&"),
        ("PUT", "_method=post&"),
    ] {
        let status = transfer(&mut visitor, verb, &path, first, "").await;
        assert_eq!(status, 405, "{verb} {first}");
    }
}

#[tokio::test]
async fn on_the_insecure_side_a_first_field_replaces_the_method() {
    let bench = bench();
    let path = format!("{}/insecure", bench.name.prefix());
    let mut visitor = bench.visitor("insecure");
    visitor.sign_in().await;
    for (named, expected) in [
        ("put", 405),
        ("delete", 405),
        ("get", 422),
        ("head", 303),
        ("post", 303),
        ("nonsense", 303),
        ("", 303),
    ] {
        let first = format!("_method={named}&");
        let status = transfer(&mut visitor, "POST", &path, &first, "").await;
        assert_eq!(status, expected, "{named}");
        let last = format!("&_method={named}");
        let status = transfer(&mut visitor, "POST", &path, "", &last).await;
        assert_eq!(status, 303, "a later field named {named}");
    }
}

#[tokio::test]
async fn on_the_labs_own_pages_a_method_field_opens_no_door() {
    use session_lab::base::addresses::Listener::Lab;
    for method in ["get", "head", "put", "nonsense"] {
        let body = format!("_method={method}&minutes=61");
        let evil = "Origin: http://127.0.0.1:7666";
        let bench = bench();
        let line = format!("POST {}/clock", bench.name.prefix());
        let answer = ask(Lab, &line, &[FORM, evil], &body).await;
        assert!(
            (400..500).contains(&answer.status),
            "{method}: {}",
            answer.status
        );
        let evidence = bench.evidence("hardened").await;
        assert!(
            !evidence.to_string().contains("clock was moved"),
            "{evidence}"
        );
    }
}
