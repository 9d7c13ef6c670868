//! Forms in a browser: one that outlived its session comes back with what was typed, and one that
//! failed has the focus on what is wrong. Issues 17.1 and 17.4.

use super::tab::Tab;

const COME_BACK: &str = "document.dispatchEvent(new Event('visibilitychange'))";

const NOTICE: &str = "Lost: one umbrella";

async fn write_a_notice(tab: &Tab) {
    tab.sign_in(&tab.on_hardened("")).await;
    tab.visit(&tab.on_hardened("/board")).await;
    tab.fill_in("#text", NOTICE).await;
}

/// Signs in on the page that the tab is on.
async fn sign_in_here(tab: &Tab) {
    tab.fill_in("#username", "student123").await;
    tab.fill_in("#password", "password123").await;
    tab.follow("main form button").await;
}

async fn text_is_back(tab: &Tab) {
    assert_eq!(tab.text("h1").await, "Notice board");
    let text: String = tab.run("document.querySelector('#text').value").await;
    assert_eq!(text, NOTICE);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_notice_that_outlived_its_session_is_posted_after_the_sign_in() {
    let tab = Tab::open().await;
    write_a_notice(&tab).await;
    tab.bench.wait_minutes(6).await;
    tab.follow("main form button").await;
    assert_eq!(tab.text("h1").await, "Sign in");
    let told = tab.text("main").await;
    assert!(told.contains("It was unused for too long."), "{told}");
    assert!(told.contains("What you typed is kept"), "{told}");
    sign_in_here(&tab).await;
    text_is_back(&tab).await;
    // Loading the page again sends nothing, and loses nothing.
    tab.load(async || {
        tab.run::<bool>("(location.reload(), true)").await;
    })
    .await;
    text_is_back(&tab).await;
    assert_eq!(tab.text(".posts, main .quiet").await, "No notices yet.");
    tab.follow("main form button").await;
    assert!(tab.text(".posts").await.contains(NOTICE));
}

/// The page is not left while something is typed: the reader of the countdown finishes the sentence.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_countdown_warns_on_the_board_and_does_not_throw_the_text_away() {
    let tab = Tab::open().await;
    write_a_notice(&tab).await;
    tab.until("/ends in (5:00|4:\\d\\d), unless/.test(document.querySelector('.count').innerText)")
        .await;
    tab.bench.wait_minutes(4).await;
    tab.run::<bool>(COME_BACK).await;
    tab.until("document.querySelector('.count.warn') && document.title.startsWith('(0:')")
        .await;

    // Staying signed in keeps the page.
    tab.click(".session-end a").await;
    tab.until("!document.querySelector('.count.warn') && !document.title.startsWith('(')")
        .await;
    text_is_back(&tab).await;

    tab.bench.wait_minutes(6).await;
    tab.run::<bool>(COME_BACK).await;
    tab.until("document.title.startsWith('Session ended')")
        .await;
    assert_eq!(
        tab.text(".count").await,
        "Your session has ended. What you typed is still here: send it, and sign in again."
    );
    text_is_back(&tab).await;
    tab.follow("main form button").await;
    sign_in_here(&tab).await;
    text_is_back(&tab).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_board_without_a_text_is_left_when_its_session_ends() {
    let tab = Tab::open().await;
    tab.sign_in(&tab.on_hardened("")).await;
    tab.visit(&tab.on_hardened("/board")).await;
    tab.load(async || {
        tab.bench.wait_minutes(6).await;
        tab.run::<bool>(COME_BACK).await;
    })
    .await;
    assert!(tab.location().await.contains("/login?expired=1&session="));
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_sign_in_page_beside_a_tab_that_signed_in_leads_to_the_dashboard() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_hardened("/login")).await;
    tab.fill_in("#username", "student123").await;
    tab.fill_in("#password", "password123").await;
    // The other tab shares the cookies: it signs in, with its own page's form.
    let form = "fetch('login').then((page) => page.text()).then((page) => {
        const token = page.match(/name=\"csrf_token\" value=\"([^\"]+)/)[1];
        const body = new URLSearchParams({username: 'alice', password: 'wonderland', csrf_token: token});
        return fetch('login', {method: 'POST', body});
      }).then((answer) => { window.other = answer.url; })";
    tab.run::<serde_json::Value>(&format!("({form}, null)"))
        .await;
    tab.until("window.other && window.other.endsWith('/dashboard')")
        .await;
    tab.follow("main form button").await;
    assert_eq!(tab.text("h1").await, "Welcome to the Dashboard, alice!");
    let told = tab.text("main [role=status]").await;
    assert!(told.contains("signed in already, as alice"), "{told}");
}

/// Sends the form of a page and looks at where the focus is.
async fn fails(tab: &Tab, button: &str, field: &str) {
    tab.follow(button).await;
    failed(tab, field).await;
}

/// Looks at where the focus is, and at the field that is wrong.
async fn failed(tab: &Tab, field: &str) {
    tab.until("document.activeElement.id === 'error'").await;
    let title: String = tab.run("document.title").await;
    assert!(title.starts_with("Error: "), "{title}");
    let marked: bool = tab
        .run(&format!(
            "(() => {{ const field = document.querySelector('{field}');
               return field.getAttribute('aria-invalid') === 'true'
                 && document.getElementById(field.getAttribute('aria-describedby')).innerText.length > 10; }})()"
        ))
        .await;
    assert!(marked, "{field}");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_failed_form_of_the_portal_has_the_focus_on_what_is_wrong() {
    for side in ["/insecure", "/hardened"] {
        let tab = Tab::open().await;
        let on = |path: &str| match side {
            "/insecure" => tab.on_insecure(path),
            _ => tab.on_hardened(path),
        };
        tab.visit(&on("/login")).await;
        tab.fill_in("#username", "student123").await;
        tab.fill_in("#password", "wrong").await;
        fails(&tab, "main form button", "#password").await;

        tab.sign_in(&on("")).await;
        tab.fill_in("#to", "nobody").await;
        tab.fill_in("#amount", "3").await;
        fails(&tab, "form[action$=transfer] button", "#to").await;
        let typed: String = tab.run("document.querySelector('#to').value").await;
        assert_eq!(typed, "nobody");

        tab.visit(&on("/board")).await;
        // Around the limit that the field itself has.
        tab.run::<bool>("(document.querySelector('#text').maxLength = 9999, true)")
            .await;
        tab.run::<bool>("(document.querySelector('#text').value = 'x'.repeat(2001), true)")
            .await;
        fails(&tab, "main form button", "#text").await;

        tab.visit(&on("/password")).await;
        tab.fill_in("#current", "wrong").await;
        tab.fill_in("#new", "a-new-password").await;
        fails(&tab, "main form button", "#current").await;

        tab.visit(&on("/sessions")).await;
        tab.click("input[value=others]").await;
        tab.fill_in("#password", "wrong").await;
        fails(&tab, "main form button", "#password").await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_failed_form_of_the_lab_has_the_focus_on_what_is_wrong() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/evidence/hardened")).await;
    tab.run::<bool>("(document.querySelector('#minutes').type = 'text', true)")
        .await;
    tab.fill_in("#minutes", "some").await;
    fails(&tab, ".other button", "#minutes").await;
    let typed: String = tab.run("document.querySelector('#minutes').value").await;
    assert_eq!(typed, "some");

    tab.visit(&tab.on_lab("/jwt")).await;
    // It is refused in place.
    tab.click("#ask button[value=ask]").await;
    failed(&tab, "#token").await;

    tab.visit(&tab.on_lab("/labs/08-timeouts")).await;
    fails(
        &tab,
        ".question button[type=submit]",
        ".question input:not([type=hidden])",
    )
    .await;
}
