//! A tab of the browser, as a student uses it: the library's window with its own bench, where
//! whatever goes wrong fails the test.

use serde::de::DeserializeOwned;
use session_lab::base::addresses::{Listener, SIBLING};
pub use session_lab::browser::PATIENCE;
use session_lab::browser::{Browser, BrowserError, StoredCookie, Window};

use super::chromium::{browser, hasty_browser};
use crate::support::{TestBench, bench, lab};

/// A tab with its own cookies, storage and bench.
pub struct Tab {
    pub bench: TestBench,
    pub window: Window,
}

impl Tab {
    /// Opens an empty tab.
    pub async fn open() -> Self {
        let window = browser().private_window().await;
        Self::at(window.unwrap())
    }

    /// Opens an empty tab in the ordinary window of a browser with its own settings.
    pub async fn open_hasty() -> Self {
        let window = hasty_browser().window().await;
        Self::at(window.unwrap())
    }

    /// Opens an empty tab of another browser.
    pub async fn open_in(browser: &Browser) -> Self {
        Self::at(browser.private_window().await.unwrap())
    }

    fn at(window: Window) -> Self {
        Self {
            bench: bench(),
            window,
        }
    }

    /// The address of a page of this bench.
    pub fn address(&self, listener: Listener, path: &str) -> String {
        let origin = lab().addresses.origin(listener);
        format!("{origin}{}{path}", self.bench.name.prefix())
    }

    /// The same under another name of the portal.
    pub fn address_at(&self, host: &str, listener: Listener, path: &str) -> String {
        self.address(listener, path)
            .replace("//localhost:", &format!("//{host}:"))
    }

    /// The address of a page of the attacker's on the portal's sibling.
    pub fn address_of_sibling(&self, path: &str) -> String {
        let origin = lab().addresses.origin_as(Listener::Attacker, SIBLING);
        format!("{origin}{}{path}", self.bench.name.prefix())
    }

    pub fn on_lab(&self, path: &str) -> String {
        self.address(Listener::Lab, path)
    }

    pub fn on_insecure(&self, path: &str) -> String {
        self.address(Listener::PortalHttp, &format!("/insecure{path}"))
    }

    pub fn on_hardened(&self, path: &str) -> String {
        self.address(Listener::PortalHttps, &format!("/hardened{path}"))
    }

    /// Makes the window's inside so many pixels wide and high.
    pub async fn resize(&self, width: i64, height: i64) {
        self.window.resize(width, height).await.unwrap();
    }

    /// Goes to an address and waits until its page is there.
    pub async fn visit(&self, address: &str) {
        self.done(address, self.window.visit(address).await).await;
    }

    /// What came of a step. A failure says what the window shows instead.
    async fn done<T>(&self, step: &str, result: Result<T, BrowserError>) -> T {
        match result {
            Ok(value) => value,
            Err(error) => {
                let location = self.window.location().await;
                let page = self.window.text("body").await.unwrap_or_default();
                let page: String = page.chars().take(500).collect();
                panic!("{step}: {error}. The window is at {location:?} and shows: {page}")
            }
        }
    }

    /// Does what loads another page, and waits until that is there.
    pub async fn load(&self, what: impl AsyncFnOnce()) {
        let what = async || {
            what().await;
            Ok(())
        };
        self.done("a page", self.window.load(what).await).await;
    }

    /// Clicks on an element, where it is on the screen.
    pub async fn click(&self, selector: &str) {
        self.done(selector, self.window.click(selector).await).await;
    }

    /// Clicks on what leads to another page.
    pub async fn follow(&self, selector: &str) {
        self.done(selector, self.window.follow(selector).await)
            .await;
    }

    pub async fn press(&self, key: &str) {
        self.window.press(key).await.expect(key);
    }

    /// Types a text where the focus is.
    pub async fn type_text(&self, text: &str) {
        self.window.type_text(text).await.unwrap();
    }

    pub async fn fill_in(&self, selector: &str, text: &str) {
        self.done(selector, self.window.fill_in(selector, text).await)
            .await;
    }

    /// Signs in by the form of the portal whose pages begin with `portal`.
    pub async fn sign_in(&self, portal: &str) {
        self.visit(&format!("{portal}/login")).await;
        self.fill_in("#username", "student123").await;
        self.fill_in("#password", "password123").await;
        self.follow("main form button").await;
        assert_eq!(
            self.text("h1").await,
            "Welcome to the Dashboard, student123!"
        );
    }

    /// What an expression in JavaScript gives on this page; a promise is awaited.
    pub async fn run<T: DeserializeOwned>(&self, expression: &str) -> T {
        self.window.run(expression).await.unwrap()
    }

    /// Waits until an expression in JavaScript is true on this page.
    pub async fn until(&self, condition: &str) {
        self.done(condition, self.window.until(condition).await)
            .await;
    }

    /// The text of the first element that fits, as it is shown, in one line.
    pub async fn text(&self, selector: &str) -> String {
        self.window.text(selector).await.unwrap()
    }

    /// The status that the server answered with when this page was asked for.
    pub async fn status(&self) -> u16 {
        self.run("performance.getEntriesByType('navigation')[0].responseStatus")
            .await
    }

    pub async fn location(&self) -> String {
        self.window.location().await.unwrap()
    }

    /// The cookies that the browser would send to an address, as it stored them.
    pub async fn cookies(&self, address: &str) -> Vec<StoredCookie> {
        self.window.cookies(address).await.unwrap()
    }

    /// What the browser complained about since this was asked last: errors and warnings on the
    /// console, requests that failed, answers from 400 on.
    pub async fn complaints(&mut self) -> Vec<String> {
        self.window.complaints().await.unwrap()
    }
}
