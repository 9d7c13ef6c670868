//! `/same-site`, walked by a real browser: the page, and both sides of the two minutes. Next:
//! `records`, which measures every record again.

pub mod records;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use session_lab::cli::same_site::walk::TableWalk;
use session_lab::same_site::recorded::CHROMIUM_BLOCKED;
use session_lab::same_site::{Initiator, TestCookie, WalkStep, Way};

use super::screenshots::photograph;
use super::tab::{PATIENCE, Tab};
use crate::support::lab;

/// The table of an initiator, as the page asks for it.
async fn table(tab: &Tab, from: Initiator) -> Value {
    let path = format!("/same-site/live?from={}", from.slug());
    tab.bench.student().get(&path).await.json()
}

/// Goes to an address from which the browser goes on by itself, until it is back on the lab's page.
async fn walk(tab: &Tab, start: &str) {
    let walk = TableWalk {
        window: &tab.window,
        addresses: &lab().addresses,
        bench: &tab.bench.name,
    };
    walk.from(start).await.expect("the walk ends");
}

fn start(tab: &Tab, step: WalkStep, once: bool) -> String {
    step.start(&lab().addresses, &tab.bench.name, once)
}

fn cells(table: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let rows = table["rows"].as_array().expect("rows").iter();
    rows.flat_map(|row| {
        let cells = row["cells"].as_array().expect("cells").iter();
        cells.map(|cell| (row["way"].as_str().expect("a way"), cell))
    })
}

/// The cells in which the browser differs from the record, as `way.cookie`.
fn differences(table: &Value) -> Vec<String> {
    cells(table)
        .filter(|(_, cell)| !cell["recorded"].is_null())
        .map(|(way, cell)| format!("{way}.{}", cell["cookie"].as_str().expect("a cookie")))
        .collect()
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_page_fills_in_the_table_and_compares_it_with_the_record() {
    let mut tab = Tab::open().await;
    tab.visit(&tab.on_lab("/same-site")).await;
    tab.follow("button[value=skip]").await;
    assert_eq!(tab.text("#browser").await, "Nothing is measured yet.");
    // The record is there at once, in the colours of what it means.
    for kind in ["weak", "strong"] {
        let shown = format!("document.querySelectorAll('#table b.by-record.{kind}').length");
        assert!(tab.run::<usize>(&shown).await > 0, "{kind}");
    }
    let href: String = tab.run("document.getElementById('run').href").await;
    assert_eq!(href, start(&tab, WalkStep::FIRST, false));
    walk(&tab, &href).await;
    for from in Initiator::ALL {
        let table = table(&tab, from).await;
        let browser = table["browser"].as_str().expect("a browser");
        println!("measured {browser}, recorded {}", CHROMIUM_BLOCKED.with);
        assert_eq!(differences(&table), [""; 0], "{from:?}, {browser}");
        let open = |(way, cell): &(&str, &Value)| {
            cell["state"] == "not measured" && *way != Way::LatePostForm.slug()
        };
        assert_eq!(cells(&table).filter(open).count(), 0, "{from:?}: {table}");
        for row in table["rows"].as_array().expect("rows") {
            let late = row["way"] == Way::LatePostForm.slug();
            let site = (!late).then(|| from.fetch_site());
            assert_eq!(row["fetch_site"].as_str(), site, "{row}");
        }
    }
    // What the record says in short, said once more here.
    let sent = |from, way| {
        let cells = CHROMIUM_BLOCKED.sent(from, way).expect("recorded");
        let came = TestCookie::ALL
            .into_iter()
            .filter(move |one| cells[*one as usize]);
        came.map(TestCookie::slug).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(sent(Initiator::CrossSite, Way::Link), "absent none lax");
    assert_eq!(sent(Initiator::CrossSite, Way::PostForm), "absent none");
    assert_eq!(
        sent(Initiator::Sibling, Way::Image),
        "absent none lax strict"
    );

    // The page asks for the table while it is open.
    tab.until("document.querySelector('#table b.weak:not(.by-record)')")
        .await;
    let shown = tab.text("#table tbody").await;
    assert!(shown.contains("cross-site"), "{shown}");
    assert!(
        tab.text("#notes")
            .await
            .contains("Third-party cookies are blocked here")
    );
    let record = tab.text("#record").await;
    assert!(record.contains("third-party cookies blocked"), "{record}");
    tab.until("document.getElementById('late-says').innerText.includes('can be measured in')")
        .await;
    assert_eq!(tab.complaints().await, [""; 0]);
    photograph(&tab, "lab-same-site").await;
    for from in ["cross-site", "sibling"] {
        tab.visit(&tab.on_lab(&format!("/same-site?from={from}")))
            .await;
        if from == "cross-site" {
            tab.follow("button[name=guess][value=again]").await;
        }
        tab.click("input[name='link.absent']").await;
        tab.click("input[name='link.strict']").await;
        tab.follow("button[value=guess]").await;
        photograph(&tab, &format!("lab-same-site-{from}")).await;
        let link = tab.text("[data-way=link]").await;
        let strict = if from == "sibling" {
            "sent as you guessed"
        } else {
            "not sent you guessed otherwise"
        };
        assert!(link.contains(strict), "{link}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_exception_ends_and_the_record_with_the_same_setting_is_taken() {
    let tab = Tab::open_hasty().await;
    walk(&tab, &start(&tab, WalkStep::FIRST, false)).await;
    let across = table(&tab, Initiator::CrossSite).await;
    let mut differs = differences(&across);
    // Ten seconds instead of 120 may be over when a busy machine comes to the POST form.
    differs.retain(|cell| !cell.starts_with(Way::PostForm.slug()));
    assert_eq!(differs, [""; 0]);
    let record = across["record"].to_string();
    assert!(record.contains("third-party cookies allowed"), "{record}");
    let notes = across["notes"].to_string();
    assert!(notes.contains("Third-party cookies are allowed"), "{notes}");
    for from in [Initiator::SameOrigin, Initiator::Sibling] {
        assert_eq!(differences(&table(&tab, from).await), [""; 0]);
    }

    let bench = tab.bench.open().await;
    let sent = |way| {
        let sent = lab()
            .same_site
            .of(bench.name())
            .sent(Initiator::CrossSite, way);
        let sent = sent.expect("measured");
        (
            sent.cookies[TestCookie::Absent as usize],
            sent.cookies[TestCookie::None as usize],
        )
    };
    let post = WalkStep::of(Initiator::CrossSite, Way::PostForm).expect("a step");
    let age = || {
        let cookies = lab().same_site.of(bench.name());
        cookies.age().expect("they are set")
    };
    // The browser's own clock decides, and it cannot be moved. Where a busy machine takes longer than
    // the shortened ten seconds from the cookies to the form, the walk shows nothing and begins anew.
    let begun = Instant::now();
    loop {
        walk(&tab, &start(&tab, post, true)).await;
        if age() < Duration::from_secs(10) || begun.elapsed() > 3 * PATIENCE {
            break;
        }
    }
    assert_eq!(sent(Way::PostForm), (true, true), "within the time");

    // The shortened ten seconds have to pass by the same clock.
    tokio::time::sleep(Duration::from_secs(11).saturating_sub(age())).await;
    let late = WalkStep::LATE.address(&lab().addresses, &tab.bench.name, true);
    walk(&tab, &late).await;
    assert_eq!(sent(Way::LatePostForm), (false, true), "after it");

    // For the page these are not two minutes, and it says so.
    let across = table(&tab, Initiator::CrossSite).await;
    assert!(
        across["late"]["too_early"]
            .as_u64()
            .is_some_and(|age| age < 120)
    );
    let mut waits = cells(&across).filter(|(way, _)| *way == "late-post-form");
    assert!(waits.all(|(_, cell)| cell["state"] == "not measured"));
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn without_its_script_each_step_waits_for_a_click() {
    let tab = Tab::open().await;
    let script = json!({ "urlPattern": "*://*:*/static/js/same_site_walk.js", "block": true });
    let without = json!({ "urlPatterns": [script] });
    let blocked = tab.window.command("Network.setBlockedURLs", without).await;
    blocked.expect("it is kept away");
    tab.visit(&start(&tab, WalkStep::FIRST, false)).await;
    photograph(&tab, "same-site-step-background").await;
    for (way, from, element) in [
        (Way::Link, Initiator::SameOrigin, "#next"),
        (Way::GetForm, Initiator::SameOrigin, "a[data-go]"),
        (Way::PostForm, Initiator::SameOrigin, "form[data-go] button"),
        (Way::Redirect, Initiator::SameOrigin, "form[data-go] button"),
        (Way::Image, Initiator::Sibling, "a[data-go]"),
    ] {
        tab.follow(element).await;
        let step = WalkStep::of(from, way).expect("a step");
        let there = step.address(&lab().addresses, &tab.bench.name, false);
        assert_eq!(tab.location().await, there);
    }
    photograph(&tab, "same-site-step-sibling").await;
    let post = WalkStep::of(Initiator::CrossSite, Way::PostForm).expect("a step");
    tab.visit(&start(&tab, post, true)).await;
    photograph(&tab, "same-site-step-post").await;
    // Only fetch() needs a script.
    assert_eq!(table(&tab, Initiator::SameOrigin).await["measured"], 6);
}
