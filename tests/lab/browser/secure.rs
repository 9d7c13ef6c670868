//! The attribute `Secure`, on a name that browsers exempt from it and on one that they do not.
//!
//! `without-transport` has every cookie flag of the hardened side but answers over http too, and
//! sends no HSTS, which would turn http into https before a cookie is chosen.

use session_lab::base::addresses::Listener::{PortalHttp, PortalHttps};

use super::tab::Tab;
use crate::support::curl;

/// The names of the cookies that came with an unencrypted request, as the server saw them.
async fn sent_in_clear(tab: &Tab, host: &str) -> Vec<String> {
    let headers = tab.address_at(host, PortalHttp, "/inspect_headers?format=json");
    tab.visit(&headers).await;
    let seen: serde_json::Value = tab.run("JSON.parse(document.body.innerText)").await;
    assert_eq!(seen["request"]["tls"], false, "{seen}");
    let cookies = seen["request"]["cookies"]
        .as_array()
        .expect("a list")
        .iter();
    cookies
        .map(|cookie| cookie["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_secure_cookie_is_sent_in_clear_to_localhost_but_not_to_another_name() {
    let tab = Tab::open().await;
    for (host, sent) in [("localhost", true), ("lab.test", false)] {
        tab.sign_in(&tab.address_at(host, PortalHttps, "/without-transport"))
            .await;
        let name = format!("__Host-session_lab_{}", tab.bench.name);
        let names = sent_in_clear(&tab, host).await;
        assert_eq!(names.contains(&name), sent, "{host}: {names:?}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_secure_cookie_from_a_page_in_clear_is_kept_on_localhost_only() {
    let tab = Tab::open().await;
    for (host, kept) in [("localhost", true), ("lab.test", false)] {
        let login = tab.address_at(host, PortalHttp, "/only-secure/login");
        tab.visit(&login).await;
        assert_eq!(tab.text("h1").await, "Sign in");
        let cookies = tab.cookies(&login).await;
        let name = format!("session_lab_{}", tab.bench.name);
        let found = cookies.iter().find(|cookie| cookie.name == name);
        assert_eq!(
            found.map(|cookie| cookie.secure),
            kept.then_some(true),
            "{host}"
        );
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn without_the_flag_the_cookie_is_sent_in_clear_to_every_name() {
    let tab = Tab::open().await;
    for host in ["localhost", "lab.test"] {
        tab.sign_in(&tab.address_at(host, PortalHttps, "/insecure"))
            .await;
        let name = format!("session_insecure_{}", tab.bench.name);
        let names = sent_in_clear(&tab, host).await;
        assert!(names.contains(&name), "{host}: {names:?}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_cookie_with_none_but_without_secure_is_dropped_by_the_browser_and_kept_by_curl() {
    let tab = Tab::open().await;
    for (secure, kept) in [("absent", false), ("present", true)] {
        let arms = [("same-site", "none"), ("secure", secure)];
        tab.bench.choose("insecure", &arms).await;
        let login = tab.address(PortalHttp, "/custom/login");
        tab.visit(&login).await;
        assert_eq!(tab.text("h1").await, "Sign in");
        let name = format!("session_custom_{}", tab.bench.name);
        let cookies = tab.cookies(&login).await;
        let found = cookies.iter().any(|cookie| cookie.name == name);
        assert_eq!(found, kept, "{secure}: {cookies:?}");

        let jar = tempfile::NamedTempFile::new().expect("a jar");
        let path = jar.path().to_str().expect("a path");
        curl(&["-o", "/dev/null", "-c", path, &login]);
        let jar = std::fs::read_to_string(path).expect("the jar");
        assert!(jar.contains(&name), "{secure}: {jar}");
    }
}
