//! Recognising a visitor: from what a request presents to the session it opens.

use super::{Session, SessionId, SessionRecord};
use crate::base::event::{EndReason, What};
use crate::defences::facts::{PrivilegeChange, Refusal};
use crate::session::world::World;
use crate::storage::{Batch, Expect, Put, RecordIndex, RecordKind, StorageError};

/// How many anonymous sessions a world keeps: the lab's own ceiling, so that a script that fetches
/// the sign-in page for ever fills no memory.
pub const ANONYMOUS_CEILING: usize = 1_000;

/// Whose list anonymous sessions stand in. No user can have this name.
const ANONYMOUS: &str = "-anonymous";

/// Where a request may carry a session id.
#[derive(Clone, Debug, Default)]
pub struct Presented<'r> {
    /// Every value of the session cookie, in the order sent.
    pub cookies: Vec<&'r str>,
    /// The parameter `sid` of the address.
    pub url: Option<&'r str>,
}

/// What became of the id that a request presented.
#[derive(Clone, Debug)]
pub enum Recognised {
    /// The request presented none.
    Nobody,
    /// It opens no session: expired, ended, malformed or never issued. Its cookie is to be removed.
    Stale,
    /// Nobody issued it, and the policy takes it all the same.
    UnissuedId(SessionId),
    /// It opens this session. `renewed` says that the visitor must be given the new id, and
    /// `by_url` that the id came in the address.
    Known {
        /// The session.
        session: Session,
        /// Whether the id changed with this request.
        renewed: bool,
        /// Whether the id came in the address.
        by_url: bool,
    },
}

/// Why no answer could be found.
#[derive(Debug, thiserror::Error)]
pub enum RecogniseError {
    /// A strong arm refuses the request.
    #[error("{0}")]
    Refused(Refusal),
    /// The store does not answer.
    #[error(transparent)]
    StorageError(#[from] StorageError),
}

impl World<'_> {
    /// Finds the session of a request, and notes that it was used.
    ///
    /// # Errors
    /// A refusal by `duplicate-cookies`, or a store that does not answer.
    pub async fn recognise(&self, presented: &Presented<'_>) -> Result<Recognised, RecogniseError> {
        let found = self.look_up(presented).await?;
        let Recognised::Known {
            session, by_url, ..
        } = found
        else {
            return Ok(found);
        };

        if session.record.renew && self.probe.rotation().rotates(PrivilegeChange::RoleChange) {
            return Ok(match self.rotate(&session, |_| {}).await? {
                Some(session) => Recognised::Known {
                    session,
                    renewed: true,
                    by_url,
                },
                // A request beside this one was first, and its answer carries the new cookie.
                None => Recognised::Nobody,
            });
        }
        let expires_at = session.record.deadline(self.probe, self.now);
        self.bench
            .storage()
            .touch(self.bench.name(), &session.key, self.now, expires_at)
            .await?;
        Ok(Recognised::Known {
            session,
            renewed: false,
            by_url,
        })
    }

    /// The same without counting as use: for countdowns, which must not keep a session alive.
    ///
    /// # Errors
    /// As [`World::recognise`].
    pub async fn look_up(&self, presented: &Presented<'_>) -> Result<Recognised, RecogniseError> {
        let cookie = self
            .probe
            .duplicate_cookies()
            .choose(&presented.cookies)
            .map_err(RecogniseError::Refused)?;
        let Some(text) = self.probe.carrier().choose(cookie, presented.url) else {
            return Ok(Recognised::Nobody);
        };
        let by_url = cookie != Some(text);
        let Some(id) = SessionId::parse(text) else {
            return Ok(Recognised::Stale);
        };

        let Some(session) = self.load(&id).await? else {
            if self.probe.adoption().adopts(id.expose()) {
                return Ok(Recognised::UnissuedId(id));
            }
            let what = What::UnknownSession {
                session: self.fingerprint(&id),
            };
            self.note(what).await?;
            return Ok(Recognised::Stale);
        };
        if let Some(reason) = session
            .record
            .expired(self.probe, session.last_used, self.now)
        {
            self.remove(&session, reason).await?;
            return Ok(Recognised::Stale);
        }
        Ok(Recognised::Known {
            session,
            renewed: false,
            by_url,
        })
    }

    /// The record behind an id, if it belongs to this bench and variant. It may have expired.
    pub(super) async fn load(&self, id: &SessionId) -> Result<Option<Session>, StorageError> {
        let Some(key) = self.key(RecordKind::Session, &self.probe.at_rest().key(id.expose()))
        else {
            return Ok(None);
        };
        let Some(found) = self.read::<SessionRecord>(&key).await? else {
            return Ok(None);
        };
        let (record, version, last_used) = (found.value, found.version, found.last_used);
        let here = record.bench == self.bench.name().as_str() && record.variant == self.variant;
        Ok(here.then(|| Session {
            id: id.clone(),
            key,
            record,
            version,
            last_used,
        }))
    }

    /// Opens an anonymous session, as every sign-in page does. This is what fixation plants.
    ///
    /// `adopted_id` is the id that the client brought, where the policy adopts it.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn open_anonymous(
        &self,
        adopted_id: Option<SessionId>,
        client: &str,
    ) -> Result<Session, StorageError> {
        let record = SessionRecord {
            bench: self.bench.name().to_string(),
            variant: self.variant,
            user: None,
            created: self.now,
            authenticated_at: None,
            rotated_from: None,
            client: client.to_owned(),
            large_text: false,
            renew: false,
        };
        let event = |world: &Self, id: &SessionId, adopted| What::SessionOpened {
            session: world.fingerprint(id),
            adopted,
        };
        let session = self.open(adopted_id, record, event).await?;
        // A tenth makes room for the next ones, so that not each of them has to.
        let keep = ANONYMOUS_CEILING - ANONYMOUS_CEILING / 10;
        self.keep_the_newest(ANONYMOUS, RecordKind::Session, ANONYMOUS_CEILING, keep)
            .await?;
        Ok(session)
    }

    /// Where an owner has more than `ceiling` records of a kind, the oldest give way until `keep`
    /// are left.
    ///
    /// This is done after a record was added: of requests that add at once, the last sees them all.
    pub(super) async fn keep_the_newest(
        &self,
        owner: &str,
        kind: RecordKind,
        ceiling: usize,
        keep: usize,
    ) -> Result<(), StorageError> {
        let index = RecordIndex::Owner(Some(self.variant), kind, owner.to_owned());
        let storage = self.bench.storage();
        // The list itself is long, and each visitor of a sign-in page comes by here.
        let bench = self.bench.name();
        if !storage.may_exceed(bench, &index, ceiling).await? {
            return Ok(());
        }
        let mut remove = storage
            .members(self.bench.name(), &index, 2 * ceiling)
            .await?;
        if remove.len() <= ceiling {
            return Ok(());
        }
        remove.truncate(remove.len() - keep);
        let sessions = remove
            .iter()
            .filter(|key| key.kind() == RecordKind::Session);
        let events = sessions
            .map(|key| What::Ended {
                user: None,
                session: self.fingerprint_of(key.name()),
                reason: EndReason::Ceiling,
                record_removed: true,
            })
            .map(|what| self.event(what))
            .collect();
        self.commit(Batch {
            remove,
            events,
            ..Batch::default()
        })
        .await
        .map(|_| ())
    }

    /// The store's entry for a session.
    pub(super) fn session_put(&self, session: &Session, replaces: Option<&Session>) -> Put {
        Put {
            key: session.key.clone(),
            value: self.encode(&session.record),
            last_used: self.now,
            expires_at: session.record.deadline(self.probe, self.now),
            owner: Some(
                session
                    .record
                    .user
                    .clone()
                    .unwrap_or_else(|| ANONYMOUS.into()),
            ),
            replaces: replaces.map(|old| old.key.clone()),
        }
    }

    /// Removes a session's record and notes why.
    pub(super) async fn remove(
        &self,
        session: &Session,
        reason: EndReason,
    ) -> Result<(), StorageError> {
        let what = What::Ended {
            user: session.record.user.clone(),
            session: self.fingerprint(&session.id),
            reason,
            record_removed: true,
        };
        let events = vec![self.event(what)];
        let batch = Batch {
            // Of two requests that find it expired, one notes it.
            expect: vec![(session.key.clone(), Expect::Present)],
            remove: vec![session.key.clone()],
            events,
            ..Batch::default()
        };
        self.commit(batch).await.map(|_| ())
    }
}
