//! A window of the browser, as a person uses it: one method for each thing that he does or sees.

use std::time::Duration;

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::browser::BrowserContextId;
use chromiumoxide::cdp::browser_protocol::emulation::{
    SetDeviceMetricsOverrideParams, SetFocusEmulationEnabledParams,
};
use chromiumoxide::cdp::browser_protocol::input::InsertTextParams;
use chromiumoxide::cdp::browser_protocol::network::{Cookie, GetCookiesParams};
use chromiumoxide::cdp::browser_protocol::page::EventLoadEventFired;
use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;
use futures::StreamExt;
use serde::de::DeserializeOwned;

use super::ChromeError;
use super::network::{Network, Seen};

/// How long anything may take before it is given up: far beyond what a busy machine needs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A window with one page in it.
#[derive(Debug)]
pub struct Window {
    page: Page,
    context: Option<BrowserContextId>,
    network: Network,
}

impl Window {
    pub(super) async fn new(
        page: Page,
        context: Option<BrowserContextId>,
    ) -> Result<Self, ChromeError> {
        // Several windows are used at once, and each must believe that it is looked at.
        page.execute(SetFocusEmulationEnabledParams::new(true))
            .await?;
        let network = Network::of(&page).await?;
        let window = Self {
            page,
            context,
            network,
        };
        // A projector's.
        window.resize(1280, 800).await?;
        Ok(window)
    }

    pub(super) fn context(&self) -> Option<&BrowserContextId> {
        self.context.as_ref()
    }

    /// Whether its cookies and storage are its own.
    pub const fn is_private(&self) -> bool {
        self.context.is_some()
    }

    /// The page, for what has no method here.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The requests since this was asked last.
    pub fn requests(&self) -> Vec<Seen> {
        self.network.take()
    }

    /// Makes the window's inside so many pixels wide and high.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn resize(&self, width: i64, height: i64) -> Result<(), ChromeError> {
        let size = SetDeviceMetricsOverrideParams::new(width, height, 1.0, false);
        self.page.execute(size).await?;
        Ok(())
    }

    /// Goes to an address, as if it was typed, and waits until its page is there.
    ///
    /// # Errors
    /// It does not come.
    pub async fn visit(&self, address: &str) -> Result<(), ChromeError> {
        let visit = tokio::time::timeout(PATIENCE, self.page.goto(address)).await;
        visit.map_err(|_| ChromeError::Late(address.to_owned()))??;
        Ok(())
    }

    /// Does what loads another page, and waits until that is there.
    ///
    /// # Errors
    /// It does not come.
    pub async fn load(
        &self,
        what: impl AsyncFnOnce() -> Result<(), ChromeError>,
    ) -> Result<(), ChromeError> {
        let mut loads = self.page.event_listener::<EventLoadEventFired>().await?;
        self.run::<bool>("window.isOld = true").await?;
        what().await?;
        let wait = async {
            while loads.next().await.is_some() {
                if self.run("window.isOld !== true").await? {
                    return Ok(());
                }
            }
            Err(ChromeError::Late("the page".into()))
        };
        let wait = tokio::time::timeout(PATIENCE, wait).await;
        wait.map_err(|_| ChromeError::Late("the page".into()))?
    }

    /// Clicks on an element, where it stands on the screen.
    ///
    /// # Errors
    /// There is none.
    pub async fn click(&self, selector: &str) -> Result<(), ChromeError> {
        self.page.find_element(selector).await?.click().await?;
        Ok(())
    }

    /// Clicks on what leads to another page.
    ///
    /// # Errors
    /// There is no such element, or no page comes.
    pub async fn follow(&self, selector: &str) -> Result<(), ChromeError> {
        self.load(async || self.click(selector).await).await
    }

    /// Types a text where the focus is.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn type_text(&self, text: &str) -> Result<(), ChromeError> {
        self.page.execute(InsertTextParams::new(text)).await?;
        Ok(())
    }

    /// Clicks into a field and types.
    ///
    /// # Errors
    /// There is no such field.
    pub async fn fill_in(&self, selector: &str, text: &str) -> Result<(), ChromeError> {
        self.click(selector).await?;
        self.type_text(text).await
    }

    /// What an expression in JavaScript gives on this page; a promise is awaited.
    ///
    /// # Errors
    /// It throws, or gives something else.
    pub async fn run<T: DeserializeOwned>(&self, expression: &str) -> Result<T, ChromeError> {
        let mut evaluate = EvaluateParams::new(expression);
        evaluate.await_promise = Some(true);
        evaluate.return_by_value = Some(true);
        let answer = self.page.execute(evaluate).await?.result;
        let failed = |error: String| ChromeError::Script {
            script: expression.to_owned(),
            error,
        };
        if let Some(details) = answer.exception_details {
            let thrown = details.exception.and_then(|thrown| thrown.description);
            return Err(failed(thrown.unwrap_or(details.text)));
        }
        let value = answer.result.value.unwrap_or_default();
        serde_json::from_value(value).map_err(|error| failed(error.to_string()))
    }

    /// Waits until an expression in JavaScript is true on this page.
    ///
    /// # Errors
    /// It never is.
    pub async fn until(&self, condition: &str) -> Result<(), ChromeError> {
        let looks = format!(
            "new Promise((done) => {{
                const look = () => ({condition}) ? done(true) : setTimeout(look, 20);
                look();
            }})"
        );
        let wait = tokio::time::timeout(PATIENCE, self.run::<bool>(&looks)).await;
        wait.map_err(|_| ChromeError::Late(condition.to_owned()))??;
        Ok(())
    }

    /// The text of the first element that fits, as it is shown, in one line; empty without one.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn text(&self, selector: &str) -> Result<String, ChromeError> {
        let selector = serde_json::Value::from(selector);
        let text = format!("document.querySelector({selector})?.innerText ?? ''");
        let text: String = self.run(&text).await?;
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The address of the page.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn location(&self) -> Result<String, ChromeError> {
        self.run("location.href").await
    }

    /// Takes the computer off the network, as if somebody pulled the plug.
    ///
    /// # Errors
    /// The browser is gone.
    #[expect(
        deprecated,
        reason = "browsers older than its successor know only this"
    )]
    pub async fn go_offline(&self) -> Result<(), ChromeError> {
        use chromiumoxide::cdp::browser_protocol::network::EmulateNetworkConditionsParams;
        // No delay and no throttling: -1 is "as it is".
        let offline = EmulateNetworkConditionsParams::new(true, 0.0, -1.0, -1.0);
        self.page.execute(offline).await?;
        Ok(())
    }

    /// The cookies that the browser would send to an address, as it stored them.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn cookies(&self, address: &str) -> Result<Vec<Cookie>, ChromeError> {
        let of = GetCookiesParams::builder().url(address).build();
        Ok(self.page.execute(of).await?.result.cookies)
    }
}
