//! Every GET page of every site: HEAD, and the headers that all answers share.

use session_lab::base::addresses::Listener;
use session_lab::base::addresses::Listener::{Lab, PortalHttp, PortalHttps};

use super::socket::{Answer, ask};
use crate::support::{TestBench, bench};

const LAB_PAGES: [&str; 40] = [
    "/",
    "/wire",
    "/wire/live",
    "/wire/1",
    "/audit",
    "/audit/live",
    "/custom/attack",
    "/custom/attack/live",
    "/labs",
    "/labs/manual",
    "/labs/progress.json",
    "/labs/06-session-fixation",
    "/labs/06-session-fixation/live",
    "/labs/06-session-fixation/print",
    "/labs/06-session-fixation/report",
    "/labs/06-session-fixation/report.md",
    "/pictures",
    "/pictures/cookies-insecure",
    "/pictures/cookies-insecure-dark.png",
    "/compare",
    "/compare/live",
    "/evidence",
    "/evidence/hardened",
    "/evidence/hardened/live",
    "/evidence/hardened/timeline",
    "/custom",
    "/defences",
    "/defences/rotation",
    "/matrix",
    "/jwt",
    "/attack/fixation",
    "/addresses",
    "/same-site",
    "/same-site/live",
    "/stateless",
    "/coverage",
    "/coverage?format=json",
    "/certificate",
    "/certificate.pem",
    "/healthz",
];
const PORTAL_PAGES: [&str; 6] = [
    "/inspect_headers",
    "/inspect_headers?format=json",
    "/certificate",
    "/certificate.pem",
    "/healthz",
    "/favicon.ico",
];
const VARIANT_PAGES: [&str; 17] = [
    "/",
    "/login",
    "/dashboard",
    "/board",
    "/password",
    "/sessions",
    "/cookies",
    "/csrf-token",
    "/api/check_session",
    "/api/time_left",
    "/api/profile",
    "/admin/sessions",
    "/jwt/",
    "/jwt/profile",
    "/jwt/admin",
    "/jwt/jwks.json",
    "/jwt/public.pem",
];

/// Every GET page, with the cookie of a signed-in student where there is one.
async fn every_page(bench: &TestBench) -> Vec<(Listener, String, Option<String>)> {
    let base = bench.name.prefix();
    let mut all = Vec::new();
    for page in LAB_PAGES {
        all.push((Lab, format!("{base}{page}"), None));
    }
    for listener in [PortalHttp, PortalHttps] {
        for page in PORTAL_PAGES {
            all.push((listener, page.to_owned(), None));
        }
    }
    for variant in ["insecure", "hardened"] {
        let mut visitor = bench.visitor(variant);
        visitor.sign_in().await;
        let (name, id) = visitor.session_cookie().expect("signed in");
        for page in VARIANT_PAGES {
            let cookie = format!("Cookie: {name}={id}");
            all.push((PortalHttps, format!("{base}/{variant}{page}"), Some(cookie)));
            all.push((PortalHttps, format!("{base}/{variant}{page}"), None));
        }
    }
    all.push((PortalHttp, format!("{base}/no-variant/"), None));
    all.push((PortalHttp, format!("{base}/insecure/no-page"), None));
    all.push((Lab, "/no-page".into(), None));
    all
}

/// The headers that can be compared: those that are new each time are reduced to their name.
fn comparable(answer: &Answer) -> Vec<(String, String)> {
    let mut headers = answer.headers.clone();
    // An answer to HEAD may leave out the length of nothing.
    headers.retain(|(name, value)| name != "content-length" || value != "0");
    for (name, value) in &mut headers {
        let varies = ["date", "content-security-policy", "content-length"];
        if varies.contains(&name.as_str()) {
            value.clear();
        }
        if name == "set-cookie" {
            let (pair, attributes) = value.split_once(';').expect("attributes");
            let name = pair.split('=').next().expect("a name");
            *value = format!("{name};{attributes}");
        }
    }
    headers.sort();
    headers
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let bench = bench();
    for (listener, page, cookie) in every_page(&bench).await {
        let cookie: Vec<&str> = cookie.as_deref().into_iter().collect();
        let get = ask(listener, &format!("GET {page}"), &cookie, "").await;
        let head = ask(listener, &format!("HEAD {page}"), &cookie, "").await;
        assert_eq!(head.status, get.status, "{page}");
        assert_eq!(head.body, "", "{page}");
        assert_eq!(comparable(&head), comparable(&get), "{page}");
    }
}

#[tokio::test]
async fn no_answer_names_the_server_and_every_page_forbids_sniffing() {
    let bench = bench();
    for (listener, page, cookie) in every_page(&bench).await {
        let cookie: Vec<&str> = cookie.as_deref().into_iter().collect();
        let answer = ask(listener, &format!("GET {page}"), &cookie, "").await;
        assert_eq!(answer.header("server"), "", "{page}");
        assert_eq!(answer.header("x-powered-by"), "", "{page}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{page}");
        assert!(answer.status < 500, "{page}: {}", answer.status);
    }
}

#[tokio::test]
async fn the_labs_own_pages_use_no_cookie() {
    let bench = bench();
    for page in LAB_PAGES {
        let line = format!("GET {}{page}", bench.name.prefix());
        let answer = ask(Lab, &line, &["Cookie: session_hardened=x"], "").await;
        assert_eq!(answer.all("set-cookie"), [""; 0], "{page}");
    }
}
