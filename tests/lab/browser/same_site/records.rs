//! Every record of the SameSite table, measured again in the browser and with the setting that it names.

use std::process::Command;

use session_lab::app::Running;
use session_lab::base::bench_name::BenchName;
use session_lab::browser::{Browser, BrowserEngine, BrowserSettings, Window, executable};
use session_lab::cli::same_site::{option, walk, walk::TableWalk};
use session_lab::same_site::Way;
use session_lab::same_site::recorded::{
    self, CHROMIUM_ALLOWED, CHROMIUM_BLOCKED, FIREFOX, RecordedTable, SentByWay, ThirdPartyCookies,
};

use crate::support::{bench, lab};

async fn start(engine: BrowserEngine, choice: ThirdPartyCookies) -> Browser {
    let settings = BrowserSettings::trusting(engine, lab().certificate.cert_pem());
    start_with(settings.expect("the browser is installed"), choice).await
}

/// Starts a browser with this choice besides its settings.
pub async fn start_with(mut settings: BrowserSettings, choice: ThirdPartyCookies) -> Browser {
    if let Some(option) = option(choice) {
        settings = settings.with_option(option);
    }
    Browser::start(settings).await.expect("it starts")
}

/// The row that waits two minutes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LateRow {
    LeftOut,
    Measured,
}

/// What a browser sends in this window.
async fn measured(window: &Window, late: LateRow) -> SentByWay {
    measured_in(lab(), &bench().name, window, late).await
}

/// The same in this lab, on this bench.
async fn measured_in(
    lab: &Running,
    bench: &BenchName,
    window: &Window,
    late: LateRow,
) -> SentByWay {
    let walk = TableWalk {
        window,
        addresses: &lab.addresses,
        bench,
    };
    walk.all().await.expect("the walk ends");
    let measured = lab.same_site.of(bench);
    if late == LateRow::Measured {
        walk.late(&measured).await.expect("the walk ends");
    }
    walk::seen(&measured)
}

/// The cells in which a browser differs from a record.
fn differing(sent: &SentByWay, record: &RecordedTable, late: LateRow) -> Vec<String> {
    let cells = recorded::cells();
    let counted =
        cells.filter(|(_, way, _)| *way != Way::LatePostForm || late == LateRow::Measured);
    let differing = counted.filter(|(from, way, cookie)| {
        let at = *cookie as usize;
        let is = sent.sent(*from, *way).map(|sent| sent[at]);
        is.is_none() || is != record.sent(*from, *way).map(|sent| sent[at])
    });
    let named = differing
        .map(|(from, way, cookie)| format!("{}.{}.{}", from.slug(), way.slug(), cookie.slug()));
    named.collect()
}

/// The cells in which the browser of this window differs from a record, in this lab.
pub async fn differing_in(
    lab: &Running,
    bench: &BenchName,
    window: &Window,
    record: &RecordedTable,
) -> Vec<String> {
    let sent = measured_in(lab, bench, window, LateRow::LeftOut).await;
    differing(&sent, record, LateRow::LeftOut)
}

async fn is_as_recorded(engine: BrowserEngine, record: &RecordedTable, late: LateRow) {
    let browser = start(engine, record.third_party_cookies).await;
    println!("measured {}, recorded {}", browser.version(), record.with);
    let window = browser.window().await.expect("a window");
    let sent = measured(&window, late).await;
    let differing = differing(&sent, record, late);
    assert_eq!(
        differing,
        [""; 0],
        "{}, {}",
        browser.version(),
        record.setting()
    );
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn chromium_with_third_party_cookies_allowed_is_as_recorded() {
    is_as_recorded(BrowserEngine::Chromium, &CHROMIUM_ALLOWED, LateRow::LeftOut).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn chromium_with_third_party_cookies_blocked_is_as_recorded() {
    is_as_recorded(BrowserEngine::Chromium, &CHROMIUM_BLOCKED, LateRow::LeftOut).await;
}

#[tokio::test]
#[ignore = "needs Firefox"]
async fn firefox_as_installed_is_as_recorded() {
    is_as_recorded(BrowserEngine::Firefox, &FIREFOX, LateRow::LeftOut).await;
}

/// Whose default each of Chromium's records is: Debian's package blocks third-party cookies, others
/// allow them, and all block them in a private window.
#[tokio::test]
#[ignore = "needs Chromium"]
async fn chromium_as_installed_is_one_of_its_records() {
    let chromium = executable(BrowserEngine::Chromium).expect("it is installed");
    let version = Command::new(chromium).arg("--version").output();
    let version = version.expect("it says its version").stdout;
    let is_debian = String::from_utf8_lossy(&version).contains("Debian");
    let record = if is_debian {
        &CHROMIUM_BLOCKED
    } else {
        &CHROMIUM_ALLOWED
    };
    let browser = start(BrowserEngine::Chromium, ThirdPartyCookies::AsInstalled).await;
    let ordinary = browser.window().await.expect("a window");
    let sent = measured(&ordinary, LateRow::LeftOut).await;
    let differs = differing(&sent, record, LateRow::LeftOut);
    assert_eq!(differs, [""; 0], "ordinary, Debian: {is_debian}");
    let private = browser.private_window().await.expect("a window");
    let sent = measured(&private, LateRow::LeftOut).await;
    let differs = differing(&sent, &CHROMIUM_BLOCKED, LateRow::LeftOut);
    assert_eq!(differs, [""; 0], "private");
}

/// What `tests/run long` adds: the row that waits for two minutes of the browser's own clock.
mod long {
    use super::*;

    #[tokio::test]
    #[ignore = "long: two minutes; needs Chromium"]
    async fn chromium_is_as_recorded_with_the_row_that_waits() {
        let (allowed, blocked) = (&*CHROMIUM_ALLOWED, &*CHROMIUM_BLOCKED);
        tokio::join!(
            is_as_recorded(BrowserEngine::Chromium, allowed, LateRow::Measured),
            is_as_recorded(BrowserEngine::Chromium, blocked, LateRow::Measured),
        );
    }

    #[tokio::test]
    #[ignore = "long: two minutes; needs Firefox"]
    async fn firefox_is_as_recorded_with_the_row_that_waits() {
        is_as_recorded(BrowserEngine::Firefox, &FIREFOX, LateRow::Measured).await;
    }
}
