//! What every page owes its readers: nothing for axe to find, nothing that only a mouse reaches,
//! nothing that jumps while it loads, and no motion for those who want none.
//!
//! `axe/axe.min.js` is axe-core 4.14.1 of Deque Systems as npm has it, under the Mozilla Public
//! License 2.0 beside it. It runs inside the page as the driver puts it there, so no
//! page has to let it in.

use std::fmt::Write as _;

use serde::Deserialize;
use session_lab::base::addresses::Listener;

use super::tab::Tab;

const AXE: &str = include_str!("axe/axe.min.js");

/// Frames are separate pages. `preload` would fetch the style sheets once more.
const RUN: &str = "axe.run({ resultTypes: ['violations'], iframes: false, preload: false })
    .then((result) => result.violations.map(({ id, impact, help, nodes }) => ({
        id, impact, help,
        nodes: nodes.map((node) => `${node.target}: ${node.any.concat(node.all, node.none)
            .map((check) => check.message).join('; ')}`),
    })))";

#[derive(Debug, Deserialize)]
struct Violation {
    id: String,
    impact: Option<String>,
    help: String,
    nodes: Vec<String>,
}

/// Fails where axe finds something, however small.
pub async fn axe_finds_nothing(tab: &Tab, name: &str) {
    if !tab.run::<bool>("'axe' in window").await {
        tab.run::<()>(&format!("{{ {AXE}; undefined }}")).await;
    }
    let found: Vec<Violation> = tab.run(RUN).await;
    let mut report = String::new();
    for one in &found {
        let impact = one.impact.as_deref().unwrap_or("no impact");
        writeln!(report, "{} ({impact}): {}", one.id, one.help).unwrap();
        for node in one.nodes.iter().take(5) {
            writeln!(report, "  {node}").unwrap();
        }
    }
    assert!(found.is_empty(), "{name}:\n{report}");
}

/// What is visible and can be operated; of the buttons of one choice, the one that has the focus.
/// The lure of the clickjacking page does nothing: what is above it takes the click.
const OPERABLE: &str = "[...document.querySelectorAll(
        'a[href], button:not(.lure), input:not([type=hidden]), select, textarea, summary')]
    .filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }))
    .filter((e) => e.type !== 'radio' || e.checked
        || ![...document.getElementsByName(e.name)].some((other) => other.checked)
        && e === document.getElementsByName(e.name)[0])";

/// Fails where Tab does not come to everything that can be operated, or shows no focus there.
pub async fn tab_reaches_everything(tab: &Tab, name: &str) {
    tab.run::<()>("document.activeElement.blur(); window.reached = new Map(); undefined")
        .await;
    let operable: usize = tab.run(&format!("{OPERABLE}.length")).await;
    // A page may hold more places to stop at: regions that scroll, frames.
    for _ in 0..operable * 2 + 20 {
        tab.press("Tab").await;
        let all = format!(
            "(() => {{
                const at = document.activeElement;
                // A link in a drawing has no box: the line around its rectangle is thicker.
                const box = at instanceof SVGElement ? at.querySelector('rect') : at;
                const style = getComputedStyle(box);
                const shown = style.outlineStyle !== 'none' || parseFloat(style.strokeWidth) >= 3;
                if (at !== document.body && !reached.has(at)) reached.set(at, shown);
                return {OPERABLE}.every((e) => reached.has(e));
            }})()"
        );
        if tab.run(&all).await {
            break;
        }
    }
    let told = "(e) => `${e.outerHTML.slice(0, 120)}`";
    let missed: Vec<String> = tab
        .run(&format!(
            "{OPERABLE}.filter((e) => !reached.has(e)).map({told})"
        ))
        .await;
    assert!(missed.is_empty(), "{name}: Tab does not reach {missed:#?}");
    let unseen: Vec<String> = tab
        .run(&format!(
            "[...reached].filter(([, shown]) => !shown).map(([e]) => e)
                .filter((e) => e.tagName !== 'IFRAME' && e.tagName !== 'HTML').map({told})"
        ))
        .await;
    assert!(
        unseen.is_empty(),
        "{name}: no focus is shown on {unseen:#?}"
    );
    tab.run::<()>("document.activeElement.blur(); scrollTo(0, 0); undefined")
        .await;
}

/// Fails where a padlock is beside anything but weak and strong, or a tick or a cross is their sign.
pub async fn padlocks_mean_weak_and_strong(tab: &Tab, name: &str) {
    let wrong: Vec<String> = tab
        .run(
            "(() => {
                const open = 'M7 11V7a5 5 0 0 1 9.7-1.7M5 11h14v10H5z';
                const closed = 'M7 11V8a5 5 0 0 1 10 0v3';
                const answers = ['M8 12l3 3 5-6', 'M8.5 8.5l7 7M15.5 8.5l-7 7'];
                const drawn = [...document.querySelectorAll('svg path')];
                const has = (path, d, where) => path.getAttribute('d') === d && where(path);
                const wrong = drawn.filter((path) =>
                    has(path, open, (at) => !at.closest('.weak'))
                    || has(path, closed, (at) => !at.closest('.strong'))
                    || answers.some((d) => has(path, d, (at) => at.closest('.verdict.weak, .verdict.strong, .ended'))));
                return wrong.map((path) => path.closest('svg').parentElement.outerHTML.slice(0, 160));
            })()",
        )
        .await;
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
}

/// Fails where the page moved under its reader while it was loading.
pub async fn nothing_has_jumped(tab: &Tab, name: &str) {
    let shift: f64 = tab
        .run(
            "new Promise((done) => {
                let sum = 0;
                new PerformanceObserver((list) => {
                    for (const entry of list.getEntries())
                        if (!entry.hadRecentInput) sum += entry.value;
                }).observe({ type: 'layout-shift', buffered: true });
                requestAnimationFrame(() => setTimeout(() => done(sum), 50));
            })",
        )
        .await;
    assert!(shift < 0.01, "{name}: the layout shifts by {shift}");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn who_wants_no_motion_gets_none() {
    let tab = Tab::open().await;
    for page in [
        tab.on_lab("/"),
        tab.on_hardened("/"),
        tab.address(Listener::Attacker, "/"),
    ] {
        tab.visit(&page).await;
        for (value, duration) in [("no-preference", "3s"), ("reduce", "0s")] {
            let set = tab.window.set_media("prefers-reduced-motion", value);
            set.await.unwrap();
            let found: String = tab
                .run("document.body.style.transition = 'color 3s', getComputedStyle(document.body).transitionDuration")
                .await;
            assert_eq!(found, duration, "{page} with {value}");
        }
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_checks_find_what_is_wrong() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/")).await;
    axe_finds_nothing(&tab, "as it is").await;
    tab_reaches_everything(&tab, "as it is").await;
    let spoil = "document.querySelector('main a').tabIndex = -1;
        const image = document.createElement('img');
        image.src = '/static/favicon.svg';
        document.querySelector('main').append(image)";
    tab.run::<()>(spoil).await;
    let fails = async |check: &'static str| {
        let checked = std::panic::AssertUnwindSafe(async {
            match check {
                "axe" => axe_finds_nothing(&tab, "spoilt").await,
                _ => tab_reaches_everything(&tab, "spoilt").await,
            }
        });
        futures::FutureExt::catch_unwind(checked).await.is_err()
    };
    assert!(fails("axe").await, "axe sees no image without a text");
    assert!(fails("tab").await, "a link that Tab skips is not missed");
}
