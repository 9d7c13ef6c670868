//! Where sessions are stored: a Redis is asked whether it would do the lab's work, and whether another
//! lab uses it with other keys.

use super::finding::Finding;
use crate::app::lab_keys;
use crate::app::same_keys;
use crate::app::settings::{SessionStore, Settings};
use crate::base::bench_name::BenchName;
use crate::storage::redis;
use crate::storage::redis::Address;

const TOPIC: &str = "sessions";

/// The store of the settings. An address is shown without its password.
pub async fn look(settings: &Settings) -> Finding {
    match &settings.sessions {
        SessionStore::File => Finding::good(TOPIC, "in files in the data folder"),
        SessionStore::Memory => Finding::good(TOPIC, "in memory: they end with the lab"),
        SessionStore::Redis(address) => of_redis(address, settings).await,
    }
}

async fn of_redis(address: &Address, settings: &Settings) -> Finding {
    let mark = same_keys::record();
    let asked = redis::try_out(address.clone(), &BenchName::local(), &mark).await;
    let stored = match asked {
        Ok(stored) => stored,
        Err(error) => return Finding::bad(TOPIC, error.to_string(), error.hint()),
    };
    // Keys that cannot be read have their own line.
    if let Ok(keys) = lab_keys::of_disk(settings)
        && let Err(error) = same_keys::compare(stored.as_deref(), keys.as_ref())
    {
        return Finding::bad(TOPIC, error.message, error.hint);
    }
    Finding::good(TOPIC, format!("{address} answers and takes writes"))
}
