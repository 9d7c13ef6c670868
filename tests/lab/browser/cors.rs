//! A script on the sibling asks the portal's API with the victim's cookie. What it may read is
//! decided by the browser, from the answer's headers.

use session_lab::base::addresses::{Listener, SIBLING};

use super::tab::Tab;

/// The victim signs in beside the sibling and opens the sibling's page, where the script runs.
async fn fall_for_it(tab: &Tab, variant: &str, portal: Listener, attacker: Listener) {
    let portal = tab.address_at("portal.localhost", portal, &format!("/{variant}"));
    tab.sign_in(&portal).await;
    let page = tab.address(attacker, &format!("/cors?variant={variant}&go=1"));
    tab.visit(&page.replace("//127.0.0.1:", &format!("//{SIBLING}:")))
        .await;
    tab.until("document.getElementById('reader').dataset.done === '1'")
        .await;
}

async fn loot(tab: &Tab) -> String {
    tab.bench.victim().get("/loot").await.shown()
}

const READ: &str = "{\"is_authenticated\":true,\"user\":{\"username\":\"student123\"";

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_insecure_answer_is_read_and_reported_with_the_victims_name() {
    let tab = Tab::open().await;
    fall_for_it(&tab, "insecure", Listener::PortalHttp, Listener::Attacker).await;
    let shown = tab.text("#read").await;
    assert!(
        shown.contains("It says who you are. Status 200."),
        "{shown}"
    );
    assert!(shown.contains(READ), "{shown}");
    let loot = loot(&tab).await;
    let reported = format!("<dt>read</dt><dd><code>{READ}");
    assert!(loot.contains(&reported), "{loot}");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn hardened_but_for_cors_the_answer_is_read_over_tls_although_the_cookie_is_lax() {
    let mut tab = Tab::open().await;
    let (portal, attacker) = (Listener::PortalHttps, Listener::AttackerTls);
    fall_for_it(&tab, "without-cors", portal, attacker).await;
    let shown = tab.text("#read").await;
    let complaints = tab.complaints().await;
    assert!(shown.contains(READ), "{shown}: {complaints:?}");
    let loot = loot(&tab).await;
    let reported = loot.contains(&format!("<code>{READ}"));
    assert!(reported, "{complaints:?}: {loot}");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn without_a_cors_header_the_browser_keeps_the_answer_from_the_page() {
    for (variant, portal, attacker) in [
        ("only-cors", Listener::PortalHttp, Listener::Attacker),
        ("hardened", Listener::PortalHttps, Listener::AttackerTls),
    ] {
        let mut tab = Tab::open().await;
        fall_for_it(&tab, variant, portal, attacker).await;
        let shown = tab.text("#blocked").await;
        assert!(shown.contains("Blocked."), "{variant}: {shown}");
        let complaints = tab.complaints().await;
        let by_cors = |line: &String| line.contains("blocked by CORS policy");
        assert!(complaints.iter().any(by_cors), "{variant}: {complaints:?}");
        let loot = loot(&tab).await;
        assert!(!loot.contains("student123"), "{variant}: {loot}");
        assert!(
            loot.contains("<dt>blocked</dt><dd><code>TypeError"),
            "{loot}"
        );

        // The portal answered all the same, and to the victim: only the reading was stopped.
        let wire = tab.bench.open().await;
        let seen = wire.wire().of(variant.parse().unwrap(), 10);
        let asked = seen.iter().find(|e| e.line.contains("/api/check_session"));
        assert_eq!(asked.map(|e| e.status), Some(200), "{variant}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn somebody_who_is_signed_out_is_told_so_and_the_button_starts_the_script() {
    let tab = Tab::open().await;
    let page = tab.address(Listener::Attacker, "/cors?variant=insecure");
    tab.visit(&page.replace("//127.0.0.1:", &format!("//{SIBLING}:")))
        .await;
    tab.click("#reader button").await;
    tab.until("document.getElementById('reader').dataset.done === '1'")
        .await;
    let shown = tab.text("#read").await;
    assert!(
        shown.contains("nobody is signed in. Status 401."),
        "{shown}"
    );
}
