//! A tab of the browser, as a student uses it: one method for each thing that he does or sees.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::emulation::{
    SetDeviceMetricsOverrideParams, SetFocusEmulationEnabledParams,
};
use chromiumoxide::cdp::browser_protocol::input::DispatchKeyEventType::{
    KeyDown, KeyUp, RawKeyDown,
};
use chromiumoxide::cdp::browser_protocol::input::{DispatchKeyEventParams, InsertTextParams};
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::browser_protocol::network::{
    Cookie, EventLoadingFailed, EventResponseReceived, GetCookiesParams,
};
use chromiumoxide::cdp::browser_protocol::page::EventLoadEventFired;
use chromiumoxide::cdp::browser_protocol::target::{
    CreateBrowserContextParams, CreateTargetParams, CreateTargetParamsBuilder,
};
use chromiumoxide::cdp::js_protocol::runtime::{
    ConsoleApiCalledType, EvaluateParams, EventConsoleApiCalled, EventExceptionThrown,
};
use chromiumoxide::keys::get_key_definition;
use chromiumoxide::{Browser, Page};
use futures::stream::{BoxStream, select_all};
use futures::{FutureExt, StreamExt};
use serde::de::DeserializeOwned;
use session_lab::web::addresses::Listener;

use super::chromium::{browser, hasty_browser};
use crate::support::{TestBench, bench, lab};

/// How long anything may take before a test gives up: far beyond what a busy machine needs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What stands on the console when everything before it has been read.
const MARK: &str = "everything so far was read";

/// A tab with cookies and storage of its own, and a bench of its own.
pub struct Tab {
    pub page: Page,
    pub bench: TestBench,
    complaints: BoxStream<'static, String>,
}

impl Tab {
    /// Opens an empty tab; `None` where there is no browser.
    pub async fn open() -> Option<Self> {
        let browser = browser()?;
        let context = CreateBrowserContextParams::builder()
            .dispose_on_detach(true)
            .build();
        let context = browser.create_browser_context(context).await.unwrap();
        let target = CreateTargetParams::builder().browser_context_id(context);
        Some(Self::new(browser, target).await)
    }

    /// Opens an empty tab in the ordinary window of a browser with settings of its own.
    pub async fn open_hasty() -> Option<Self> {
        let browser = hasty_browser()?;
        Some(Self::new(browser, CreateTargetParams::builder()).await)
    }

    async fn new(browser: &Browser, target: CreateTargetParamsBuilder) -> Self {
        let target = target.url("about:blank").build().unwrap();
        let page = browser.new_page(target).await.unwrap();
        let focus = SetFocusEmulationEnabledParams::new(true);
        page.execute(focus).await.unwrap();
        let tab = Self {
            complaints: complaints(&page).await,
            page,
            bench: bench(),
        };
        // A projector's.
        tab.resize(1280, 800).await;
        tab
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
        let size = SetDeviceMetricsOverrideParams::new(width, height, 1.0, false);
        self.page.execute(size).await.unwrap();
    }

    /// Goes to an address and waits until its page is there.
    pub async fn visit(&self, address: &str) {
        let visit = tokio::time::timeout(PATIENCE, self.page.goto(address)).await;
        visit.expect(address).expect(address);
    }

    /// Does what loads another page, and waits until that is there.
    pub async fn load(&self, what: impl AsyncFnOnce()) {
        let mut loads = self
            .page
            .event_listener::<EventLoadEventFired>()
            .await
            .unwrap();
        self.run::<bool>("window.isOld = true").await;
        what().await;
        loop {
            let load = tokio::time::timeout(PATIENCE, loads.next()).await;
            load.expect("another page").expect("the tab is open");
            if self.run("window.isOld !== true").await {
                return;
            }
        }
    }

    /// Clicks on an element, where it stands on the screen.
    pub async fn click(&self, selector: &str) {
        let element = self.page.find_element(selector).await.expect(selector);
        element.click().await.expect(selector);
    }

    /// Clicks on what leads to another page.
    pub async fn follow(&self, selector: &str) {
        self.load(async || self.click(selector).await).await;
    }

    pub async fn press(&self, key: &str) {
        let known = get_key_definition(key).expect(key);
        let event = DispatchKeyEventParams::builder()
            .key(known.key)
            .code(known.code)
            .windows_virtual_key_code(known.key_code);
        let down = match known.text {
            Some(text) => event.clone().r#type(KeyDown).text(text),
            None => event.clone().r#type(RawKeyDown),
        };
        for event in [down, event.r#type(KeyUp)] {
            self.page.execute(event.build().unwrap()).await.expect(key);
        }
    }

    /// Types a text where the focus is.
    pub async fn type_text(&self, text: &str) {
        self.page
            .execute(InsertTextParams::new(text))
            .await
            .unwrap();
    }

    pub async fn fill_in(&self, selector: &str, text: &str) {
        self.click(selector).await;
        self.type_text(text).await;
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
        let evaluate = EvaluateParams::builder()
            .expression(expression)
            .await_promise(true)
            .return_by_value(true)
            .build()
            .unwrap();
        let answer = self.page.execute(evaluate).await.expect(expression).result;
        assert!(
            answer.exception_details.is_none(),
            "{expression}: {answer:?}"
        );
        let value = answer.result.value.unwrap_or_default();
        serde_json::from_value(value).expect(expression)
    }

    /// Waits until an expression in JavaScript is true on this page.
    pub async fn until(&self, condition: &str) {
        let looks = format!(
            "new Promise((done) => {{
                const look = () => ({condition}) ? done(true) : setTimeout(look, 20);
                look();
            }})"
        );
        let wait = tokio::time::timeout(PATIENCE, self.run::<bool>(&looks)).await;
        wait.expect(condition);
    }

    /// The text of the first element that fits, as it is shown, in one line.
    pub async fn text(&self, selector: &str) -> String {
        let selector = serde_json::to_string(selector).unwrap();
        let text = format!("document.querySelector({selector}).innerText");
        let text: String = self.run(&text).await;
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The status that the server answered with when this page was asked for.
    pub async fn status(&self) -> u16 {
        self.run("performance.getEntriesByType('navigation')[0].responseStatus")
            .await
    }

    pub async fn location(&self) -> String {
        self.run("location.href").await
    }

    /// The cookies that the browser would send to an address, as it stored them.
    pub async fn cookies(&self, address: &str) -> Vec<Cookie> {
        let of = GetCookiesParams::builder().url(address).build();
        self.page.execute(of).await.unwrap().result.cookies
    }

    /// What the browser complained about since this was asked last: errors and warnings on the
    /// console, requests that failed, answers from 400 on.
    pub async fn complaints(&mut self) -> Vec<String> {
        self.run::<()>(&format!("console.error({MARK:?})")).await;
        let mut all = Vec::new();
        loop {
            let next = tokio::time::timeout(PATIENCE, self.complaints.next()).await;
            let next = next.expect("the mark").expect("the tab is open");
            if next.contains(MARK) {
                break;
            }
            all.push(next);
        }
        // The kinds of complaints come on ways of their own.
        while let Some(Some(next)) = self.complaints.next().now_or_never() {
            all.push(next);
        }
        all
    }
}

async fn complaints(page: &Page) -> BoxStream<'static, String> {
    page.enable_log().await.unwrap();
    page.enable_runtime().await.unwrap();
    let console = page
        .event_listener::<EventConsoleApiCalled>()
        .await
        .unwrap();
    let console = console.filter_map(async |event| {
        use ConsoleApiCalledType::{Assert, Error, Warning};
        let bad = matches!(event.r#type, Assert | Error | Warning);
        bad.then(|| format!("console: {:?}", event.args))
    });
    let thrown = page.event_listener::<EventExceptionThrown>().await.unwrap();
    let thrown = thrown.map(|event| format!("exception: {:?}", event.exception_details));
    let log = page.event_listener::<EventEntryAdded>().await.unwrap();
    let log = log.filter_map(async |event| {
        let bad = matches!(
            event.entry.level,
            LogEntryLevel::Warning | LogEntryLevel::Error
        );
        let url = event.entry.url.clone().unwrap_or_default();
        bad.then(|| format!("log: {} {url}", event.entry.text))
    });
    let failed = page.event_listener::<EventLoadingFailed>().await.unwrap();
    let failed = failed.filter_map(async |event| {
        // A live page that is left in the middle of a question cancels it.
        let bad = event.canceled != Some(true);
        bad.then(|| format!("failed: {} {:?}", event.error_text, event.r#type))
    });
    let answers = page
        .event_listener::<EventResponseReceived>()
        .await
        .unwrap();
    let answers = answers.filter_map(async |event| {
        let answer = &event.response;
        (answer.status >= 400).then(|| format!("answer: {} {}", answer.status, answer.url))
    });
    select_all([
        console.boxed(),
        thrown.boxed(),
        log.boxed(),
        failed.boxed(),
        answers.boxed(),
    ])
    .boxed()
}
