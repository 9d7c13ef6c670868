//! The way through the lab in a real browser of 1280×720: from the front page to a stolen session, and
//! the box that finds any page.

use super::firefox::firefox;
use super::first_screen::in_first_screen;
use super::tab::Tab;

#[tokio::test]
#[ignore = "needs Chromium"]
async fn four_clicks_lead_from_the_front_page_to_a_stolen_session() {
    four_clicks(&Tab::open().await).await;
}

#[tokio::test]
#[ignore = "needs Firefox"]
async fn four_clicks_lead_to_a_stolen_session_in_firefox_also() {
    let browser = firefox().await;
    four_clicks(&Tab::open_in(&browser).await).await;
}

async fn four_clicks(tab: &Tab) {
    tab.resize(1280, 720).await;
    tab.visit(&tab.on_lab("/")).await;
    for click in [
        ".up-next .button",
        "[value=sign-in]",
        "[value=sign-out]",
        "[value=replay]",
    ] {
        in_first_screen(tab, click).await;
        tab.follow(click).await;
    }
    in_first_screen(tab, ".side.weak .verdict").await;
    in_first_screen(tab, ".side.strong .verdict").await;
    let weak = tab.text(".side.weak .verdict").await;
    assert!(weak.contains("The session is stolen."), "{weak}");
    let strong = tab.text(".side.strong .verdict").await;
    assert!(strong.contains("sent to the sign-in page"), "{strong}");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_slash_opens_the_box_that_finds_a_page_by_keyboard() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/compare")).await;
    tab.press("/").await;
    tab.until("document.querySelector('dialog.find-box[open]')")
        .await;
    tab.until("document.activeElement.id === 'find-q'").await;
    tab.type_text("own mix").await;
    tab.until("document.querySelector('.find-results a b')?.textContent === 'Own mix'")
        .await;
    tab.press("ArrowDown").await;
    tab.load(async || tab.press("Enter").await).await;
    assert_eq!(tab.text("h1").await, "Own mix");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_key_can_be_switched_off_and_types_a_slash_in_a_field() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/find")).await;
    // The field gets the focus when the page is drawn, which may be after it has loaded.
    tab.until("document.activeElement.matches('main [name=q]')")
        .await;
    tab.press("/").await;
    tab.until("document.activeElement.value === '/'").await;
    assert!(
        tab.run::<bool>("!document.querySelector('dialog[open]')")
            .await
    );
    tab.visit(&tab.on_lab("/compare")).await;
    tab.click(".find-link").await;
    tab.until("document.querySelector('dialog[open] input[type=checkbox]')")
        .await;
    tab.click("dialog input[type=checkbox]").await;
    tab.until("document.querySelector('.find-link kbd').hidden")
        .await;
    tab.visit(&tab.on_lab("/compare")).await;
    assert!(
        tab.run::<bool>("document.querySelector('.find-link kbd').hidden")
            .await
    );
    tab.press("/").await;
    assert!(
        tab.run::<bool>("!document.querySelector('dialog[open]')")
            .await
    );
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_list_beside_a_sheet_ticks_a_step_and_moves_the_button_on() {
    let tab = Tab::open().await;
    tab.resize(1280, 720).await;
    tab.visit(&tab.on_lab("/labs/06-session-fixation")).await;
    in_first_screen(&tab, "[data-next]").await;
    assert_eq!(tab.text("[data-next]").await, "Next: step 1");
    let login = tab.on_insecure("/login");
    crate::support::curl(&["-o", "/dev/null", &login]);
    tab.until("document.querySelector('[data-rail=id-fetched].strong')")
        .await;
    assert_eq!(tab.text("[data-next]").await, "Next: step 2");
    assert_eq!(tab.text("[data-announce]").await, "Step 1 is solved.");
}
