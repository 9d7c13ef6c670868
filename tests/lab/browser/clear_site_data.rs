//! What the browser throws away at the hardened sign-out, and what it leaves alone.

use session_lab::base::addresses::Listener::PortalHttps;

use super::tab::Tab;

const STORED: &str = "localStorage.getItem('draft')";

async fn sign_in_and_store(tab: &Tab, host: &str, variant: &str) -> String {
    let portal = tab.address_at(host, PortalHttps, &format!("/{variant}"));
    tab.sign_in(&portal).await;
    tab.run::<()>("localStorage.setItem('draft', 'kept')").await;
    portal
}

async fn stored(tab: &Tab, portal: &str) -> Option<String> {
    tab.visit(&format!("{portal}/")).await;
    tab.run(STORED).await
}

async fn names(tab: &Tab, portal: &str) -> Vec<String> {
    let cookies = tab.cookies(portal).await.into_iter();
    cookies
        .map(|cookie| cookie.name)
        .filter(|name| name.contains("session_"))
        .collect()
}

/// Signs out on the page where the tab is.
async fn sign_out(tab: &Tab) {
    tab.follow("header.top form button").await;
    assert!(tab.text("h1").await.starts_with("Logged out."));
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_hardened_sign_out_on_localhost_clears_storage_and_no_foreign_cookie() {
    let tab = Tab::open().await;
    let insecure = sign_in_and_store(&tab, "localhost", "insecure").await;
    let elsewhere = sign_in_and_store(&tab, "portal.localhost", "hardened").await;
    let hardened = sign_in_and_store(&tab, "localhost", "hardened").await;
    sign_out(&tab).await;

    assert_eq!(stored(&tab, &hardened).await, None);
    let bench = &tab.bench.name;
    assert_eq!(
        names(&tab, &insecure).await,
        [format!("session_insecure_{bench}")]
    );
    assert_eq!(stored(&tab, &elsewhere).await.as_deref(), Some("kept"));
    assert_eq!(names(&tab, &elsewhere).await.len(), 1);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_hardened_sign_out_on_portal_localhost_clears_the_cookies_of_that_host_alone() {
    let tab = Tab::open().await;
    let elsewhere = sign_in_and_store(&tab, "localhost", "insecure").await;
    let same_host = sign_in_and_store(&tab, "portal.localhost", "insecure").await;
    sign_in_and_store(&tab, "portal.localhost", "hardened").await;
    assert_eq!(names(&tab, &same_host).await.len(), 2);
    sign_out(&tab).await;

    assert_eq!(names(&tab, &same_host).await, [""; 0]);
    assert_eq!(stored(&tab, &same_host).await, None);
    let bench = &tab.bench.name;
    assert_eq!(
        names(&tab, &elsewhere).await,
        [format!("session_insecure_{bench}")]
    );
    assert_eq!(stored(&tab, &elsewhere).await.as_deref(), Some("kept"));
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_insecure_sign_out_clears_nothing_but_its_cookies() {
    let tab = Tab::open().await;
    let insecure = sign_in_and_store(&tab, "localhost", "insecure").await;
    sign_out(&tab).await;
    assert_eq!(names(&tab, &insecure).await, [""; 0]);
    assert_eq!(stored(&tab, &insecure).await.as_deref(), Some("kept"));
}
