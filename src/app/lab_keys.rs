//! The keys of a lab, as its settings and its data folder have them: the present ones, and those of
//! before that are still accepted.

use std::time::Duration;

use super::settings::{ServerSecrets, Settings};
use crate::base::clock::BenchTime;
use crate::base::keys::ServerKey;
use crate::base::start_error::StartError;
use crate::session::bench::BenchKeys;

/// The keys to start with. The first start in a data folder makes one there.
///
/// # Errors
/// A key cannot be read or made.
pub(super) fn load_or_make(settings: &Settings) -> Result<BenchKeys, StartError> {
    let keys = with_earlier(settings, server_key(settings)?)?;
    if keys.has_ended(BenchTime::now(Duration::ZERO)) {
        log::warn!(
            "an earlier key has ended and is no longer accepted: remove it from the variable"
        );
    }
    Ok(keys)
}

/// The keys that are there, without making one; none where the first start would make one.
///
/// # Errors
/// A key cannot be read.
pub fn of_disk(settings: &Settings) -> Result<Option<BenchKeys>, StartError> {
    let (folder, given) = (&settings.data_dir, settings.keys.secret_key());
    if given.is_none() && !ServerKey::file(folder).exists() {
        return Ok(None);
    }
    with_earlier(settings, ServerKey::load(folder, given)?).map(Some)
}

fn with_earlier(settings: &Settings, key: ServerKey) -> Result<BenchKeys, StartError> {
    let present = ServerSecrets {
        key,
        token_key: settings.keys.jwt_secret_key().map(ServerKey::from_given),
    };
    let mut keys = BenchKeys::derive(|label| present.derive(label));
    let earlier = settings.keys.earlier(&settings.data_dir, &present)?;
    for (secrets, until) in earlier {
        let set = BenchKeys::derive(|label| secrets.derive(label));
        keys = keys.and_until(until, set);
    }
    Ok(keys)
}

/// Labs that are thrown away have no data folder; they get a key for this run.
fn server_key(settings: &Settings) -> Result<ServerKey, StartError> {
    if settings.data_dir.as_os_str().is_empty() {
        return Ok(ServerKey::random());
    }
    ServerKey::load_or_make(&settings.data_dir, settings.keys.secret_key())
}
