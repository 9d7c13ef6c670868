//! Signing in: an anonymous session becomes a user's, with a new id or with the old one.
//!
//! This is the moment that session fixation waits for (worksheet 6, CWE-384). An attacker gives the
//! victim an id that the attacker knows; if the id outlives the sign-in, the attacker is signed in
//! with it. Whether it does is the decision of `rotation`, in `src/defences/rotation.rs`.
//!
//! Everything that a sign-in changes is one commit: the new record, the end of the old one, and the
//! event. It happens as a whole or not at all. Three others may be under way at the same time: a
//! password change, a sign-out of the old session, and a second sign-in. The conditions of the
//! commit say what must still be true, and the code after it says what happens where it is not.
//! Next: [`super::end`].

use super::{Session, SessionId, SessionRecord, SessionSource};
use crate::base::event::EventKind;
use crate::defences::facts::PrivilegeChange;
use crate::session::accounts::Account;
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, StorageError};

/// Why a sign-in with a right password did not happen.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The account changed between the password check and the commit, as by a password change. The
    /// user must enter a password again; the one that was checked may be the old one.
    #[error("the account changed while you signed in")]
    AccountChanged,
    /// The store does not answer.
    #[error(transparent)]
    StorageError(#[from] StorageError),
}

impl World<'_> {
    /// Signs `account` in, on the session that the visitor brought if there is one.
    ///
    /// The password was right: the caller has checked that, after the throttle. What is left to
    /// decide is which id the user gets, and that nothing changes between the check and the commit.
    ///
    /// `before` is the session that the browser brought, `adopted_id` an id that nobody issued and
    /// that a weak `adoption` takes all the same. Both may come from an attacker: anyone who can
    /// set a cookie in the victim's browser chooses what it brings.
    ///
    /// The commit expects the account at the version whose password was checked, so a password
    /// change beats a sign-in in flight (CWE-362).
    ///
    /// `source` is for lists of sessions: what the browser calls itself, and the route that it asked.
    ///
    /// # Errors
    /// [`SignInError::AccountChanged`], or a store that does not answer. In both cases nobody has
    /// been signed in, and no cookie may be sent.
    pub async fn sign_in(
        &self,
        before: Option<&Session>,
        adopted_id: Option<SessionId>,
        account: &Account,
        source: SessionSource<'_>,
    ) -> Result<Session, SignInError> {
        // WEAK: the id that the browser brought stays, and anyone who planted it knows it.
        // STRONG: the user gets an id that did not exist before the password was right (ASVS
        // 7.2.4). Whatever an attacker planted before belongs to no session afterwards.
        let keeps_id = !self.probe.rotation().rotates(PrivilegeChange::SignIn);
        // An end that meets this sign-in follows the session by this trace, and pages show the
        // chain. It is a fingerprint: a record that held the old id itself would show it to anyone
        // who reads the store.
        let rotated_from = before
            .filter(|_| !keeps_id)
            .map(|old| self.fingerprint(&old.id));
        let record = SessionRecord {
            bench: self.bench.name().to_string(),
            variant: self.variant,
            // From the account that was read, never from the form: what a user typed is not yet a
            // name of this portal.
            user: Some(account.user.clone()),
            // Both limits begin anew: what counts is when the password was right, not when somebody
            // first looked at the sign-in page.
            created: self.now,
            authenticated_at: Some(self.now),
            rotated_from,
            client: source.client.to_owned(),
            // The route that signed the user in, also where the id stays: what was anonymous before
            // is a new session to whoever reads the record.
            created_by: source.route.to_owned(),
            permanent: source.permanent,
            // A preference comes along. Nothing that grants a right may: what an anonymous visitor
            // stored was perhaps stored by somebody else.
            large_text: before.is_some_and(|old| old.record.large_text),
            // A mark for a new id is done with: with the strong arm this sign-in gives one.
            renew: false,
        };
        let mut transaction = self.bench.transact("the list of sessions");
        loop {
            transaction.attempt().await?;
            // The password was checked against this version of the account. A hash takes a while,
            // and meanwhile the owner may have changed the password because it is known to
            // somebody: then a sign-in with the old one must not be the last to be done (CWE-362).
            // Refused alternative: reading the account once more before the commit. It only makes
            // the gap smaller.
            let mut batch = Batch {
                expect: vec![(account.key.clone(), Expect::Version(account.version))],
                ..Batch::default()
            };
            // A new id is drawn at each attempt: one that met a conflict may have become another's.
            // `None` asks for a new one. With the strong arm both candidates are dropped here, so
            // nothing that a browser sent can become the id.
            let id = before
                .map(|old| old.id.clone())
                .or(adopted_id.clone())
                .filter(|_| keeps_id);
            // Where the id stays, the record under it is overwritten, in the version that was read:
            // a session that ended meanwhile does not come back by being signed in to.
            let overwrites = before.filter(|_| keeps_id).map(|old| old.version);
            let session = self
                .new_session(id, record.clone(), overwrites, &mut batch)
                .await?;
            // The old record is removed in the same commit. With a separate commit, a crash between
            // the two would leave the old id open beside the new one.
            //
            // Refused alternative: keeping the old record and only emptying it. The attacker's
            // cookie would still open a session, and a later mistake may fill it again.
            let replaced = before.filter(|old| old.key != session.key);
            if let Some(old) = replaced {
                // It must still be there. Where a sign-out beside this request has ended it, this
                // sign-in begins again without it and takes nothing from it.
                batch.expect.push((old.key.clone(), Expect::Present));
                batch.remove.push(old.key.clone());
                self.add_replaced(&mut batch, old);
            }
            batch.put.push(self.session_put(&session, replaced));
            // The event is part of the commit, so that the journal never misses a sign-in and never
            // names one that was not done (ASVS 16.3.1).
            batch.events.push(self.event(EventKind::SignedIn {
                user: account.user.clone(),
                session: self.fingerprint(&session.id),
                before: before.map(|old| self.fingerprint(&old.id)),
            }));
            if self.commit(batch).await? == Commit::Done {
                // Only now does the caller write `Set-Cookie`. An id that is sent before it is
                // stored would sign the user in to nothing, and tempt a caller to go on after an
                // error.
                return Ok(session);
            }
            // Another request was first. Below are the changes after which the same attempt would
            // fail every time. After any other conflict, as about the next counted id, it is
            // repeated.
            if self
                .account(&account.user)
                .await?
                .is_none_or(|now| now.version != account.version)
            {
                return Err(SignInError::AccountChanged);
            }
            if let Some(old) = before
                && self
                    .read::<SessionRecord>(&old.key)
                    .await?
                    .is_none_or(|now| now.version != old.version)
            {
                // The session that the browser brought ended or changed meanwhile, as by a sign-out
                // beside this request. It must not come back, so the sign-in goes on without it.
                drop(transaction);
                return Box::pin(self.sign_in(None, None, account, source)).await;
            }
            if let Some(id) = adopted_id.as_ref().filter(|_| keeps_id)
                && let Some(opened) = self.load(id).await?
            {
                // Another request opened a session under the id that this client invented (weak
                // `adoption`). The sign-in takes place on that session.
                drop(transaction);
                return Box::pin(self.sign_in(Some(&opened), None, account, source)).await;
            }
        }
    }

    /// Gives a session a new id in one commit: the old one is removed, the new one stored. `None`
    /// when another request ended or rotated it first.
    ///
    /// A copy of an id is worth something for as long as the id is accepted. A new id ends every
    /// copy at once, the user's as well, so the answer must carry the new cookie.
    ///
    /// It tries again only where the session is as it was, and just the number for the new id went to
    /// somebody else (weak `id-source`). A session that changed in between is not this request's any
    /// more: to try again would give a new id to a session that a sign-out has just ended.
    ///
    /// Refused alternative: to accept the old id for a few more seconds, so that requests that are
    /// under way still find their session. In those seconds a thief can use it as well. What those
    /// requests are answered with is in `replaced.rs`.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn rotate(
        &self,
        old: &Session,
        change: impl Fn(&mut SessionRecord),
    ) -> Result<Option<Session>, StorageError> {
        let mut transaction = self.bench.transact("the list of sessions");
        loop {
            transaction.attempt().await?;
            // The version, not only the presence: a rotation copies the record that it read. If
            // another request has changed the record since then, the copy would undo that change.
            let mut batch = Batch {
                expect: vec![(old.key.clone(), Expect::Version(old.version))],
                ..Batch::default()
            };
            let session = self.rotated(old, &change, &mut batch).await?;
            if self.commit(batch).await? == Commit::Done {
                return Ok(Some(session));
            }
            let now = self.read::<SessionRecord>(&old.key).await?;
            if now.is_none_or(|now| now.version != old.version) {
                return Ok(None);
            }
        }
    }

    /// Adds a rotation of `old` to a batch that does more besides, such as a password change. The
    /// caller adds the condition: without one, two rotations at once would leave two ids open.
    pub(super) async fn rotated(
        &self,
        old: &Session,
        change: impl Fn(&mut SessionRecord),
        batch: &mut Batch,
    ) -> Result<Session, StorageError> {
        // User, age and preferences stay: it is the same session, and its limits go on. A session
        // whose id is renewed again and again must not live forever.
        let mut record = old.record.clone();
        // An end that meets this rotation finds the new record by this trace (`still_there` in
        // `end.rs`). A fingerprint is enough for that, and it signs nobody in.
        record.rotated_from = Some(self.fingerprint(&old.id));
        record.renew = false;
        change(&mut record);
        let session = self.new_session(None, record, None, batch).await?;
        // `replaces` in the new record repeats the removal: after a crash between the two files,
        // the start finds both and drops the old one. Otherwise a thief's copy of the old id would
        // be accepted again after a restart.
        batch.remove.push(old.key.clone());
        self.add_replaced(batch, old);
        batch.put.push(self.session_put(&session, Some(old)));
        batch.events.push(self.event(EventKind::Rotated {
            user: old.record.user.clone().unwrap_or_default(),
            from: self.fingerprint(&old.id),
            to: self.fingerprint(&session.id),
        }));
        Ok(session)
    }

    /// Opens a session that nobody had before. `event` makes the event from the final id, and from
    /// whether the client chose it.
    ///
    /// No account is involved, so a conflict means that the id was taken, or that another request
    /// was given the same number. The next attempt draws another one.
    pub(super) async fn open(
        &self,
        adopted_id: Option<SessionId>,
        record: SessionRecord,
        event: impl Fn(&Self, &SessionId, bool) -> EventKind,
    ) -> Result<Session, StorageError> {
        let adopted = adopted_id.is_some();
        let mut transaction = self.bench.transact("the list of sessions");
        loop {
            transaction.attempt().await?;
            let mut batch = Batch::default();
            let session = self
                .new_session(adopted_id.clone(), record.clone(), None, &mut batch)
                .await?;
            batch.put.push(self.session_put(&session, None));
            batch
                .events
                .push(self.event(event(self, &session.id, adopted)));
            if self.commit(batch).await? == Commit::Done {
                return Ok(session);
            }
            // A browser sends several requests at once. Another one of them may have opened the id
            // that this client invented; both then share that session.
            if let Some(id) = &adopted_id
                && let Some(opened) = self.load(id).await?
            {
                return Ok(opened);
            }
        }
    }

    /// Chooses the id of a session and what the commit must expect for it: that nothing is stored
    /// under it, or the record of version `overwrites`.
    async fn new_session(
        &self,
        adopted_id: Option<SessionId>,
        record: SessionRecord,
        overwrites: Option<u64>,
        batch: &mut Batch,
    ) -> Result<Session, StorageError> {
        // `Some` only with a weak `rotation` or a weak `adoption`: the client's id. Everything else
        // about the session is the same on both arms.
        let id = match adopted_id {
            Some(id) if overwrites.is_some() || self.may_adopt(&id).await? => id,
            _ => self.issue_id(batch).await?,
        };
        // What the store is told is `at-rest`'s decision: the id itself, or a hash of it. With the
        // hash, a stolen backup lists no id that signs anybody in (worksheet 16).
        let key = self
            .session_key(&id)
            .ok_or_else(|| StorageError::Defect("an id is too long for the store".into()))?;
        // A fresh id must be free. Random ids never meet; counted ones do, and two visitors who
        // share a record share an account.
        batch.expect.push((
            key.clone(),
            overwrites.map_or(Expect::Absent, Expect::Version),
        ));
        // What the store will count after this put, so that the session can be changed without
        // being read again.
        let version = overwrites.unwrap_or(0) + 1;
        Ok(Session {
            id,
            key,
            record,
            version,
            last_used: self.now,
        })
    }

    /// Whether a session can be opened under this id, or has been just now. It cannot where the store
    /// has something else there, such as a damaged record: this visitor then gets another id.
    async fn may_adopt(&self, id: &SessionId) -> Result<bool, StorageError> {
        let Some(key) = self.session_key(id) else {
            return Ok(false);
        };
        Ok(!self.is_stored(&key).await? || self.load(id).await?.is_some())
    }

    /// The next id by the policy. Where ids are counted, the count is part of the commit.
    ///
    /// Without random bits there is no id and no session: the error ends the sign-in. Refused
    /// alternative: another source in that case, such as the time. Anyone can compute it.
    async fn issue_id(&self, batch: &mut Batch) -> Result<SessionId, StorageError> {
        // WEAK: a counter. An attacker who is given 1007 tries 1006 (worksheet 7).
        // STRONG: 256 random bits (ASVS 7.2.3 requires 128). See `src/defences/id_source.rs`.
        let source = self.probe.id_source();
        let count = if source.needs_count() {
            self.next_count(batch).await?
        } else {
            0
        };
        // An issued id passes the same check as one that arrives. An id that the portal issues and
        // then does not recognise would sign its user out at once.
        let text = source.issue(self.first_count() + count)?;
        SessionId::parse(&text)
            .ok_or_else(|| StorageError::Defect("an issued id is not well-formed".into()))
    }
}
