//! The browser of this test binary, and one with other settings: found, started, and ended with the
//! binary.

use std::sync::{Arc, OnceLock};

use session_lab::browser::{Chrome, Settings, executable};

use crate::support::lab;

/// Two settings that a test of SameSite needs.
const HASTY: &str = "--enable-features=ShortLaxAllowUnsafeThreshold";
const ALLOWS_THIRD_PARTIES: &str = r#"{"profile":{"cookie_controls_mode":0}}"#;

/// The browser that all tests share.
pub fn browser() -> &'static Arc<Chrome> {
    static BROWSER: OnceLock<Arc<Chrome>> = OnceLock::new();
    BROWSER.get_or_init(|| start(|settings| settings))
}

/// A browser whose two minutes for cookies without SameSite are ten seconds, and which does not
/// block third-party cookies in its ordinary windows.
pub fn hasty_browser() -> &'static Arc<Chrome> {
    static BROWSER: OnceLock<Arc<Chrome>> = OnceLock::new();
    BROWSER.get_or_init(|| {
        start(|settings| {
            let settings = settings.with_argument(HASTY);
            settings.with_preferences(ALLOWS_THIRD_PARTIES)
        })
    })
}

fn start(change: impl Fn(Settings) -> Settings + Send + 'static) -> Arc<Chrome> {
    let found = executable().is_some();
    assert!(found, "no Chromium is installed (tests/run installs it)");
    let (tell, told) = std::sync::mpsc::channel();
    // A runtime of its own: those of the tests end with each test.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let settings = Settings::trusting(lab().certificate.cert_pem());
            let started = Chrome::start(change(settings.expect("a certificate"))).await;
            tell.send(Arc::new(started.expect("the browser starts")))
                .expect("somebody waits");
            std::future::pending::<()>().await;
        });
    });
    told.recv().expect("a browser")
}
