//! A world: one variant on one bench, as one request sees it.
//!
//! It joins what every verb needs: the bench with its storage, the policy that is asked, the time
//! and the kind of client. [`crate::session`], [`super::accounts`] and [`super::notices`] add their verbs to it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::clock::BenchTime;
use crate::base::event::{ClientKind, Event, EventKind, Fingerprint};
use crate::defences::PolicyProbe;
use crate::defences::policy::Variant;
use crate::session::SessionId;
use crate::session::bench::Bench;
use crate::storage::{Batch, Commit, Put, RecordKey, RecordKind, StorageError};

/// One variant on one bench, as one request sees it.
#[derive(Clone, Copy, Debug)]
pub struct World<'r> {
    /// The bench.
    pub bench: &'r Bench,
    /// The variant.
    pub variant: Variant,
    /// The variant's policy, and what was asked of it.
    pub probe: &'r PolicyProbe,
    /// The bench's time when the request arrived.
    pub now: BenchTime,
    /// The kind of program that seems to have sent it.
    pub client: ClientKind,
}

/// A record as it was read, decoded.
#[derive(Clone, Debug)]
pub struct Versioned<T> {
    /// The record.
    pub value: T,
    /// Its version in the store.
    pub version: u64,
    /// When it was last seen in use.
    pub last_used: BenchTime,
    /// From when on it no longer counts.
    pub expires_at: BenchTime,
}

impl<'r> World<'r> {
    /// A world as it is at this moment, for a caller that has no request.
    pub fn now(
        bench: &'r Bench,
        variant: Variant,
        probe: &'r PolicyProbe,
        client: ClientKind,
    ) -> Self {
        Self {
            bench,
            variant,
            probe,
            now: bench.now(),
            client,
        }
    }
}

impl World<'_> {
    /// The name of this world, as in `local/insecure`: part of everything that is signed, so that
    /// nothing signed here counts elsewhere.
    pub fn name(&self) -> String {
        format!("{}/{}", self.bench.name(), self.variant)
    }

    /// The key of this world's CSRF tokens.
    pub fn csrf_key(&self) -> [u8; 32] {
        self.bench.keys().csrf(&self.name())
    }

    /// The strong key of this world's signed cookie.
    pub fn signing_key(&self) -> [u8; 32] {
        self.bench.keys().signing(&self.name())
    }

    /// The key of a record whose name came from outside; `None` when the store cannot hold it.
    pub fn key(&self, kind: RecordKind, name: &str) -> Option<RecordKey> {
        RecordKey::new(Some(self.variant), kind, name)
    }

    /// The key of a record whose name the lab made itself, from letters, digits, `_` and `-`.
    pub fn fixed_key(&self, kind: RecordKind, name: &str) -> RecordKey {
        // Invariant: every caller passes a literal, a hash in base64url, or a number.
        self.key(kind, name)
            .expect("a name that the lab made itself")
    }

    /// The record at `key`, decoded.
    ///
    /// # Errors
    /// The store does not answer, or holds something that is no such record.
    pub async fn read<T: DeserializeOwned>(
        &self,
        key: &RecordKey,
    ) -> Result<Option<Versioned<T>>, StorageError> {
        let Some(stored) = self.bench.storage().read(self.bench.name(), key).await? else {
            return Ok(None);
        };
        match serde_json::from_slice(&stored.value) {
            Ok(value) => Ok(Some(Versioned {
                value,
                version: stored.version,
                last_used: stored.last_used,
                expires_at: stored.expires_at,
            })),
            // A session that cannot be read signs nobody in. Anything else must not be replaced by
            // a default without a word: a damaged throttle count would become no failures at all.
            Err(error) if key.kind() == RecordKind::Session => {
                log::warn!(
                    "a session record of {} cannot be read: {error}",
                    self.variant
                );
                Ok(None)
            }
            Err(error) => Err(StorageError::Corrupt(format!(
                "{} of {}: {error}",
                key.kind().folder(),
                self.variant
            ))),
        }
    }

    /// Writes and removes, all or nothing. What happened then goes to the log too.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn commit(&self, batch: Batch) -> Result<Commit, StorageError> {
        let events = batch.events.clone();
        self.bench.note_held(&batch);
        let bench = self.bench.name();
        let done = self.bench.storage().commit(bench, batch).await?;
        if done == Commit::Done {
            events
                .iter()
                .for_each(|event| crate::session::bench::audit::log(bench, event));
        }
        Ok(done)
    }

    /// Writes one event to the journal.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn note(&self, what: EventKind) -> Result<(), StorageError> {
        let events = vec![self.event(what)];
        self.commit(Batch {
            events,
            ..Batch::default()
        })
        .await
        .map(|_| ())
    }

    /// An event of this world, now.
    pub fn event(&self, what: EventKind) -> Event {
        Event {
            at: self.now,
            variant: Some(self.variant),
            client: self.client,
            what,
        }
    }

    /// The fingerprint of a session: its name in the journal and on pages. It signs nobody in.
    pub fn fingerprint(&self, id: &SessionId) -> Fingerprint {
        self.fingerprint_of(&self.probe.at_rest().key(id.expose()))
    }

    /// The fingerprint of the record of that name.
    pub fn fingerprint_of(&self, name: &str) -> Fingerprint {
        self.bench.keys().fingerprint(name)
    }

    pub(crate) fn encode<T: Serialize>(&self, value: &T) -> Vec<u8> {
        // Invariant: the records are plain structs with string keys, which always become JSON.
        serde_json::to_vec(value).expect("a record becomes JSON")
    }

    pub(crate) fn put<T: Serialize>(&self, key: &RecordKey, value: &T, owner: Option<&str>) -> Put {
        Put {
            key: key.clone(),
            value: self.encode(value),
            last_used: self.now,
            expires_at: BenchTime::FOREVER,
            owner: owner.map(str::to_owned),
            replaces: None,
        }
    }
}
