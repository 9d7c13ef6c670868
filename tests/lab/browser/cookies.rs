//! The session cookies as the browser stored them, and what a script reads of them.

use std::time::{SystemTime, UNIX_EPOCH};

use session_lab::browser::{SameSiteAttribute, StoredCookie};

use session_lab::base::addresses::Listener::PortalHttps;

use super::tab::Tab;

/// The session cookie that the browser sends to an address.
async fn session_cookie(tab: &Tab, address: &str, name: &str) -> StoredCookie {
    let cookies = tab.cookies(address).await;
    let found = cookies.iter().find(|cookie| cookie.name == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {cookies:?}"))
        .clone()
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_script_reads_the_id_of_the_insecure_side_only() {
    let tab = Tab::open().await;
    tab.sign_in(&tab.on_insecure("")).await;
    let name = format!("session_insecure_{}", tab.bench.name);
    let id = session_cookie(&tab, &tab.on_insecure("/"), &name)
        .await
        .value;
    let read: String = tab.run("document.cookie").await;
    assert!(read.contains(&format!("{name}={id}")), "{read}");

    tab.sign_in(&tab.on_hardened("")).await;
    let name = format!("__Host-session_hardened_{}", tab.bench.name);
    let id = session_cookie(&tab, &tab.on_hardened("/"), &name)
        .await
        .value;
    let read: String = tab.run("document.cookie").await;
    assert!(!read.contains(&id) && !read.contains("hardened"), "{read}");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_browser_stored_what_each_side_sent() {
    let tab = Tab::open().await;
    tab.sign_in(&tab.on_insecure("")).await;
    let name = format!("session_insecure_{}", tab.bench.name);
    let weak = session_cookie(&tab, &tab.on_insecure("/"), &name).await;
    assert_eq!((weak.http_only, weak.secure), (false, false));
    assert_eq!(weak.same_site, None);
    assert_eq!(
        (weak.domain.as_str(), weak.path.as_str()),
        ("localhost", "/")
    );
    // Ten years were asked for; browsers keep a cookie for 400 days at most (RFC 6265bis).
    let expires = weak.expires.expect("it outlives the browser");
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs_f64();
    let days = (expires - now) / 86_400.0;
    assert!((399.9..400.1).contains(&days), "{days}");

    tab.sign_in(&tab.on_hardened("")).await;
    let name = format!("__Host-session_hardened_{}", tab.bench.name);
    let strong = session_cookie(&tab, &tab.on_hardened("/"), &name).await;
    assert_eq!((strong.http_only, strong.secure), (true, true));
    assert_eq!(strong.same_site, Some(SameSiteAttribute::Lax));
    assert_eq!(
        (strong.domain.as_str(), strong.path.as_str()),
        ("localhost", "/")
    );
    assert_eq!(strong.expires, None, "it ends with the browser");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_cookies_page_reports_what_a_script_sees_to_the_compare_page() {
    let tab = Tab::open().await;
    let name = format!("session_insecure_{}", tab.bench.name);
    for (portal, variant, seen) in [
        // First, because a script on the hardened side reads what the insecure one has left.
        (tab.on_hardened(""), "hardened", "(empty)"),
        (tab.on_insecure(""), "insecure", name.as_str()),
    ] {
        tab.sign_in(&portal).await;
        tab.visit(&format!("{portal}/cookies")).await;
        tab.until("document.getElementById('reported').textContent.includes('Reported')")
            .await;
        let shown = tab.text("#seen").await;
        assert_eq!(shown.contains("session_"), variant == "insecure", "{shown}");
        let events = tab.bench.events(variant).await;
        assert!(events[0].contains("document.cookie"), "{events:?}");

        let card = format!("[data-side={variant}] [data-seen]");
        tab.visit(&tab.on_lab("/compare")).await;
        assert!(
            tab.text(&card).await.starts_with(seen),
            "{}",
            tab.text(&card).await
        );
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_report_shows_on_a_compare_page_that_is_open_already() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/compare")).await;
    assert_eq!(
        tab.text("[data-side=hardened] [data-seen]").await,
        "Not reported yet."
    );
    let mut curl = tab.bench.visitor("hardened");
    let token = curl.token().await[0].1.clone();
    let mut curl = curl.with_header("x-csrftoken", &token);
    let reply = curl
        .post_json("/cookies", &serde_json::json!({"cookie": ""}))
        .await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    tab.until(
        "document.querySelector('[data-side=hardened] [data-seen]').innerText.includes('empty')",
    )
    .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_script_writes_a_host_cookie_but_no_host_http_cookie() {
    let tab = Tab::open().await;
    tab.visit(&tab.address_at("portal.localhost", PortalHttps, "/insecure/"))
        .await;
    let write = "for (const name of ['__Host-a', '__Host-Http-b'])
        document.cookie = `${name}=evil; Secure; Path=/`; document.cookie";
    assert_eq!(tab.run::<String>(write).await, "__Host-a=evil");

    // The server may set one, and then no script can replace it.
    let arms = [("host-prefix", "host-http")];
    tab.bench.choose("hardened", &arms).await;
    let portal = tab.address_at("portal.localhost", PortalHttps, "/custom");
    tab.sign_in(&portal).await;
    let name = format!("__Host-Http-session_custom_{}", tab.bench.name);
    let id = session_cookie(&tab, &portal, &name).await.value;
    let write = format!("document.cookie = '{name}=evil; Secure; Path=/'");
    tab.run::<String>(&write).await;
    assert_eq!(session_cookie(&tab, &portal, &name).await.value, id);
}
