//! Where sessions are stored: a Redis is asked whether it would do the lab's work.

use super::finding::Finding;
use crate::app::settings::{SessionStore, Settings};
use crate::storage::redis;

const TOPIC: &str = "sessions";

/// The store of the settings. An address is shown without its password.
pub async fn look(settings: &Settings) -> Finding {
    match &settings.sessions {
        SessionStore::File => Finding::good(TOPIC, "in files in the data folder"),
        SessionStore::Memory => Finding::good(TOPIC, "in memory: they end with the lab"),
        SessionStore::Redis(address) => match redis::try_out(address.clone()).await {
            Ok(()) => Finding::good(TOPIC, format!("{address} answers and takes writes")),
            Err(error) => Finding::bad(TOPIC, error.to_string(), error.hint()),
        },
    }
}
