//! Ids that a rotation ended a moment ago, so that its owner is not signed out by it.
//!
//! A browser sends several requests at once. If one of them is answered with a new session id, the
//! others still carry the old one. The old id must not be accepted: a thief may have it, and that is
//! what the rotation is for. But an answer to it must not touch the cookie either. If it removed the
//! cookie, or began an anonymous session, the browser would throw away the new id, which may have
//! arrived just before, and its user would be signed out.
//!
//! So the rule is: for ten seconds an id that a rotation ended is refused, and no answer to it sets
//! or removes a cookie. The cost: a browser that never received the new id, because the connection
//! broke, waits for up to ten seconds until it can sign in again.
//!
//! Refused alternative: to accept the old id for a few seconds (see [`World::rotate`]). Refused
//! alternative: never to remove a cookie that is no longer accepted. A dead id would stay in the browser and
//! be sent with every request.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use super::Session;
use crate::session::bench::Sharing;
use crate::session::world::World;
use crate::storage::{Batch, Put, RecordKey, RecordKind, StorageError};

/// For how long an id counts as replaced: longer than requests of one page are under way.
pub const REPLACED_FOR: Duration = Duration::from_secs(10);

/// How many ids a bench remembers. Beyond that the oldest is forgotten early. Zero would not compile.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();

/// The keys of sessions that a rotation ended, and when.
#[derive(Debug)]
pub(super) struct ReplacedIds(Mutex<LruCache<RecordKey, Instant>>);

impl Default for ReplacedIds {
    fn default() -> Self {
        // `new` would reserve room for all of them at once.
        let mut ids = LruCache::unbounded();
        ids.resize(REMEMBERED);
        Self(Mutex::new(ids))
    }
}

impl ReplacedIds {
    fn remember(&self, key: &RecordKey) {
        self.lock().put(key.clone(), Instant::now());
    }

    fn has(&self, key: &RecordKey) -> bool {
        let mut ids = self.lock();
        ids.get(key).is_some_and(|at| at.elapsed() < REPLACED_FOR)
    }

    // A map is valid at every step, so a panic elsewhere does no harm.
    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<RecordKey, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World<'_> {
    /// Remembers that a rotation replaces `old`. It is remembered before the commit: a request that
    /// finds the record gone also finds this. Where the commit is refused, the record is still there,
    /// and nobody asks.
    pub(super) fn add_replaced(&self, batch: &mut Batch, old: &Session) {
        self.bench.replaced().remember(&old.key);
        // A request with the old id may reach another lab behind the same balancer.
        if self.bench.sharing() == Sharing::WithOthers {
            let key = self.replaced_key(&old.key);
            batch.put.push(Put {
                expires_at: self.now.after(REPLACED_FOR),
                ..self.put(&key, &(), None)
            });
        }
    }

    /// Whether a rotation replaced the session of this key a moment ago.
    pub(super) async fn was_replaced(&self, key: &RecordKey) -> Result<bool, StorageError> {
        if self.bench.replaced().has(key) {
            return Ok(true);
        }
        if self.bench.sharing() == Sharing::Alone {
            return Ok(false);
        }
        let found = self.read::<()>(&self.replaced_key(key)).await?;
        Ok(found.is_some_and(|found| self.now < found.expires_at))
    }

    /// A fingerprint of the old key: with a weak `at-rest` the key would be the old id itself.
    fn replaced_key(&self, key: &RecordKey) -> RecordKey {
        let name = format!("replaced-{}", self.fingerprint_of(key.name()).0);
        self.fixed_key(RecordKind::Denylist, &name)
    }
}
