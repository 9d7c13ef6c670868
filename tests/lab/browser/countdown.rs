//! The dashboard's countdown: it warns, it signs out, and it keeps no session alive.

use super::tab::Tab;

/// The student comes back to the tab: the page asks at once how much time is left.
const COME_BACK: &str = "document.dispatchEvent(new Event('visibilitychange'))";

const COUNTS_FROM_FIVE: &str = "/ends in (5:00|4:\\d\\d), unless you use it/
    .test(document.querySelector('.count').innerText)";

#[tokio::test]
#[ignore = "needs Chromium"]
async fn it_warns_then_signs_out_and_does_not_extend_the_session() {
    let tab = Tab::open().await;
    tab.sign_in(&tab.on_hardened("")).await;
    tab.until(COUNTS_FROM_FIVE).await;
    assert!(
        !tab.run::<bool>("!!document.querySelector('.count.warn')")
            .await
    );

    // The last minute of five has begun, by the server's answer to the countdown.
    tab.bench.wait_minutes(4).await;
    tab.run::<bool>(COME_BACK).await;
    tab.until("document.querySelector('.count.warn') && document.title.startsWith('(0:')")
        .await;
    assert_eq!(
        tab.text("[role=alert]").await,
        "Your session ends in less than 60 seconds."
    );

    // Six minutes after the last use, two after the countdown has asked.
    tab.load(async || {
        tab.bench.wait_minutes(2).await;
        tab.run::<bool>(COME_BACK).await;
    })
    .await;
    let location = tab.location().await;
    let left = tab.on_hardened("/login?expired=1&session=");
    assert!(location.starts_with(&left), "{location}");
    assert_eq!(
        tab.text("[role=status]").await,
        "Your session has ended. It was unused for too long. Sign in again to continue."
    );
    let sessions = tab.bench.evidence("hardened").await["sessions"].clone();
    let signed_in = |session: &&serde_json::Value| session["state"] == "signed in";
    assert_eq!(
        sessions
            .as_array()
            .unwrap()
            .iter()
            .filter(signed_in)
            .count(),
        0
    );
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn staying_signed_in_starts_the_idle_limit_anew() {
    let tab = Tab::open().await;
    tab.sign_in(&tab.on_hardened("")).await;
    for _ in 0..3 {
        tab.bench.wait_minutes(4).await;
        tab.follow(".count ~ a").await;
        assert_eq!(
            tab.text("h1").await,
            "Welcome to the Dashboard, student123!"
        );
        tab.until(COUNTS_FROM_FIVE).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_insecure_side_counts_nothing_down() {
    let tab = Tab::open().await;
    tab.sign_in(&tab.on_insecure("")).await;
    assert_eq!(
        tab.text(".count").await,
        "The policy sets no time limit. The lab itself ends every session after 30 days."
    );
    tab.bench.wait_minutes(600).await;
    tab.run::<bool>(COME_BACK).await;
    tab.follow(".count ~ a").await;
    assert_eq!(
        tab.text("h1").await,
        "Welcome to the Dashboard, student123!"
    );
}
