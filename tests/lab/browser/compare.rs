//! `/compare`, clicked through as in the first exercise.

use super::tab::Tab;

async fn click(tab: &Tab, action: &str) {
    tab.follow(&format!("button[value={action}]")).await;
}

/// What the newest step shows of one side, `weak` or `strong`.
async fn newest(tab: &Tab, side: &str) -> String {
    tab.text(&format!("details.step[open] article.{side}"))
        .await
}

/// How many records the server has stored for a side.
async fn stored(tab: &Tab, side: &str) -> usize {
    let files =
        format!("document.querySelectorAll('[aria-labelledby=store] .{side} .file').length");
    tab.run(&files).await
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn every_button_acts_on_both_sides_and_the_replay_opens_only_the_insecure_one() {
    let mut tab = Tab::open().await;
    let dashboard = "Welcome to the Dashboard, student123!";
    tab.visit(&tab.on_lab("/compare")).await;
    assert!(tab.text(".steps .blank").await.starts_with("Nothing yet."));

    click(&tab, "sign-in").await;
    // The exchange that the question is about is open; the dashboard that followed is above it.
    let weak = newest(&tab, "weak").await;
    assert!(weak.contains("Set-Cookie: session_insecure"), "{weak}");
    assert!(
        weak.contains("lacks __Host- name, Secure, HttpOnly, SameSite"),
        "{weak}"
    );
    let strong = newest(&tab, "strong").await;
    assert!(
        strong.contains("Set-Cookie: __Host-session_hardened"),
        "{strong}"
    );
    assert!(
        strong.contains("has __Host- name, Secure, HttpOnly, SameSite"),
        "{strong}"
    );
    tab.click("details.step:nth-of-type(1) summary").await;
    for side in ["weak", "strong"] {
        let page = tab
            .text(&format!("details.step:nth-of-type(1) article.{side}"))
            .await;
        assert!(page.contains(dashboard), "{page}");
    }
    assert_eq!(
        (stored(&tab, "weak").await, stored(&tab, "strong").await),
        (1, 1)
    );

    click(&tab, "dashboard").await;
    assert!(newest(&tab, "weak").await.contains("HTTP/1.1 200"));
    assert!(newest(&tab, "strong").await.contains("HTTP/1.1 200"));

    // Six minutes are more than the idle limit, which the hardened side alone has.
    click(&tab, "clock").await;
    click(&tab, "dashboard").await;
    assert!(newest(&tab, "weak").await.contains("HTTP/1.1 200"));
    assert!(newest(&tab, "strong").await.contains("HTTP/1.1 303"));
    assert_eq!(
        (stored(&tab, "weak").await, stored(&tab, "strong").await),
        (1, 0)
    );

    click(&tab, "sign-in").await;
    click(&tab, "clock-hour").await;
    click(&tab, "dashboard").await;
    assert!(newest(&tab, "weak").await.contains("HTTP/1.1 200"));
    assert!(newest(&tab, "strong").await.contains("HTTP/1.1 303"));

    click(&tab, "sign-in").await;
    click(&tab, "sign-out").await;
    assert!(newest(&tab, "weak").await.contains("Logged out. Home"));
    assert!(newest(&tab, "strong").await.contains("Logged out. Home"));
    assert_eq!(stored(&tab, "strong").await, 0);
    assert!(stored(&tab, "weak").await > 0);

    click(&tab, "replay").await;
    let weak = newest(&tab, "weak").await;
    assert!(
        weak.contains("HTTP/1.1 200") && weak.contains(dashboard),
        "{weak}"
    );
    let strong = newest(&tab, "strong").await;
    assert!(
        strong.contains("HTTP/1.1 303") && !strong.contains(dashboard),
        "{strong}"
    );

    click(&tab, "start-over").await;
    assert!(tab.text(".steps .blank").await.starts_with("Nothing yet."));
    assert_eq!(tab.complaints().await, [""; 0]);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_reasons_lead_to_the_defences_that_decided() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/compare")).await;
    click(&tab, "sign-in").await;
    click(&tab, "sign-out").await;
    tab.follow("details.step[open] .strong .reasons a").await;
    assert_eq!(tab.location().await, tab.on_lab("/defences/sign-out"));
    assert!(
        tab.text("pre.source:not(.excerpt)")
            .await
            .contains("impl Defence for SignOut")
    );
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn each_side_opens_in_the_students_own_browser_and_its_requests_show_beside() {
    let tab = Tab::open().await;
    for (kind, portal, variant) in [
        ("weak", tab.on_insecure("/"), "insecure"),
        ("strong", tab.on_hardened("/"), "hardened"),
    ] {
        tab.visit(&tab.on_lab("/compare")).await;
        tab.follow(&format!(".side.{kind} a.button")).await;
        assert_eq!(tab.location().await, portal);
        assert_eq!(tab.text("h1").await, "Hello! Please login");
        tab.visit(&tab.on_lab("/compare")).await;
        let own = tab.text(&format!("[data-side={variant}] [data-own]")).await;
        let line = format!("GET {}/{variant}/", tab.bench.name.prefix());
        assert!(own.contains(&line) && own.contains("200"), "{own}");
    }
}
