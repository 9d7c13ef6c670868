//! The wire in a real browser: it follows what happens elsewhere, and does not move while it is paused.

use super::tab::Tab;

const FIRST: &str = "document.querySelector('.exchanges > li')?.innerText";

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_request_from_elsewhere_appears_without_a_reload() {
    let mut tab = Tab::open().await;
    for presented in [false, true] {
        tab.visit(&tab.on_lab("/wire")).await;
        if presented {
            tab.press("p").await;
        }
        tab.run::<()>("void (window.stayed = true)").await;
        let mut elsewhere = tab.bench.visitor_in_clear("insecure");
        elsewhere.get("/login").await;
        tab.until(&format!("({FIRST} ?? '').includes('/insecure/login')"))
            .await;
        assert!(tab.run::<bool>("window.stayed").await, "{presented}");
        assert!(
            tab.run::<String>(FIRST).await.starts_with("new"),
            "{presented}"
        );
        let hidden = "document.getElementById('nothing').hidden";
        assert!(tab.run::<bool>(hidden).await, "{presented}");

        elsewhere.get("/board").await;
        tab.until(&format!("{FIRST}.includes('/insecure/board')"))
            .await;
        let marked = "document.querySelectorAll('.fresh').length";
        assert_eq!(
            tab.run::<usize>(marked).await,
            1,
            "{presented}: only the newest"
        );
    }
    assert_eq!(tab.complaints().await, [""; 0]);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_paused_wire_stands_still_and_then_shows_what_it_missed() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/wire")).await;
    tab.click("#pause").await;
    let mut elsewhere = tab.bench.visitor_in_clear("insecure");
    for _ in 0..3 {
        elsewhere.get("/login").await;
    }
    // Longer than a poll takes: each second one.
    tab.run::<()>("new Promise((done) => setTimeout(done, 2500))")
        .await;
    let count = "document.querySelectorAll('.exchanges > li').length";
    assert_eq!(tab.run::<usize>(count).await, 0);
    tab.click("#pause").await;
    tab.until(&format!("{count} === 3")).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn presented_it_shows_six_rows_however_many_come() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/wire")).await;
    tab.press("p").await;
    let mut elsewhere = tab.bench.visitor_in_clear("insecure");
    for n in 0..9 {
        elsewhere.get(&format!("/?n={n}")).await;
    }
    tab.until(&format!("({FIRST} ?? '').includes('n=8')")).await;
    let count = "[...document.querySelectorAll('.exchanges > li')]
        .filter((row) => row.checkVisibility()).length";
    assert_eq!(tab.run::<usize>(count).await, 6);
    let size = "parseFloat(getComputedStyle(document.querySelector('.asked')).fontSize)";
    assert!(tab.run::<f64>(size).await > 24.0);
    tab.press("p").await;
    assert_eq!(tab.run::<usize>(count).await, 9);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_box_of_the_diagram_leads_to_its_defence() {
    let mut tab = Tab::open().await;
    tab.bench.visitor("hardened").sign_in().await;
    for width in [360, 1280] {
        tab.resize(width, 800).await;
        tab.visit(&tab.on_lab("/wire/3")).await;
        let shown = "[...document.querySelectorAll('svg.flow')]
            .filter((flow) => flow.getBoundingClientRect().width > 0).length";
        assert_eq!(tab.run::<usize>(shown).await, 1, "{width}");
        let form = if width == 360 { "narrow" } else { "wide" };
        tab.follow(&format!("svg.{form} a[href$='/defences/rotation']"))
            .await;
        assert!(tab.location().await.ends_with("/defences/rotation"));
    }
    assert_eq!(tab.complaints().await, [""; 0]);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn no_word_of_the_diagram_reaches_the_edge_of_its_box() {
    let tab = Tab::open().await;
    tab.sign_in(&tab.on_hardened("")).await;
    tab.visit(&tab.on_lab("/wire")).await;
    tab.follow(".exchanges a").await;
    for (width, form) in [(1280, "wide"), (360, "narrow")] {
        tab.resize(width, 740).await;
        let room: Vec<f64> = tab
            .run(&format!(
                "[...document.querySelectorAll('.flow.{form} a')].flatMap((a) => {{
                    const box = a.querySelector('rect').getBBox();
                    return [...a.querySelectorAll('text')].map((text) => {{
                        const words = text.getBBox();
                        return box.x + box.width - words.x - words.width;
                    }});
                }})"
            ))
            .await;
        assert!(room.len() > 10, "{form}: {}", room.len());
        assert!(room.iter().all(|room| *room >= 4.0), "{form}: {room:?}");
    }
}
