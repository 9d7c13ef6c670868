//! A window of the browser, as a person uses it: one method for each thing that they do or see. It is
//! the same for every browser.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::cookie::StoredCookie;
use super::keys::PressedKey;
use super::network::ObservedRequest;
use super::observed::Observed;
use super::page_driver::{OpenedPage, PageDriver};
use super::{BrowserError, PATIENCE};

/// A projector's size.
const SIZE: (i64, i64) = (1280, 800);

/// What is written to the console to learn that everything before it has been reported.
const MARK: &str = "everything so far was reported";

/// Where an element can be clicked: the middle of its first box, scrolled into the window.
const CLICK_POINT: &str = "(selector) => {
    const element = document.querySelector(selector);
    if (!element) return null;
    const box = () => element.getClientRects()[0];
    const inside = (b) => b && b.top >= 0 && b.left >= 0
        && b.bottom <= innerHeight && b.right <= innerWidth;
    if (!inside(box()))
        element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const b = box();
    return b && [b.x + b.width / 2, b.y + b.height / 2];
}";

/// The pause between two looks at a page that is waited for.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A window with one page in it.
#[derive(Debug)]
pub struct Window {
    page: Box<dyn PageDriver>,
    observed: Arc<Observed>,
    jar: Option<String>,
}

impl Window {
    pub(super) async fn new(opened: OpenedPage, jar: Option<String>) -> Result<Self, BrowserError> {
        let window = Self {
            page: opened.page,
            observed: opened.observed,
            jar,
        };
        window.resize(SIZE.0, SIZE.1).await?;
        Ok(window)
    }

    pub(super) fn jar(&self) -> Option<&str> {
        self.jar.as_deref()
    }

    /// Whether its cookies and storage are its own.
    pub const fn is_private(&self) -> bool {
        self.jar.is_some()
    }

    /// The browser's own name of the page.
    pub fn id(&self) -> &str {
        self.page.id()
    }

    /// A command of the browser's own protocol, for what has no method here.
    ///
    /// # Errors
    /// The browser refuses it.
    pub async fn command(&self, method: &str, params: Value) -> Result<Value, BrowserError> {
        self.page.command(method, params).await
    }

    /// The requests since this was asked last.
    pub fn requests(&self) -> Vec<ObservedRequest> {
        self.observed.state().requests.take()
    }

    /// Asks for what the browser did not report of its requests by itself. Call it before
    /// [`Self::requests`], so that these are whole.
    pub async fn complete_requests(&self) {
        let ids = self.observed.state().requests.take_expected_bodies();
        for id in ids {
            // A body that the browser has not kept is left out.
            if let Ok(Some(body)) = self.page.request_body(&id).await {
                self.observed.state().requests.add_body(&id, body);
            }
        }
    }

    /// What the browser complained about since this was asked last: errors and warnings on the
    /// console, requests that failed, answers from 400 on.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn complaints(&self) -> Result<Vec<String>, BrowserError> {
        self.run::<()>(&format!("console.error({MARK:?})")).await?;
        let marked = self
            .observed
            .wait_for(|state| state.has_complaint(MARK).then_some(()));
        within(PATIENCE, "the console", marked).await?;
        let mut all = self.observed.state().take_complaints();
        all.retain(|complaint| !complaint.contains(MARK));
        Ok(all)
    }

    /// Makes the window's inside so many pixels wide and high.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn resize(&self, width: i64, height: i64) -> Result<(), BrowserError> {
        self.page.resize(width, height, 1.0).await
    }

    /// The same where each of these pixels is several pixels of the screen.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn resize_scaled(
        &self,
        width: i64,
        height: i64,
        scale: f64,
    ) -> Result<(), BrowserError> {
        self.page.resize(width, height, scale).await
    }

    /// Makes a media feature of CSS have a value, as in `prefers-color-scheme`, `dark`.
    ///
    /// # Errors
    /// This browser cannot do that.
    pub async fn set_media(&self, feature: &str, value: &str) -> Result<(), BrowserError> {
        self.page.set_media(feature, value).await
    }

    /// The window's inside as a PNG, or its upper left part of that size.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn screenshot(&self, part: Option<(f64, f64)>) -> Result<Vec<u8>, BrowserError> {
        self.page.screenshot(part).await
    }

    /// Goes to an address, as if it was typed, and waits until its page is there.
    ///
    /// # Errors
    /// It does not come.
    pub async fn visit(&self, address: &str) -> Result<(), BrowserError> {
        let visit = async {
            let Some(navigation) = self.page.navigate(address).await? else {
                return Ok(());
            };
            let ended = self
                .observed
                .wait_for(|state| state.loads.result_of(&navigation));
            ended.await.map_err(|reason| BrowserError::Refused {
                command: address.to_owned(),
                message: reason,
            })
        };
        within(PATIENCE, address, visit).await?
    }

    /// Does what loads another page, and waits until that is there.
    ///
    /// # Errors
    /// It does not come.
    pub async fn load(
        &self,
        what: impl AsyncFnOnce() -> Result<(), BrowserError>,
    ) -> Result<(), BrowserError> {
        let before = self.observed.state().loads.count();
        what().await?;
        let loaded = self
            .observed
            .wait_for(|state| state.loads.loaded_after(before).then_some(()));
        within(PATIENCE, "the page", loaded).await
    }

    /// Clicks on an element, where it is on the screen.
    ///
    /// # Errors
    /// There is none.
    pub async fn click(&self, selector: &str) -> Result<(), BrowserError> {
        let wanted = Value::from(selector);
        let point = self.run(&format!("({CLICK_POINT})({wanted})")).await?;
        let Some([x, y]): Option<[f64; 2]> = point else {
            return Err(BrowserError::Missing(selector.to_owned()));
        };
        self.click_at(x, y, 1).await
    }

    /// Clicks at a point of the window, as the first or the second click in a row.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn click_at(&self, x: f64, y: f64, count: u8) -> Result<(), BrowserError> {
        self.page.click_at(x, y, count).await
    }

    /// Moves the mouse to a point of the window, or out of it.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn move_mouse(&self, x: f64, y: f64) -> Result<(), BrowserError> {
        self.page.move_mouse(x, y).await
    }

    /// Clicks on what leads to another page.
    ///
    /// # Errors
    /// There is no such element, or no page comes.
    pub async fn follow(&self, selector: &str) -> Result<(), BrowserError> {
        self.load(async || self.click(selector).await).await
    }

    /// Presses a key, by its name in `KeyboardEvent.key`.
    ///
    /// # Errors
    /// No key is called so.
    pub async fn press(&self, key: &str) -> Result<(), BrowserError> {
        let key = PressedKey::named(key).ok_or_else(|| BrowserError::Missing(key.to_owned()))?;
        self.page.press(key).await
    }

    /// Types a text where the focus is.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn type_text(&self, text: &str) -> Result<(), BrowserError> {
        self.page.type_text(text).await
    }

    /// Clicks into a field and types.
    ///
    /// # Errors
    /// There is no such field.
    pub async fn fill_in(&self, selector: &str, text: &str) -> Result<(), BrowserError> {
        self.click(selector).await?;
        self.type_text(text).await
    }

    /// What an expression in JavaScript gives on this page; a promise is awaited.
    ///
    /// # Errors
    /// It throws, or gives something else.
    pub async fn run<T: DeserializeOwned>(&self, expression: &str) -> Result<T, BrowserError> {
        let value = self.page.evaluate(expression).await?;
        serde_json::from_value(value).map_err(|error| BrowserError::Script {
            script: expression.to_owned(),
            error: error.to_string(),
        })
    }

    /// Waits until an expression in JavaScript is true on this page.
    ///
    /// # Errors
    /// It never is.
    pub async fn until(&self, condition: &str) -> Result<(), BrowserError> {
        let looks = format!(
            "new Promise((done) => {{
                const look = () => ({condition}) ? done(true) : setTimeout(look, 20);
                look();
            }})"
        );
        within(PATIENCE, condition, self.run::<bool>(&looks)).await??;
        Ok(())
    }

    /// The text of the first element that fits, as it is shown, in one line; empty without one.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn text(&self, selector: &str) -> Result<String, BrowserError> {
        let selector = Value::from(selector);
        let text = format!("document.querySelector({selector})?.innerText ?? ''");
        let text: String = self.run(&text).await?;
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The address of the page.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn location(&self) -> Result<String, BrowserError> {
        self.run("location.href").await
    }

    /// Presses the browser's Back button, and waits until another page is there.
    ///
    /// # Errors
    /// None comes.
    pub async fn go_back(&self) -> Result<(), BrowserError> {
        let from = self.location().await?;
        // The page goes away before it can answer.
        let _ = self.run::<()>("void history.back()").await;
        // Firefox's own page for "offline" never becomes complete.
        let ready = "document.readyState === 'complete'
            || document.documentURI.startsWith('about:neterror') ? location.href : ''";
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            tokio::time::sleep(POLL_INTERVAL).await;
            // Between two pages there is none that could answer.
            let at: String = self.run(ready).await.unwrap_or_default();
            if !at.is_empty() && at != from {
                return Ok(());
            }
        }
        Err(BrowserError::Late("the page before".into()))
    }

    /// Takes the computer off the network, as if somebody pulled the plug.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn go_offline(&self) -> Result<(), BrowserError> {
        self.page.go_offline().await
    }

    /// The cookies that the browser would send to an address, as it stored them.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn cookies(&self, address: &str) -> Result<Vec<StoredCookie>, BrowserError> {
        self.page.cookies(address).await
    }
}

async fn within<T>(
    time: Duration,
    what: &str,
    waited_for: impl Future<Output = T>,
) -> Result<T, BrowserError> {
    let ended = tokio::time::timeout(time, waited_for).await;
    ended.map_err(|_| BrowserError::Late(what.to_owned()))
}
