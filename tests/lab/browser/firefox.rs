//! The attacks that a browser decides, in Firefox, and what its driver tells of cookies and requests.

use std::sync::Arc;

use session_lab::attacks::cell::MatrixCell;
use session_lab::attacks::matrix::{self, MatrixSelection};
use session_lab::attacks::{ALL, Engine};
use session_lab::base::addresses::Listener::{PortalHttp, PortalHttps};
use session_lab::browser::{Browser, BrowserEngine, BrowserSettings, SameSiteAttribute};
use session_lab::defences::policy::Variant;

use crate::support::{bench, lab};

pub async fn firefox() -> Browser {
    let certificate = lab().certificate.cert_pem();
    let settings = BrowserSettings::trusting(BrowserEngine::Firefox, certificate);
    Browser::start(settings.expect("Firefox"))
        .await
        .expect("it starts")
}

#[tokio::test]
#[ignore = "needs Firefox"]
async fn cookies_have_their_flags_and_their_own_jar_and_requests_are_as_they_were_sent() {
    let browser = firefox().await;
    let bench = bench();
    let address = |listener, path: &str| {
        let origin = lab().addresses.origin(listener);
        format!("{origin}{}{path}", bench.name.prefix())
    };
    let window = browser.private_window().await.expect("a window");
    let weak = address(PortalHttp, "/insecure/login");
    window.visit(&weak).await.expect("the page");
    let found = window.cookies(&weak).await.expect("cookies");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(!found[0].http_only && !found[0].secure);
    assert_eq!(found[0].same_site, None);
    let strong = address(PortalHttps, "/hardened/login");
    window.visit(&strong).await.expect("the page");
    let found = window.cookies(&strong).await.expect("cookies");
    let strong_cookie = found
        .iter()
        .find(|cookie| cookie.name.starts_with("__Host-"));
    let strong_cookie = strong_cookie.expect("a cookie of the hardened side");
    assert!(strong_cookie.http_only && strong_cookie.secure);
    assert_eq!(strong_cookie.same_site, Some(SameSiteAttribute::Lax));

    window.requests();
    window.visit(&strong).await.expect("the page");
    let requests = window.requests();
    let first = requests.first().expect("a request").request_text();
    let pair = format!("{}={}", strong_cookie.name, strong_cookie.value);
    assert!(first.contains(&pair), "{first}");

    let other = browser.private_window().await.expect("a window");
    other.visit("about:blank").await.expect("an empty page");
    assert!(other.cookies(&strong).await.expect("cookies").is_empty());
}

/// As `forms.rs` shows it of Chromium: the browser decides where the focus goes, and whether it says
/// that a form came from the portal's own page.
#[tokio::test]
#[ignore = "needs Firefox"]
async fn a_failed_form_has_the_focus_and_one_that_outlived_its_session_comes_back() {
    let browser = firefox().await;
    let bench = bench();
    let origin = lab().addresses.origin(PortalHttps);
    let page = |path: &str| format!("{origin}{}/hardened{path}", bench.name.prefix());
    let window = browser.private_window().await.expect("a window");
    window.visit(&page("/login")).await.expect("the page");
    let sign_in = async |password| {
        window.fill_in("#username", "student123").await.unwrap();
        window.fill_in("#password", password).await.unwrap();
        window.follow("main form button").await.unwrap();
    };
    sign_in("wrong").await;
    let focus = "document.activeElement.id === 'error' && document.title.startsWith('Error: ')";
    window.until(focus).await.expect("the focus");

    // The page has kept the name.
    let typed: String = window
        .run("document.querySelector('#username').value")
        .await
        .expect("the page");
    assert_eq!(typed, "student123");
    window.fill_in("#password", "password123").await.unwrap();
    window.follow("main form button").await.unwrap();
    window.visit(&page("/board")).await.expect("the page");
    window.fill_in("#text", "Lost: one umbrella").await.unwrap();
    bench.wait_minutes(6).await;
    window.follow("main form button").await.unwrap();
    sign_in("password123").await;
    let typed: String = window
        .run("document.querySelector('#text').value")
        .await
        .expect("the board");
    assert_eq!(typed, "Lost: one umbrella");
}

/// What `tests/run long` adds.
mod long {
    use super::*;

    #[tokio::test]
    #[ignore = "long: every attack of engine browser; needs Firefox"]
    async fn every_attack_succeeds_against_insecure_and_is_stopped_by_hardened() {
        let browser_attacks = ALL.iter().map(|attack| attack.card());
        let browser_attacks = browser_attacks.filter(|card| card.engine == Engine::Browser);
        let selection = MatrixSelection {
            attacks: Some(browser_attacks.map(|card| card.name).collect()),
            variants: Some(vec![Variant::Insecure, Variant::Hardened]),
            all: true,
        };
        let target = lab().target().with_browser(Arc::new(firefox().await));
        let mut cells: Vec<MatrixCell> = Vec::new();
        matrix::run(&target, &selection, |cell| cells.push(cell)).await;
        assert_eq!(cells.len(), matrix::size(&selection));
        for cell in &cells {
            let MatrixCell {
                attack,
                variant,
                result,
                ..
            } = cell;
            assert!(cell.agrees(), "{attack} against {variant}: {result:?}");
        }
    }
}
