//! The browser of this test binary, and one with other settings: found, started, and ended with the
//! binary.

use std::io::Write;
use std::sync::{Arc, OnceLock};

use session_lab::browser::{Browser, BrowserEngine, BrowserOption, BrowserSettings, executable};

use crate::support::lab;

/// The browser, or `None` where none is installed: then the caller's test has nothing to show.
pub fn browser() -> Option<&'static Arc<Browser>> {
    static BROWSER: OnceLock<Option<Arc<Browser>>> = OnceLock::new();
    let start = || start(|settings| settings);
    or_say_so(BROWSER.get_or_init(|| executable(BrowserEngine::Chromium).map(|_| start())))
}

/// A browser whose two minutes for cookies without SameSite are ten seconds, and which does not
/// block third-party cookies in its ordinary windows.
pub fn hasty_browser() -> Option<&'static Arc<Browser>> {
    static BROWSER: OnceLock<Option<Arc<Browser>>> = OnceLock::new();
    let start = || {
        start(|settings| {
            let settings = settings.with_option(BrowserOption::ShortLaxException);
            settings.with_option(BrowserOption::AllowThirdPartyCookies)
        })
    };
    or_say_so(BROWSER.get_or_init(|| executable(BrowserEngine::Chromium).map(|_| start())))
}

fn or_say_so(found: &'static Option<Arc<Browser>>) -> Option<&'static Arc<Browser>> {
    if found.is_none() {
        let required = std::env::var("SESSION_LAB_BROWSER_TESTS").is_ok_and(|is| is == "required");
        assert!(!required, "no Chromium was found, and it is required here");
        let test = std::thread::current();
        let test = test.name().unwrap_or("a test");
        // Not eprintln!, which the test runner keeps to itself when a test passes.
        writeln!(
            std::io::stderr(),
            "{test}: the browser part did NOT run: no Chromium was found (tests/run installs it)"
        )
        .expect("stderr is open");
    }
    found.as_ref()
}

fn start(change: impl Fn(BrowserSettings) -> BrowserSettings + Send + 'static) -> Arc<Browser> {
    let (tell, told) = std::sync::mpsc::channel();
    // A runtime of its own: those of the tests end with each test.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let certificate = lab().certificate.cert_pem();
            let settings = BrowserSettings::trusting(BrowserEngine::Chromium, certificate);
            let started = Browser::start(change(settings.expect("a certificate"))).await;
            tell.send(Arc::new(started.expect("the browser starts")))
                .expect("somebody waits");
            std::future::pending::<()>().await;
        });
    });
    told.recv().expect("a browser")
}
