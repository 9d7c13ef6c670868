//! The first exercise without a mouse.

use super::tab::Tab;

/// Presses Tab until the focus is on an element with this text.
async fn tab_to(tab: &Tab, text: &str) {
    for _ in 0..60 {
        tab.press("Tab").await;
        let focused: String = tab.run("document.activeElement.innerText").await;
        if focused.split_whitespace().collect::<Vec<_>>().join(" ") == text {
            let seen = "document.activeElement.matches(':focus-visible')
                && getComputedStyle(document.activeElement).outlineStyle !== 'none'";
            assert!(tab.run::<bool>(seen).await, "no outline on {text}");
            return;
        }
    }
    panic!("Tab never came to {text}");
}

async fn enter(tab: &Tab, text: &str) {
    tab_to(tab, text).await;
    tab.load(async || tab.press("Enter").await).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_first_exercise_is_done_with_tab_and_enter_alone() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/")).await;
    tab.press("Tab").await;
    assert_eq!(
        tab.run::<String>("document.activeElement.innerText").await,
        "Skip to content"
    );
    tab.press("Enter").await;
    enter(&tab, "First exercise: steal a session").await;
    for button in [
        "1 Sign in",
        "2 Load the dashboard",
        "5 Sign out",
        "6 Replay the old cookie",
    ] {
        enter(&tab, button).await;
    }
    let newest = "details.step[open] article";
    assert!(
        tab.text(&format!("{newest}.weak"))
            .await
            .contains("HTTP/1.1 200")
    );
    assert!(
        tab.text(&format!("{newest}.strong"))
            .await
            .contains("HTTP/1.1 303")
    );
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_wire_is_filtered_and_paused_with_the_keyboard() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/wire")).await;
    enter(&tab, "insecure").await;
    assert!(tab.location().await.ends_with("/wire?variant=insecure"));
    tab_to(&tab, "Pause").await;
    tab.press("Enter").await;
    let pause = "document.activeElement.getAttribute('aria-pressed')";
    assert_eq!(tab.run::<String>(pause).await, "true");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_student_signs_in_and_out_of_the_portal_with_the_keyboard() {
    let tab = Tab::open().await;
    for portal in [tab.on_insecure(""), tab.on_hardened("")] {
        tab.visit(&format!("{portal}/")).await;
        enter(&tab, "Sign in").await;
        tab.run::<()>("document.getElementById('main').focus()")
            .await;
        tab.press("Tab").await;
        tab.type_text("student123").await;
        tab.press("Tab").await;
        tab.type_text("password123").await;
        tab.load(async || tab.press("Enter").await).await;
        assert_eq!(
            tab.text("h1").await,
            "Welcome to the Dashboard, student123!"
        );
        enter(&tab, "Sign out").await;
        assert_eq!(tab.text("h1").await, "Logged out. Home");
    }
}
