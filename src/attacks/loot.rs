//! What the attacker has collected: the requests that arrived at their request catcher (the
//! *loot*), and the unencrypted traffic that anyone in the café can read.
//!
//! The attacker looks at both as anyone can, by their pages. Nothing here reads the bench itself.
//! So a theft counts only when the stolen thing has really arrived: a script that ran and could not
//! send anything has stolen nothing.

use std::time::{Duration, Instant};

use super::scenario::Scenario;
use super::transcript::ScenarioError;
use super::waiting::POLL_INTERVAL;
use crate::base::addresses::Listener;

impl Scenario {
    /// What the attacker's request catcher has received, newest first.
    ///
    /// # Errors
    /// The attacker's site does not answer, or not with JSON.
    pub async fn loot(&self) -> Result<Vec<CaughtRequest>, ScenarioError> {
        let path = format!("{}/loot/list", self.bench.prefix());
        let exchange = self.send_to(Listener::Attacker, "GET", path).await?;
        serde_json::from_str(&exchange.body)
            .map_err(|error| ScenarioError::Unexpected(format!("the loot is no JSON: {error}")))
    }

    /// The same. While there is nothing yet, it looks again until the patience ends. A script sends
    /// what it stole after the page has loaded, so the first look may come too early. Where a
    /// defence stopped the script nothing ever comes, and the empty list says so.
    ///
    /// # Errors See [`Scenario::loot`].
    pub async fn wait_for_loot(
        &self,
        patience: Duration,
    ) -> Result<Vec<CaughtRequest>, ScenarioError> {
        let begun = Instant::now();
        loop {
            let loot = self.loot().await?;
            if !loot.is_empty() || begun.elapsed() > patience {
                return Ok(loot);
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// What anyone in the café has read so far: the text of the unencrypted connections.
    /// Connections with TLS are left out, because their bytes say nothing to a listener.
    ///
    /// # Errors The lab does not answer, or not with JSON.
    pub async fn overhear_cafe(&self) -> Result<String, ScenarioError> {
        let path = format!("{}/cafe/live", self.bench.prefix());
        let exchange = self.send_to(Listener::Lab, "GET", path).await?;
        let live: serde_json::Value = serde_json::from_str(&exchange.body)
            .map_err(|error| ScenarioError::Unexpected(format!("the café is no JSON: {error}")))?;
        let connections = live["connections"].as_array().into_iter().flatten();
        let unencrypted = connections.filter(|connection| connection["scheme"] == "http");
        let texts = unencrypted.filter_map(|connection| connection["up"]["text"].as_str());
        Ok(texts.collect::<Vec<_>>().join("\n"))
    }
}

/// One request that arrived at the attacker's request catcher.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct CaughtRequest {
    /// Path and query.
    pub target: String,
    /// The address of the page that it came from, as far as the browser revealed it. Browsers
    /// reveal the origin by default, and all of it where the page asks for that (`referrer`).
    pub referer: Option<String>,
    /// The body as text.
    pub body: String,
}

impl CaughtRequest {
    /// The value of one field of its query, decoded. A script that may load an image from any site
    /// can put what it stole into the image's address.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
    }
}
