//! A world: one variant on one bench, as one request sees it.
//!
//! It joins what every verb needs: the bench with its storage, the policy that is asked, the time
//! and the kind of client. [`crate::session`], [`super::accounts`] and [`super::notices`] add their
//! verbs to it.
//!
//! It is also the border between the portals. Every key that a verb makes contains the variant, and
//! every call of the storage names the bench. So an id, a token or an account of one world does not
//! exist in another: a student who breaks the insecure portal has not touched the hardened one.
//!
//! Refused alternative: a field "variant" that each query compares. The query that forgets it is a
//! leak, and it still returns the right answer in every test with one world.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::clock::BenchTime;
use crate::base::event::{ClientKind, Event, EventKind, Fingerprint};
use crate::defences::PolicyProbe;
use crate::defences::policy::Variant;
use crate::session::SessionId;
use crate::session::bench::{Bench, BenchKeys};
use crate::storage::{Batch, Commit, Put, RecordKey, RecordKind, StorageError};

/// One variant on one bench, as one request sees it.
#[derive(Clone, Copy, Debug)]
pub struct World<'r> {
    /// The bench, whose storage and keys are used.
    pub bench: &'r Bench,
    /// The variant, which is part of every key.
    pub variant: Variant,
    /// The variant's policy, and what was asked of it.
    pub probe: &'r PolicyProbe,
    /// The bench's time when the request arrived. One moment for the whole request: with two, a
    /// session could pass one check and be over at the next.
    pub now: BenchTime,
    /// The kind of program that seems to have sent it. It is what the program says, so it appears
    /// in the journal and decides nothing.
    pub client: ClientKind,
}

/// A record as it was read, decoded.
#[derive(Clone, Debug)]
pub struct Versioned<T> {
    /// The record.
    pub value: T,
    /// Its version in the store, which a commit names as a condition.
    pub version: u64,
    /// When it was last seen in use.
    pub last_used: BenchTime,
    /// From when on it is no longer accepted. The store may return it later than that, so the
    /// reader compares.
    pub expires_at: BenchTime,
}

impl<'r> World<'r> {
    /// A world as it is at this moment, for a caller that has no request, such as the task that
    /// ends expired sessions. A handler takes the world of its request instead, so that all its
    /// checks see one moment and one policy.
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

    /// The keys of before that are still accepted.
    pub fn earlier_keys(&self) -> impl Iterator<Item = &BenchKeys> {
        self.bench.keys().earlier(self.now)
    }

    /// The strong key of this world's signed cookie.
    pub fn signing_key(&self) -> [u8; 32] {
        self.bench.keys().signing(&self.name())
    }

    /// The key of a record whose name came from outside; `None` when the store cannot hold it. With
    /// the file store a name becomes a file's name, so `../` must never be part of one (CWE-22).
    pub fn key(&self, kind: RecordKind, name: &str) -> Option<RecordKey> {
        RecordKey::new(Some(self.variant), kind, name)
    }

    /// The key of a record whose name the lab made itself, from letters, digits, `_` and `-`.
    pub fn fixed_key(&self, kind: RecordKind, name: &str) -> RecordKey {
        // Invariant: every caller passes a literal, a hash in base64url, a number, the name of a
        // demo account, or a name that `key` has accepted before.
        self.key(kind, name)
            .expect("a name that the lab made itself")
    }

    /// The record at `key`, decoded. Its time may be over: the caller compares.
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
            // Bytes that this version cannot read, as after an edit by hand.
            //
            // A session that cannot be read signs nobody in, so to ignore it is the safe answer.
            // Anything else must not be replaced by a default: a damaged count of the throttle
            // would become no failures at all, and a damaged denylist would accept a revoked token
            // (CWE-636).
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

    /// Writes and removes, all or nothing, and then writes the events to the audit log as well.
    ///
    /// Verbs call this and not the storage's own commit, so that every event is also in the log. An
    /// attacker who can change the store can remove events there, but not lines of a log elsewhere.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn commit(&self, batch: Batch) -> Result<Commit, StorageError> {
        let events = batch.events.clone();
        self.bench.note_held(&batch);
        let bench = self.bench.name();
        let done = self.bench.storage().commit(bench, batch).await?;
        // Only what was done. A log that also names what a conflict refused would report sign-ins
        // that never happened.
        if done == Commit::Done {
            events
                .iter()
                .for_each(|event| crate::session::bench::audit::log(bench, event));
        }
        Ok(done)
    }

    /// Writes one event to the journal by itself. This is for what changes no record: a failed
    /// sign-in, a refusal, an unknown id. Those are the traces of somebody who tries (ASVS 16.3.3).
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

    /// An event of this world, at the time of the request. Verbs put it into their batch; an event
    /// that is written apart can tell of a change that was never made.
    pub fn event(&self, what: EventKind) -> Event {
        Event {
            at: self.now,
            variant: Some(self.variant),
            client: self.client,
            what,
        }
    }

    /// The fingerprint of a session: its name in the journal and on pages. It signs nobody in, and
    /// without the key nobody can compute it from an id or test guesses against it.
    ///
    /// It is made from the name of the record and not from the id, so that a list of records, which
    /// knows no ids, shows the same fingerprint.
    pub fn fingerprint(&self, id: &SessionId) -> Fingerprint {
        self.fingerprint_of(&self.probe.at_rest().key(id.expose()))
    }

    /// The fingerprint of the record of that name, for lists that know no ids.
    pub fn fingerprint_of(&self, name: &str) -> Fingerprint {
        self.bench.keys().fingerprint(name)
    }

    /// A record as the store holds it: JSON, so that a student can read a stolen file.
    pub(crate) fn encode<T: Serialize>(&self, value: &T) -> Vec<u8> {
        // Invariant: the records are plain structs with string keys, which always become JSON.
        serde_json::to_vec(value).expect("a record becomes JSON")
    }

    /// An entry that never expires. What must end sets its own `expires_at`, as sessions, buckets
    /// and families do.
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
