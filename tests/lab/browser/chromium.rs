//! The browser of this test binary, and one with other settings: found, started, and ended with the
//! binary.

use std::sync::{Arc, OnceLock};

use session_lab::browser::{Browser, BrowserEngine, BrowserOption, BrowserSettings, executable};

use crate::support::lab;

/// The browser that all tests share.
pub fn browser() -> &'static Arc<Browser> {
    static BROWSER: OnceLock<Arc<Browser>> = OnceLock::new();
    BROWSER.get_or_init(|| start(|settings| settings))
}

/// A browser whose two minutes for cookies without SameSite are ten seconds, and which does not
/// block third-party cookies in its ordinary windows.
pub fn hasty_browser() -> &'static Arc<Browser> {
    static BROWSER: OnceLock<Arc<Browser>> = OnceLock::new();
    BROWSER.get_or_init(|| {
        start(|settings| {
            let settings = settings.with_option(BrowserOption::ShortLaxException);
            settings.with_option(BrowserOption::AllowThirdPartyCookies)
        })
    })
}

fn start(change: impl Fn(BrowserSettings) -> BrowserSettings + Send + 'static) -> Arc<Browser> {
    let found = executable(BrowserEngine::Chromium).is_some();
    assert!(found, "no Chromium is installed (tests/run installs it)");
    let (tell, told) = std::sync::mpsc::channel();
    // A separate runtime: those of the tests end with each test.
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
