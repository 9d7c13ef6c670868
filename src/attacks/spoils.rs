//! What the attacker has got on a stage: the requests that his catcher received, and what went through
//! the air of the café. He looks at both as anyone can, by their pages.

use std::time::{Duration, Instant};

use super::scenario::{LOOK_EVERY, Scenario, ScenarioError};
use crate::base::addresses::Listener;

impl Scenario {
    /// What the attacker's catcher has received, newest first.
    ///
    /// # Errors
    /// The attacker's site does not answer, or not with JSON.
    pub async fn loot(&self) -> Result<Vec<Loot>, ScenarioError> {
        let path = format!("{}/loot/list", self.bench.prefix());
        let exchange = self.ask(Listener::Attacker, "GET", path).await?;
        serde_json::from_str(&exchange.body)
            .map_err(|error| ScenarioError::Unexpected(format!("the loot is no JSON: {error}")))
    }

    /// The same; where there is nothing yet, it looks again for a while.
    ///
    /// # Errors
    /// See [`Scenario::loot`].
    pub async fn loot_within(&self, patience: Duration) -> Result<Vec<Loot>, ScenarioError> {
        let begun = Instant::now();
        loop {
            let loot = self.loot().await?;
            if !loot.is_empty() || begun.elapsed() > patience {
                return Ok(loot);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// What anyone in the café has read so far: the text of the connections in clear.
    ///
    /// # Errors
    /// The lab does not answer, or not with JSON.
    pub async fn read_in_cafe(&self) -> Result<String, ScenarioError> {
        let path = format!("{}/cafe/live", self.bench.prefix());
        let exchange = self.ask(Listener::Lab, "GET", path).await?;
        let live: serde_json::Value = serde_json::from_str(&exchange.body)
            .map_err(|error| ScenarioError::Unexpected(format!("the café is no JSON: {error}")))?;
        let connections = live["connections"].as_array().into_iter().flatten();
        let clear = connections.filter(|connection| connection["scheme"] == "http");
        let texts = clear.filter_map(|connection| connection["up"]["text"].as_str());
        Ok(texts.collect::<Vec<_>>().join("\n"))
    }
}

/// One request that the attacker's catcher received.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Loot {
    /// Path and query.
    pub target: String,
    /// The page that it came from, as far as the browser told.
    pub referer: Option<String>,
    /// The body as text.
    pub body: String,
}

impl Loot {
    /// A pair of its query, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
    }
}
