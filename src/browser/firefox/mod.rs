//! Firefox, driven by WebDriver BiDi. What BiDi has no word for, as trusting a certificate, is done by
//! a script with the browser's own rights (`privileged`).

mod events;
mod page;
mod privileged;
mod remote_value;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use self::events::WatchedContexts;
use self::page::FirefoxPage;
use self::privileged::Privileged;
use super::BrowserError;
use super::connection::Connection;
use super::page_driver::{BrowserDriver, OpenedPage};
use super::settings::BrowserSettings;

/// The largest form whose body is kept.
const MAX_BODY: u32 = 100_000;

/// A running Firefox.
#[derive(Debug)]
pub struct Firefox {
    connection: Arc<Connection>,
    contexts: WatchedContexts,
    privileged: Privileged,
    version: String,
}

impl Firefox {
    /// Drives the browser at this address, and has it trust the certificate of the settings.
    pub async fn connect(address: &str, settings: &BrowserSettings) -> Result<Self, BrowserError> {
        let contexts = WatchedContexts::default();
        let watching = contexts.clone();
        let events = Box::new(move |event: &Value| watching.observe(event));
        let connection = Arc::new(Connection::open(address, events).await?);
        let session = connection
            .call(None, "session.new", json!({ "capabilities": {} }))
            .await?;
        let number = session["capabilities"]["browserVersion"].as_str();
        let version = format!("Firefox {}", number.unwrap_or_default());
        let subscription = json!({ "events": events::SUBSCRIBED });
        connection
            .call(None, "session.subscribe", subscription)
            .await?;
        let collector = json!({ "dataTypes": ["request"], "maxEncodedDataSize": MAX_BODY });
        connection
            .call(None, "network.addDataCollector", collector)
            .await?;
        let privileged = Privileged::open(connection.clone()).await?;
        if let Some(certificate) = settings.trusted_certificate() {
            privileged.trust(&certificate).await?;
        }
        Ok(Self {
            connection,
            contexts,
            privileged,
            version,
        })
    }

    async fn call(&self, method: &str, params: Value) -> Result<Value, BrowserError> {
        self.connection.call(None, method, params).await
    }
}

#[async_trait]
impl BrowserDriver for Firefox {
    fn version(&self) -> &str {
        &self.version
    }

    async fn make_jar(&self) -> Result<String, BrowserError> {
        let made = self.call("browser.createUserContext", json!({})).await?;
        text(&made, "userContext")
    }

    async fn remove_jar(&self, jar: &str) -> Result<(), BrowserError> {
        let params = json!({ "userContext": jar });
        let removed = self.call("browser.removeUserContext", params).await;
        // Firefox keeps HSTS for all jars together. The next jar must not inherit it.
        for host in self.contexts.remove_jar(jar) {
            self.privileged.forget_hsts(&host).await?;
        }
        removed.map(drop)
    }

    async fn open(&self, jar: Option<&str>) -> Result<OpenedPage, BrowserError> {
        let jar = jar.unwrap_or("default");
        let create = json!({ "type": "tab", "userContext": jar, "background": true });
        let created = self.call("browsingContext.create", create).await?;
        let context = text(&created, "context")?;
        let observed = self.contexts.watch(&context, jar);
        let page = FirefoxPage::new(
            self.connection.clone(),
            self.contexts.clone(),
            self.privileged.clone(),
            context,
            jar.to_owned(),
        );
        Ok(OpenedPage {
            page: Box::new(page),
            observed,
        })
    }

    async fn close(&self) -> Result<(), BrowserError> {
        self.call("browser.close", json!({})).await?;
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
    let names = settings.names().join(",");
    let names = format!("user_pref(\"network.dns.localDomains\", {names:?});\n");
    let fixed = [
        // Nothing but the lab is asked.
        ("app.normandy.enabled", "false"),
        ("app.update.disabledForTesting", "true"),
        ("browser.aboutwelcome.enabled", "false"),
        ("browser.startup.page", "0"),
        ("datareporting.policy.dataSubmissionEnabled", "false"),
        ("extensions.update.enabled", "false"),
        ("network.captive-portal-service.enabled", "false"),
        ("network.connectivity-service.enabled", "false"),
        ("nimbus.rollouts.enabled", "false"),
        ("signon.rememberSignons", "false"),
        ("toolkit.telemetry.reportingpolicy.firstRun", "false"),
    ];
    let all = fixed.into_iter().chain(settings.firefox_preferences());
    let lines = all.map(|(name, value)| format!("user_pref({name:?}, {value});\n"));
    let lines: String = std::iter::once(names).chain(lines).collect();
    std::fs::write(profile.join("user.js"), lines)
}

/// The arguments on Firefox's command line.
pub fn arguments(settings: &BrowserSettings, profile: &Path) -> Vec<String> {
    let mut arguments = vec![
        "--headless".to_owned(),
        "--no-remote".to_owned(),
        "--profile".to_owned(),
        profile.display().to_string(),
        "--remote-debugging-port=0".to_owned(),
        // For the scripts in `privileged`.
        "--remote-allow-system-access".to_owned(),
    ];
    arguments.extend(settings.more_arguments().map(str::to_owned));
    arguments
}
