//! The desk in Chromium: the link opens it, and a solved step turns green by itself.

use serde_json::json;
use session_lab::browser::{Browser, BrowserEngine, BrowserSettings, Window};

use super::people::solved;
use super::{DeskLab, StudentLab};
use crate::support::{PATIENCE, POLL};

const SHEET: &str = "01-a-session";

/// A browser in which the link has opened the list of classes.
async fn opened(lab: &DeskLab) -> (Browser, Window) {
    let desk = lab.running().desk.as_ref().expect("the desk is open");
    let certificate = desk.certificate.cert_pem();
    let settings = BrowserSettings::trusting(BrowserEngine::Chromium, certificate);
    let browser = Browser::start(settings.expect("a certificate")).await;
    let browser = browser.expect("the browser starts");
    let window = browser.private_window().await.expect("a window");
    // The script sends the key and leads on, perhaps before the browser calls the first page whole.
    let _ = window.visit(&desk.link).await;
    let start = std::time::Instant::now();
    let list = "document.querySelector('#name') !== null && document.readyState === 'complete'";
    while !window.run::<bool>(list).await.unwrap_or_default() {
        assert!(start.elapsed() < PATIENCE, "no list of classes");
        tokio::time::sleep(POLL).await;
    }
    (browser, window)
}

/// Chooses a file of names, as a teacher does with the button.
async fn choose_names(window: &Window, names: &str) {
    let script = format!(
        "(() => {{ const input = document.querySelector('#file'); const files = new DataTransfer(); \
         files.items.add(new File([{}], 'names.csv')); input.files = files.files; \
         input.dispatchEvent(new Event('change')); return true; }})()",
        json!(names)
    );
    window.run::<bool>(&script).await.expect("it runs");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_file_of_names_is_taken_or_its_page_says_why_not() {
    let lab = DeskLab::start().await;
    let (browser, window) = opened(&lab).await;
    window.fill_in("#name", "Monday").await.expect("a field");
    window.follow("main button").await.expect("a class");
    let roster = "document.querySelector('.lab-pages a[href$=\"/roster\"]').id = 'roster-page'";
    window.run::<String>(roster).await.expect("a link");
    window.follow("#roster-page").await.expect("the roster");
    let says = |words: &str| {
        let words = json!(words);
        format!("document.querySelector('#file-state').textContent.includes({words})")
    };
    choose_names(&window, "alice\nalice").await;
    let twice = says("alice is in line 1 and again in line 2");
    window.until(&twice).await.expect("what is wrong");
    let loaded = window.load(async || {
        choose_names(&window, "alice\nbob").await;
        Ok(())
    });
    loaded.await.expect("the roster with two names");
    let students: String = window.text("main tbody").await.expect("two names");
    assert!(students.contains("alice") && students.contains("bob"));
    // The desk is locked from another tab.
    let out = "fetch('/sign-out', { method: 'POST', body: new URLSearchParams({ token: \
               document.querySelector('[name=token]').value }) }).then(() => \
               document.body.dataset.out = 'yes') && true";
    window.run::<bool>(out).await.expect("it is sent");
    let is_out = "document.body.dataset.out === 'yes'";
    window.until(is_out).await.expect("the desk is locked");
    choose_names(&window, "carol").await;
    let locked = says("The desk is locked, and nothing was changed.");
    window
        .until(&locked)
        .await
        .expect("why nothing was changed");
    browser.close().await.expect("it closes");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_link_opens_the_desk_and_a_solved_step_turns_green_by_itself() {
    let lab = DeskLab::start().await;
    let (browser, window) = opened(&lab).await;
    let address = window.location().await.expect("an address");
    assert!(!address.contains('#'), "{address}");
    let cookies: String = window.run("document.cookie").await.expect("a text");
    assert_eq!(cookies, "", "no script reads the cookie");

    window.fill_in("#name", "Monday").await.expect("a field");
    window
        .follow("main button")
        .await
        .expect("the page for joining");
    let code = window.text(".join-code").await.expect("a code");
    let code = code.rsplit(' ').next().expect("a code").to_owned();
    let squares: bool = window
        .run("!!document.querySelector('svg.qr path')")
        .await
        .expect("a QR code");
    assert!(squares);
    let student = StudentLab::join(&lab.doors, &code, "<b>alice</b>", 1).await;
    window.follow(".lab-pages a").await.expect("the board");
    window
        .until("document.querySelector('.board tbody th').innerText === '<b>alice</b>'")
        .await
        .expect("a name");
    // The first report brings a sheet onto the board, which makes the page again.
    let begun = json!([{ "at": 1, "happened": "begun", "sheet": SHEET }]);
    let reloaded = window.load(async || {
        student.report(1, begun).await;
        Ok(())
    });
    reloaded.await.expect("the board with the sheet");
    assert!(
        !window
            .run::<bool>("!!document.querySelector('td.solved')")
            .await
            .expect("a board")
    );
    student
        .report(2, json!([solved(SHEET, "a-stranger")]))
        .await;
    let green = "document.querySelector('td.solved')?.innerText === 'done'";
    window.until(green).await.expect("the step turns green");
    assert_eq!(
        window.complaints().await.expect("a list"),
        Vec::<String>::new()
    );
    browser.close().await.expect("it closes");
}
