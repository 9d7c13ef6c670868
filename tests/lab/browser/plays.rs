//! Plays in a real browser of 1280×720: by keyboard, with the verdict in the first screen at each
//! beat, and in the browser that the lab drives.

use session_lab::attacks::{ALL, Engine};

use super::accessibility::axe_finds_nothing;
use super::tab::{PATIENCE, Tab};
use crate::support::POLL;

/// Whether the whole verdict is in the first screen, without scrolling, and the page is at its top.
async fn verdict_in_first_screen(tab: &Tab) {
    let place =
        "(() => { const r = document.querySelector('.play-verdict').getBoundingClientRect();
        return [r.top, r.bottom, scrollY]; })()";
    let [top, bottom, scrolled]: [f64; 3] = tab.run(place).await;
    let text = tab.text("#stage").await;
    assert!(
        top >= 0.0 && bottom <= 720.0 && scrolled == 0.0,
        "{top} to {bottom}, scrolled by {scrolled}: {text}"
    );
}

/// What tells one beat from another.
async fn beat(tab: &Tab) -> String {
    let side = tab.text("#stage [aria-current=step]").await;
    format!("{side} {}", tab.text(".play-count").await)
}

/// Presses a key until the play is at its end, and returns how often; each beat is looked at.
async fn play_to_the_end(tab: &Tab, key: &str) -> usize {
    let mut pressed = 0;
    while tab
        .run::<bool>("!!document.querySelector('#stage a[rel=next]')")
        .await
    {
        verdict_in_first_screen(tab).await;
        let before = beat(tab).await;
        tab.press(key).await;
        let moved = format!(
            "(document.querySelector('#stage [aria-current=step]').innerText.trim() + ' '
                + document.querySelector('.play-count').innerText.trim()) !== {before:?}"
        );
        tab.until(&moved).await;
        pressed += 1;
        assert!(pressed < 100, "the play has no end");
    }
    verdict_in_first_screen(tab).await;
    pressed
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn fixation_is_played_by_keyboard_on_one_screen_without_a_jump() {
    let mut tab = Tab::open().await;
    tab.resize(1280, 720).await;
    tab.visit(&tab.on_lab("/fixation")).await;
    tab.follow("main form button").await;
    // The stage has the focus: the key works at once.
    let pressed = play_to_the_end(&tab, "ArrowRight").await;
    assert!((8..=20).contains(&pressed), "{pressed} keys in two minutes");
    let ends = tab.text(".play-sides").await;
    assert_eq!(
        ends,
        "insecure succeeded hardened stopped without-rotation succeeded"
    );
    assert!(
        tab.location().await.contains("side=without-rotation"),
        "it can be reloaded"
    );
    let heard = tab.text("#play-said").await;
    assert!(heard.contains("The attack succeeded."), "{heard}");
    tab.press("ArrowLeft").await;
    tab.until("document.querySelector('.play-verdict').innerText.startsWith('Not decided')")
        .await;
    axe_finds_nothing(&tab, "a beat").await;
    assert_eq!(tab.complaints().await, [""; 0]);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_keys_do_nothing_while_the_focus_is_elsewhere() {
    let tab = Tab::open().await;
    tab.resize(1280, 720).await;
    tab.visit(&tab.on_lab("/plays/none-algorithm")).await;
    tab.follow("main form button").await;
    let before = beat(&tab).await;
    tab.run::<()>("document.querySelector('.play-about summary').focus()")
        .await;
    tab.press("ArrowRight").await;
    tab.press("ArrowLeft").await;
    assert_eq!(beat(&tab).await, before);
    tab.run::<()>("document.getElementById('stage').focus()")
        .await;
    tab.press("ArrowRight").await;
    tab.until(&format!(
        "document.querySelector('.play-count').innerText.trim() !== {:?}",
        before.rsplit(' ').next().expect("a number")
    ))
    .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_theft_by_script_is_played_in_a_browser_that_the_lab_drives() {
    let mut tab = Tab::open().await;
    tab.resize(1280, 720).await;
    tab.visit(&tab.on_lab("/plays/xss-steals-cookie")).await;
    in_a_browser(&tab, "xss-steals-cookie", "chromium").await;
    let with = tab.text("#stage > .small").await;
    assert!(with.starts_with("These beats ran in Chromium "), "{with}");
    play_to_the_end(&tab, " ").await;
    assert_eq!(
        tab.text(".play-sides").await,
        "insecure succeeded hardened stopped"
    );
    let reached = "[...document.querySelectorAll('.pane.attacker .stolen')].length";
    assert_eq!(
        tab.run::<usize>(reached).await,
        0,
        "on the hardened side nothing arrived"
    );
    assert_eq!(tab.complaints().await, [""; 0]);
}

/// How far the run of an attack is, as its page polls it.
async fn progress(tab: &Tab, attack: &str) -> serde_json::Value {
    let path = format!("/attack/{attack}/live");
    tab.bench.student().get(&path).await.json()
}

/// Starts a play in a browser, and waits for its end. The page loads itself again then; it is visited
/// once more, so that the test need not meet that moment.
async fn in_a_browser(tab: &Tab, attack: &str, browser: &str) {
    let form = format!("form[action$='browser={browser}'] button");
    tab.follow(&form).await;
    let begun = std::time::Instant::now();
    loop {
        let progress = progress(tab, attack).await;
        if progress["running"] == false {
            assert_eq!(progress["finished"], true, "{progress}");
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{progress}");
        tokio::time::sleep(POLL).await;
    }
    tab.visit(&tab.on_lab(&format!("/plays/{attack}?beat=1")))
        .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_run_in_a_browser_is_followed_and_can_be_cancelled() {
    let tab = Tab::open().await;
    let path = "/attack/csrf-form?against=hardened";
    let mut student = tab.bench.student();
    let started = student
        .post_form(&format!("{path}&browser=chromium"), &[])
        .await;
    assert_eq!(started.status, 303, "{}", started.body);
    let page = student.get(path).await.body;
    let cancel = student.post_form("/attack/csrf-form/cancel", &[]).await;
    assert_eq!(cancel.status, 303, "{}", cancel.body);
    let begun = std::time::Instant::now();
    while progress(&tab, "csrf-form").await["running"] == true {
        assert!(begun.elapsed() < PATIENCE, "it goes on");
        tokio::time::sleep(POLL).await;
    }
    // On a very fast machine the run has ended before anybody could cancel it.
    if progress(&tab, "csrf-form").await["finished"] == false {
        assert!(page.contains("0 of 1 runs in Chromium done"), "{page}");
        assert!(page.contains(">Cancel</button>"), "{page}");
        tab.visit(&tab.on_lab(path)).await;
        assert!(
            tab.text("main .notice[role=status]")
                .await
                .contains("The run was stopped")
        );
    }
    tab.visit(&tab.on_lab(path)).await;
    axe_finds_nothing(&tab, "after a cancelled run").await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn without_scripts_the_links_lead_through_a_play() {
    let bench = crate::support::bench();
    let mut student = bench.student();
    student.post_form("/plays/refresh-replay", &[]).await;
    let first = student.get("/plays/refresh-replay?beat=1").await.body;
    assert!(first.contains("rel=\"next\" href="), "{first}");
    let tab = Tab::open().await;
    tab.resize(360, 800).await;
    tab.visit(&tab.on_lab("/plays/refresh-replay")).await;
    tab.follow("main form button").await;
    let wide: i64 = tab.run("document.documentElement.scrollWidth").await;
    assert!(wide <= 360, "{wide}");
}

/// What `tests/run long` adds.
mod long {
    use super::*;

    #[tokio::test]
    #[ignore = "long: every play to its end, at three sizes; needs Chromium and Firefox"]
    async fn every_play_comes_to_its_end_on_both_sides() {
        for (browser, sizes) in [
            ("chromium", &[(1280, 720), (360, 800), (1920, 1080)][..]),
            ("firefox", &[(1280, 720)]),
        ] {
            for attack in ALL {
                let card = attack.card();
                if card.engine == Engine::Http && browser == "firefox" {
                    continue;
                }
                let mut tab = Tab::open().await;
                tab.resize(1280, 720).await;
                tab.visit(&tab.on_lab(&format!("/plays/{}", card.name)))
                    .await;
                match card.engine {
                    Engine::Http => tab.follow("main form button").await,
                    Engine::Browser => in_a_browser(&tab, card.name, browser).await,
                }
                play_to_the_end(&tab, "ArrowRight").await;
                let ends = tab.text(".play-sides").await;
                assert!(
                    ends.starts_with("insecure succeeded hardened stopped"),
                    "{}: {ends}",
                    card.name
                );
                for (width, height) in sizes {
                    tab.resize(*width, *height).await;
                    let wide: i64 = tab.run("document.documentElement.scrollWidth").await;
                    assert!(wide <= *width, "{} at {width}: {wide}", card.name);
                }
                axe_finds_nothing(&tab, card.name).await;
                assert_eq!(tab.complaints().await, [""; 0], "{}", card.name);
            }
        }
    }
}
