//! The records on the page and in sheet 05: each with its setting, and where they differ.

use session_lab::same_site::recorded::{
    self, CHROMIUM_ALLOWED, CHROMIUM_BLOCKED, FIREFOX, RecordedTable,
};
use session_lab::same_site::{Initiator, Way};

use super::{live, say, send, set};
use crate::support::bench;

fn differing(one: &RecordedTable, other: &RecordedTable) -> Vec<String> {
    let differing = recorded::cells().filter(|(from, way, cookie)| {
        let sent =
            |table: &RecordedTable| table.sent(*from, *way).expect("whole")[*cookie as usize];
        sent(one) != sent(other)
    });
    let named = differing
        .map(|(from, way, cookie)| format!("{}: {}, {}", from.slug(), way.title(), cookie.title()));
    named.collect()
}

#[tokio::test]
async fn the_record_with_the_browsers_own_setting_is_compared_with() {
    let bench = bench();
    set(&bench).await;
    let from = Initiator::CrossSite;
    let setting = async || live(&bench, from).await["record"].to_string();
    assert!(
        setting()
            .await
            .contains("third-party cookies allowed (the default of Chrome")
    );
    send(&bench, from, Way::Iframe, &[]).await;
    assert!(setting().await.contains("third-party cookies blocked"));
    send(&bench, from, Way::Image, &["none"]).await;
    assert!(setting().await.contains("third-party cookies allowed"));
}

#[tokio::test]
async fn the_page_shows_every_record_with_its_setting_and_where_they_differ() {
    let bench = bench();
    let page = async |from: &str| {
        let path = format!("/same-site?from={from}");
        bench.student().get(&path).await.body
    };
    let before = page("cross-site").await;
    assert!(
        !before.contains("What was recorded"),
        "it would answer the guess"
    );
    for from in ["cross-site", "sibling"] {
        say(&bench, &[("from", from), ("action", "skip")]).await;
    }
    let cross_site = page("cross-site").await;
    for record in recorded::all() {
        for part in [
            record.with.as_str(),
            record.setting(),
            record.was_set(),
            &record.on,
        ] {
            assert!(cross_site.contains(part), "{part}: {cross_site}");
        }
    }
    assert!(
        cross_site.contains("They differ in 4 cells"),
        "{cross_site}"
    );
    assert!(page("sibling").await.contains("they all agree"));
}

/// Sheet 05 says in which cells the browsers differ, and whose default each setting is.
#[test]
fn sheet_05_says_where_the_records_differ() {
    let late = "cross-site: POST form, after two minutes, absent";
    let background = ["Frame", "Image", "fetch()"].map(|way| format!("cross-site: {way}, None"));
    assert_eq!(differing(&CHROMIUM_BLOCKED, &FIREFOX), [late]);
    assert_eq!(differing(&CHROMIUM_ALLOWED, &CHROMIUM_BLOCKED), background);
    assert_eq!(differing(&CHROMIUM_ALLOWED, &FIREFOX).len(), 4);

    let sheet = include_str!("../../../../labs/05-samesite-and-csrf.md");
    let sheet: Vec<&str> = sheet.split_whitespace().collect();
    let sheet = sheet.join(" ");
    for said in [
        "Chrome allows third-party cookies in ordinary windows, so `None` is sent there",
        "blocks them in Incognito windows",
        "Chromium of Debian blocks them in every window",
        "Firefox keeps a separate cookie jar for each site",
        "differ in one cell: the POST form without the attribute after two minutes",
        "three more cells",
    ] {
        assert!(sheet.contains(said), "{said}");
    }
    assert!(!sheet.contains("differ in one cell only"));
}
