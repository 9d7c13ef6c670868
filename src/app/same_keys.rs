//! Labs that share a store must share their keys, or a token from one means nothing to the other.
//! The first one to use a store leaves a mark of its keys there, and the others compare.

use std::time::Duration;

use crate::app::settings::SessionStore;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::base::start_error::StartError;
use crate::session::bench::{Bench, BenchKeys, Benches, Sharing};
use crate::storage::{Batch, Expect, Put, RecordKey, RecordKind, StorageError};

/// What to do about other keys.
const HINT: &str = "give every instance the same SESSION_LAB_SECRET_KEY (and \
    SESSION_LAB_JWT_SECRET_KEY); after a change of keys name the earlier ones in \
    SESSION_LAB_SECRET_KEY_FALLBACKS (and SESSION_LAB_JWT_SECRET_KEY_FALLBACKS); for other keys use another database, such as /1, or remove the mark: \
    redis-cli del 'lab:{local}:settings:bench:keys'";

/// Where the mark is kept, on the bench `local`.
pub fn record() -> RecordKey {
    // Invariant: a literal name.
    RecordKey::new(None, RecordKind::Setting, "keys").expect("a literal name")
}

/// Compares the mark in a store with that of a lab's keys, of which there are none where the first start
/// would make them.
///
/// # Errors
/// The store is used with other keys.
pub fn compare(stored: Option<&[u8]>, keys: Option<&BenchKeys>) -> Result<(), StartError> {
    let Some(stored) = stored else {
        return Ok(());
    };
    let now = BenchTime::now(Duration::ZERO);
    let all = keys
        .into_iter()
        .flat_map(|keys| keys.earlier(now).chain([keys]));
    if all
        .map(BenchKeys::mark)
        .any(|mark| mark.as_bytes() == stored)
    {
        return Ok(());
    }
    let said = "another lab uses these sessions with other keys";
    Err(StartError::new(said.to_owned(), HINT))
}

/// Leaves the mark of this lab's keys in a store that it shares, or compares it. Where the mark is
/// that of keys of before, which this lab still accepts, the mark becomes that of its present keys.
///
/// # Errors
/// The store is used with other keys, or does not answer.
pub async fn check(benches: &Benches, sessions: &SessionStore) -> Result<(), StartError> {
    if sessions.sharing() == Sharing::Alone {
        return Ok(());
    }
    let keys = benches.keys();
    let mark = keys.mark();
    let failed = |error: &dyn std::fmt::Display| {
        StartError::new(error.to_string(), "look at the store, then start again")
    };
    let bench = benches.find(&BenchName::local()).await;
    let bench = bench.map_err(|error| failed(&error))?;
    let now = BenchTime::now(Duration::ZERO);
    let earlier: Vec<String> = keys.earlier(now).map(BenchKeys::mark).collect();
    let known = known(&bench, &mark, &earlier).await;
    let known = known.map_err(|error| failed(&error))?;
    compare(Some(&known), Some(keys))
}

/// The mark in the store: this one, where there was none or one of `earlier`, or else the one that
/// was there.
async fn known(bench: &Bench, mark: &str, earlier: &[String]) -> Result<Vec<u8>, StorageError> {
    let key = record();
    let put = Put {
        key: key.clone(),
        value: mark.into(),
        last_used: BenchTime::now(Duration::ZERO),
        expires_at: BenchTime::FOREVER,
        owner: None,
        replaces: None,
    };
    let replace = async |expect| {
        let batch = Batch {
            expect: vec![(key.clone(), expect)],
            put: vec![put.clone()],
            ..Batch::default()
        };
        // Whether this lab or another one was first: what is stored afterwards counts.
        bench.storage().commit(bench.name(), batch).await?;
        bench.storage().read(bench.name(), &key).await
    };
    let mut found = replace(Expect::Absent).await?;
    if let Some(stored) = &found
        && earlier.iter().any(|mark| mark.as_bytes() == &*stored.value)
    {
        found = replace(Expect::Version(stored.version)).await?;
    }
    Ok(found.map_or_else(Vec::new, |found| found.value.to_vec()))
}
