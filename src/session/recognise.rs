//! Recognising a visitor: from what a request presents to the session that it belongs to.
//!
//! A session id is a bearer secret: anyone who presents it is taken for the user. So every rule
//! here asks what an attacker gains by presenting something: two cookies, an id in the address, an
//! id that nobody issued, an id whose time is over. The answers are the policy's; the order in
//! which they are asked is this file's. Next: [`super::sign_in`].
//!
//! Refused alternative: tying a session to the address or the `User-Agent` of its browser. A phone
//! changes its address on the way, so users would be signed out; a thief in the same café has the
//! same address, and copies the other header together with the cookie.

use super::{Session, SessionId, SessionRecord, SessionSource};
use crate::base::clock::BenchTime;
use crate::base::event::{EndReason, EventKind};
use crate::defences::facts::{PrivilegeChange, Refusal};
use crate::session::world::World;
use crate::storage::{Batch, Expect, Put, RecordIndex, RecordKind, StorageError};

/// How many anonymous sessions a world keeps: the lab's own ceiling, so that a script that fetches
/// the sign-in page forever fills no memory (CWE-770).
pub const ANONYMOUS_CEILING: usize = 1_000;

/// The owner of anonymous sessions. No user can have this name: no demo account does, and there are
/// no others.
pub(super) const ANONYMOUS: &str = "-anonymous";

/// Where a request may carry a session id.
#[derive(Clone, Debug, Default)]
pub struct Presented<'r> {
    /// Every value of the session cookie, in the order sent. More than one means that somebody else
    /// also set it: the portal itself has one name, one path and no `Domain`. A sibling host can do
    /// that (RFC 6265bis §8.6), and so can a script on the page.
    pub cookies: Vec<&'r str>,
    /// The parameter `sid` of the address, which a strong `carrier` does not look at. Addresses are
    /// logged, stored in histories and passed on, so an id in one is soon known to others
    /// (CWE-598).
    pub url: Option<&'r str>,
}

/// What became of the id that a request presented.
#[derive(Clone, Debug)]
pub enum Recognised {
    /// The request presented none.
    Nobody,
    /// It belongs to no session: expired, ended, malformed or never issued. Its cookie is removed.
    /// One variant for all four: an answer that told them apart would tell a guesser which ids had
    /// been real.
    Stale,
    /// A rotation ended it a moment ago. It is refused, and its cookie is left alone: the browser may
    /// hold the new one already.
    Replaced,
    /// Nobody issued it, and the policy takes it all the same. This is what fixation needs. There
    /// is no session yet: the next page with a form opens one under this id.
    UnissuedId(SessionId),
    /// It belongs to this session, whose time is not over. Its user may be nobody: an anonymous
    /// session is also known.
    Known {
        /// The session as it is after this request: under the new id where that was renewed.
        session: Box<Session>,
        /// Whether the id changed with this request. The answer must then set the cookie, or the
        /// user is signed out: the old id is no longer accepted.
        renewed: bool,
        /// Whether the id came in the address.
        by_url: bool,
    },
}

/// Why no answer could be found. Neither case may be treated as "not signed in": the visitor would
/// get a new session in place of one that still exists.
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
        // Who it is comes first, and only then what the use of the session changes: a request that
        // is refused must not postpone anything.
        let found = self.look_up(presented).await?;
        let Recognised::Known {
            session, by_url, ..
        } = found
        else {
            return Ok(found);
        };

        // The user's rights changed elsewhere. An id that was copied while it meant little must not
        // become the id of an administrator, so the next request gets a new one. If that request is
        // the thief's, the thief gets the new id and the owner is signed out. The owner notices
        // that and signs in again; with the old id shared by both, nobody would notice.
        if session.record.renew && self.probe.rotation().rotates(PrivilegeChange::RoleChange) {
            return Ok(match self.rotate(&session, |_| {}).await? {
                Some(session) => Recognised::Known {
                    session: Box::new(session),
                    renewed: true,
                    by_url,
                },
                // A request beside this one was first, and its answer carries the new cookie. This
                // one is refused: to let it pass, the old id would have to be accepted. Where the
                // other one was a sign-out, the session is over.
                None if self.was_replaced(&session.key).await? => Recognised::Replaced,
                None => Recognised::Stale,
            });
        }
        // Use postpones the idle limit, never the absolute one: a thief who keeps a stolen session
        // busy loses it all the same. A store that cannot note the use refuses the request, because
        // without the note a session in use would look idle.
        //
        // A note costs less than a commit, because it may be lost in a crash. The session then
        // looks idle for longer than it was and ends too early, which harms nobody's security.
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

    /// The same without counting as use: for countdowns, which must not keep a session alive. A
    /// page that asks every second how long the session lasts would otherwise make it last forever.
    ///
    /// The order of the questions matters. The form of the id is checked before the store is asked,
    /// and the time before the session is given out, so that no caller can forget either. Every
    /// page of the portal recognises its visitor here.
    ///
    /// # Errors
    /// As [`World::recognise`].
    pub async fn look_up(&self, presented: &Presented<'_>) -> Result<Recognised, RecogniseError> {
        // WEAK: of two cookies of one name the first counts. An attacker on a sibling host plants
        // one with a longer path, which browsers send first.
        // STRONG: two cookies are refused, because nobody can tell which one is the portal's.
        let cookie = self
            .probe
            .duplicate_cookies()
            .choose(&presented.cookies)
            .map_err(RecogniseError::Refused)?;
        // WEAK: the id may also come in the address. A link then plants it, and `Referer`, history
        // and logs reveal it. STRONG: the cookie alone.
        let Some(text) = self.probe.carrier().choose(cookie, presented.url) else {
            return Ok(Recognised::Nobody);
        };
        // The caller then sets a cookie, so that the next page needs no address with an id.
        let by_url = cookie != Some(text);
        // Before the store is asked: with the file store the id may become a file's name, and
        // `../../etc/passwd` must not (CWE-22).
        let Some(id) = SessionId::parse(text) else {
            return Ok(Recognised::Stale);
        };

        let Some(session) = self.load(&id).await? else {
            // Before `adoption`: to adopt the id again would undo the rotation.
            let replaced = match self.session_key(&id) {
                Some(key) => self.was_replaced(&key).await?,
                None => false,
            };
            // WEAK: the visitor may choose the id, and so may an attacker, for somebody else.
            // STRONG: an id that the portal did not issue is worth nothing, and its cookie is
            // removed.
            if !replaced && self.probe.adoption().adopts(id.expose()) {
                return Ok(Recognised::UnissuedId(id));
            }
            // The journal notes it by a fingerprint: many unknown ids in a row are somebody who
            // guesses (ASVS 16.3.3). The answer is the same as for an expired id and reveals
            // nothing.
            let what = EventKind::UnknownSession {
                session: self.fingerprint(&id),
            };
            self.note(what).await?;
            return Ok(if replaced {
                Recognised::Replaced
            } else {
                Recognised::Stale
            });
        };
        // The server's clock decides, not the cookie's `Max-Age`: a thief who copied the cookie
        // does not obey that (ASVS 7.3.1, 7.3.2). The record is removed at once, so that no later
        // mistake accepts it again.
        if let Some(reason) = self.end_reason(&session.record, session.last_used).await? {
            self.remove(&session, reason).await?;
            return Ok(Recognised::Stale);
        }
        Ok(Recognised::Known {
            session: Box::new(session),
            renewed: false,
            by_url,
        })
    }

    /// Why a session no longer counts, if it does not.
    ///
    /// Before it is ended as one from the future, the bench's clock is read again: a student may
    /// have moved it ahead since this request arrived, and used the session meanwhile.
    async fn end_reason(
        &self,
        record: &SessionRecord,
        last_used: BenchTime,
    ) -> Result<Option<EndReason>, StorageError> {
        let reason = record.expired(self.probe, last_used, self.now);
        if reason != Some(EndReason::FromTheFuture) {
            return Ok(reason);
        }
        let now = self.now.max(self.bench.read_clock().await?);
        Ok(record.expired(self.probe, last_used, now))
    }

    /// The record behind an id, if it belongs to this bench and variant. It may have expired.
    ///
    /// The look-up compares no secrets byte by byte: a map and a file system find a name or do not.
    /// With a strong `at-rest` the name is a hash, so that even an answer whose time depends on the
    /// first bytes says nothing about the id.
    pub(super) async fn load(&self, id: &SessionId) -> Result<Option<Session>, StorageError> {
        let Some(key) = self.session_key(id) else {
            return Ok(None);
        };
        // An error of the store is passed on by `?`. It must not become "no such session": users
        // would lose the cookies of live sessions whenever the store is slow.
        let Some(found) = self.read::<SessionRecord>(&key).await? else {
            return Ok(None);
        };
        let (record, version, last_used) = (found.value, found.version, found.last_used);
        // An id of the insecure portal must mean nothing on the hardened one, and a neighbour's
        // bench is a neighbour's. The key says so already; a record that somebody copied by hand
        // does not. A mismatch is answered as "no such session" and nothing more precise.
        let here = record.bench == self.bench.name().as_str() && record.variant == self.variant;
        Ok(here.then(|| Session {
            id: id.clone(),
            key,
            record,
            version,
            last_used,
        }))
    }

    /// Opens an anonymous session, as every sign-in page does: the CSRF token of the form is bound
    /// to it (see `src/defences/csrf_token.rs`). This is also what fixation plants.
    ///
    /// `adopted_id` is the id that the client brought, where the policy adopts it. Strangers call
    /// this as often as they like: it needs no password, and each call costs a record.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn open_anonymous(
        &self,
        adopted_id: Option<SessionId>,
        source: SessionSource<'_>,
    ) -> Result<Session, StorageError> {
        // It grants nothing, and is needed all the same: without it the sign-in form would have no
        // CSRF token, and an attacker could sign the victim in to the attacker's own account. What
        // the victim enters there, the attacker reads later.
        let record = SessionRecord {
            bench: self.bench.name().to_string(),
            variant: self.variant,
            // No user and no password: every page that needs either refuses this session.
            user: None,
            created: self.now,
            authenticated_at: None,
            rotated_from: None,
            client: source.client.to_owned(),
            created_by: source.route.to_owned(),
            permanent: false,
            large_text: false,
            renew: false,
        };
        let event = |world: &Self, id: &SessionId, adopted| EventKind::SessionOpened {
            session: world.fingerprint(id),
            adopted,
        };
        let session = self.open(adopted_id, record, event).await?;
        // The oldest give way, and signed-in sessions never do: a script that opens anonymous ones
        // signs nobody out. A tenth makes room for the next ones, so that not each of them has to.
        let keep = ANONYMOUS_CEILING - ANONYMOUS_CEILING / 10;
        self.keep_the_newest(ANONYMOUS, RecordKind::Session, ANONYMOUS_CEILING, keep)
            .await?;
        Ok(session)
    }

    /// Where an owner has more than `ceiling` records of a kind, the oldest give way until `keep`
    /// are left.
    ///
    /// This is done after a record was added: of requests that add at once, the last sees them all.
    /// Refused alternative: refusing a new record when there is no room. A stranger could then fill
    /// the room, and nobody else would get a sign-in page.
    pub(super) async fn keep_the_newest(
        &self,
        owner: &str,
        kind: RecordKind,
        ceiling: usize,
        keep: usize,
    ) -> Result<(), StorageError> {
        // One owner's list, so the records of strangers never push out those of a user.
        let index = RecordIndex::Owner(Some(self.variant), kind, owner.to_owned());
        let storage = self.bench.storage();
        // The list itself is long, and each visitor of a sign-in page comes by here, so only its
        // length is asked for.
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
        // Oldest first, so what remains of the list are those that go.
        remove.truncate(remove.len() - keep);
        let sessions = remove
            .iter()
            .filter(|key| key.kind() == RecordKind::Session);
        let events = sessions
            .map(|key| EventKind::Ended {
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

    /// The store's entry for a session. The owner's list names it, so that "end all my sessions"
    /// finds every one of them without reading those of others.
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

    /// Removes a session's record and notes why. It is for sessions whose time is over. A session
    /// that is still accepted ends with `World::end`, which follows it when it gets a new id.
    pub(super) async fn remove(
        &self,
        session: &Session,
        reason: EndReason,
    ) -> Result<(), StorageError> {
        let what = EventKind::Ended {
            user: session.record.user.clone(),
            session: self.fingerprint(&session.id),
            reason,
            record_removed: true,
        };
        let events = vec![self.event(what)];
        // What removes a record also says why, in the same commit: a session that disappears
        // without a reason looks the same as one that an attacker ended.
        let batch = Batch {
            // Of two requests that find it expired, one notes it. The other one has nothing to do.
            expect: vec![(session.key.clone(), Expect::Present)],
            remove: vec![session.key.clone()],
            events,
            ..Batch::default()
        };
        self.commit(batch).await.map(|_| ())
    }
}
