//! "What the portal received" on the forged form's page, after a real browser posted the form.

use session_lab::base::addresses::Listener::{Attacker, PortalHttp};

use super::tab::Tab;

/// What the panel shows of the newest POST once the page that posts by itself was visited.
async fn forged(tab: &Tab, variant: &str) -> String {
    tab.sign_in(&tab.address(PortalHttp, &format!("/{variant}")))
        .await;
    let page = tab.address(Attacker, &format!("/csrf-form?variant={variant}"));
    // The form is posted on load: only its answer's page stays.
    tab.visit(&page).await;
    tab.load(async || {
        let go = format!("location.href = '{page}&go=1'");
        tab.run::<String>(&go).await;
    })
    .await;
    tab.until("location.pathname.includes('/csrf-form') === false")
        .await;
    tab.visit(&page).await;
    let transfer = "[...document.querySelectorAll('#arrived-list > li')]
        .find((item) => item.textContent.includes('POST'))";
    tab.until(transfer).await;
    // The colons between names and values are the style sheet's.
    let text = format!(
        "(() => {{
            const item = {transfer};
            item.querySelectorAll('dt').forEach((name) => name.append(': '));
            return item.innerText;
        }})()"
    );
    tab.run(&text).await
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_panel_tells_a_cookie_that_came_along_from_one_that_was_withheld() {
    for (variant, cookie) in [("insecure", "present"), ("only-same-site", "withheld")] {
        let mut tab = Tab::open().await;
        let shown = forged(&tab, variant).await;
        let own = tab.address(Attacker, "");
        let origin = own.split("/b/").next().expect("an origin");
        for word in [
            "/transfer",
            "a browser",
            &format!("Session cookie: {cookie}"),
            &format!("Origin: {origin}"),
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Mode: navigate",
        ] {
            assert!(shown.contains(word), "{variant}: {word}: {shown}");
        }
        assert_eq!(tab.complaints().await, [""; 0], "{variant}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_panel_follows_what_happens_in_another_window() {
    let tab = Tab::open().await;
    tab.visit(&tab.address(Attacker, "/csrf-form")).await;
    assert!(tab.text("#arrived-list").await.contains("Nothing yet"));
    tab.bench.visitor_in_clear("insecure").get("/login").await;
    tab.until("document.getElementById('arrived-list').innerText.includes('/insecure/login')")
        .await;
}
