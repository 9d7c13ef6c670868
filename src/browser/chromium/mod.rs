//! Chromium, driven by the DevTools protocol.

mod events;
mod page;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::{Value, json};

use self::page::ChromiumPage;
use super::BrowserError;
use super::connection::Connection;
use super::observed::Observed;
use super::page_driver::{BrowserDriver, OpenedPage};
use super::settings::BrowserSettings;

/// What is observed of each page, by DevTools' id of its session.
type Sessions = Arc<Mutex<HashMap<String, Arc<Observed>>>>;

/// A running Chromium.
#[derive(Debug)]
pub struct Chromium {
    connection: Arc<Connection>,
    sessions: Sessions,
    version: String,
}

impl Chromium {
    /// Drives the browser at this address.
    pub async fn connect(address: &str) -> Result<Self, BrowserError> {
        let sessions = Sessions::default();
        let observing = sessions.clone();
        let events = Box::new(move |event: &Value| {
            let session = event["sessionId"].as_str().unwrap_or_default();
            let sessions = observing.lock().unwrap_or_else(PoisonError::into_inner);
            let observed = sessions.get(session).cloned();
            drop(sessions);
            if let (Some(observed), Some(method)) = (observed, event["method"].as_str()) {
                events::observe(&observed, method, &event["params"]);
            }
        });
        let connection = Arc::new(Connection::open(address, events).await?);
        let version = connection
            .call(None, "Browser.getVersion", json!({}))
            .await?;
        let product = version["product"].as_str().unwrap_or_default();
        // Headless or not, Chrome or Chromium: it is the same engine.
        let number = product.split('/').next_back().unwrap_or_default();
        Ok(Self {
            connection,
            sessions,
            version: format!("Chromium {number}"),
        })
    }

    fn observe(&self, session: &str) -> Arc<Observed> {
        let observed = Arc::new(Observed::default());
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(session.to_owned(), observed.clone());
        observed
    }

    async fn call(&self, method: &str, params: Value) -> Result<Value, BrowserError> {
        self.connection.call(None, method, params).await
    }
}

#[async_trait]
impl BrowserDriver for Chromium {
    fn version(&self) -> &str {
        &self.version
    }

    async fn make_jar(&self) -> Result<String, BrowserError> {
        let dispose = json!({ "disposeOnDetach": true });
        let made = self.call("Target.createBrowserContext", dispose).await?;
        text(&made, "browserContextId")
    }

    async fn remove_jar(&self, jar: &str) -> Result<(), BrowserError> {
        let params = json!({ "browserContextId": jar });
        self.call("Target.disposeBrowserContext", params).await?;
        Ok(())
    }

    async fn open(&self, jar: Option<&str>) -> Result<OpenedPage, BrowserError> {
        let mut create = json!({ "url": "about:blank" });
        if let Some(jar) = jar {
            create["browserContextId"] = jar.into();
        }
        let target = text(&self.call("Target.createTarget", create).await?, "targetId")?;
        let attach = json!({ "targetId": target, "flatten": true });
        let attached = self.call("Target.attachToTarget", attach).await?;
        let session = text(&attached, "sessionId")?;
        let observed = self.observe(&session);
        let page = ChromiumPage::new(
            self.connection.clone(),
            self.sessions.clone(),
            session,
            target,
        );
        page.listen().await?;
        Ok(OpenedPage {
            page: Box::new(page),
            observed,
        })
    }

    async fn close(&self) -> Result<(), BrowserError> {
        self.call("Browser.close", json!({})).await?;
        Ok(())
    }
}

/// A text that the protocol promises.
fn text(value: &Value, name: &'static str) -> Result<String, BrowserError> {
    let found = value[name].as_str().map(str::to_owned);
    found.ok_or_else(|| BrowserError::Missing(name.to_owned()))
}

/// Writes what an empty profile must hold before the start.
pub fn prepare(settings: &BrowserSettings, profile: &Path) -> std::io::Result<()> {
    if let Some(json) = settings.chromium_preferences() {
        let folder = profile.join("Default");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("Preferences"), json)?;
    }
    Ok(())
}

/// The arguments on Chromium's command line.
pub fn arguments(settings: &BrowserSettings, profile: &Path) -> Vec<String> {
    let fixed = [
        "--headless",
        // As root, as in a container, the sandbox does not start. Only the lab is visited.
        "--no-sandbox",
        "--disable-gpu",
        // A container's /dev/shm is small.
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        // Several windows are used at once: one behind another must not fall asleep.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        "--hide-scrollbars",
        // The menus of every new window: nobody opens them here.
        "--disable-features=PreloadTopChromeWebUI",
        "--disable-extensions",
        "--disable-component-update",
        "--remote-debugging-port=0",
    ];
    let mut arguments: Vec<String> = fixed.map(str::to_owned).into();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    let names = settings.names().iter();
    let rules: Vec<_> = names.map(|name| format!("MAP {name} 127.0.0.1")).collect();
    arguments.push(format!("--host-resolver-rules={}", rules.join(", ")));
    // Trusts the one key of the lab's certificate. `--ignore-certificate-errors` would take any,
    // and nothing that is shown of cookies over TLS would count.
    if let Some(key) = settings.trusted_key() {
        arguments.push(format!("--ignore-certificate-errors-spki-list={key}"));
    }
    arguments.extend(settings.chromium_arguments());
    arguments
}
