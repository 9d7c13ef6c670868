//! Signing in: an anonymous session becomes a user's, with a new id or with the old one.

use super::{Session, SessionId, SessionRecord};
use crate::base::clock::BenchTime;
use crate::base::event::What;
use crate::defences::facts::PrivilegeChange;
use crate::session::accounts::Account;
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, Put, RecordKind, StorageError};

/// Why a sign-in with a right password did not happen.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The account changed between the password check and the commit, as by a password change.
    #[error("the account changed while you signed in")]
    AccountChanged,
    /// The store does not answer.
    #[error(transparent)]
    StorageError(#[from] StorageError),
}

impl World<'_> {
    /// Signs `account` in, on the session that the visitor brought if there is one.
    ///
    /// The commit expects the account at the version whose password was checked, so a password
    /// change beats a sign-in in flight (CWE-362).
    ///
    /// # Errors
    /// [`SignInError::AccountChanged`], or a store that does not answer.
    pub async fn sign_in(
        &self,
        before: Option<&Session>,
        adopted_id: Option<SessionId>,
        account: &Account,
        client: &str,
    ) -> Result<Session, SignInError> {
        let keeps_id = !self.probe.rotation().rotates(PrivilegeChange::SignIn);
        let rotated_from = before
            .filter(|_| !keeps_id)
            .map(|old| self.fingerprint(&old.id));
        let record = SessionRecord {
            bench: self.bench.name().to_string(),
            variant: self.variant,
            user: Some(account.user.clone()),
            created: self.now,
            authenticated_at: Some(self.now),
            rotated_from,
            client: client.to_owned(),
            large_text: before.is_some_and(|old| old.record.large_text),
            renew: false,
        };
        let mut transaction = self.bench.transact("the list of sessions");
        loop {
            transaction.attempt().await?;
            let mut batch = Batch {
                expect: vec![(account.key.clone(), Expect::Version(account.version))],
                ..Batch::default()
            };
            let id = before
                .map(|old| old.id.clone())
                .or(adopted_id.clone())
                .filter(|_| keeps_id);
            let overwrites = before.filter(|_| keeps_id).map(|old| old.version);
            let session = self
                .new_session(id, record.clone(), overwrites, &mut batch)
                .await?;
            let replaced = before.filter(|old| old.key != session.key);
            if let Some(old) = replaced {
                batch.expect.push((old.key.clone(), Expect::Present));
                batch.remove.push(old.key.clone());
            }
            batch.put.push(self.session_put(&session, replaced));
            batch.events.push(self.event(What::SignedIn {
                user: account.user.clone(),
                session: self.fingerprint(&session.id),
                before: before.map(|old| self.fingerprint(&old.id)),
            }));
            if self.commit(batch).await? == Commit::Done {
                return Ok(session);
            }
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
                // The brought session ended or changed meanwhile: start without it.
                drop(transaction);
                return Box::pin(self.sign_in(None, None, account, client)).await;
            }
            if let Some(id) = adopted_id.as_ref().filter(|_| keeps_id)
                && let Some(opened) = self.load(id).await?
            {
                // Another request opened the id that this client invented.
                drop(transaction);
                return Box::pin(self.sign_in(Some(&opened), None, account, client)).await;
            }
        }
    }

    /// Gives a session a new id in one commit: the old one gone, the new one there. `None` when
    /// another request ended or rotated it first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn rotate(
        &self,
        old: &Session,
        change: impl Fn(&mut SessionRecord),
    ) -> Result<Option<Session>, StorageError> {
        let mut batch = Batch {
            expect: vec![(old.key.clone(), Expect::Version(old.version))],
            ..Batch::default()
        };
        let session = self.rotated(old, change, &mut batch).await?;
        Ok((self.commit(batch).await? == Commit::Done).then_some(session))
    }

    /// Adds a rotation of `old` to a batch that does more besides.
    pub(super) async fn rotated(
        &self,
        old: &Session,
        change: impl Fn(&mut SessionRecord),
        batch: &mut Batch,
    ) -> Result<Session, StorageError> {
        let mut record = old.record.clone();
        record.rotated_from = Some(self.fingerprint(&old.id));
        record.renew = false;
        change(&mut record);
        let session = self.new_session(None, record, None, batch).await?;
        batch.remove.push(old.key.clone());
        batch.put.push(self.session_put(&session, Some(old)));
        batch.events.push(self.event(What::Rotated {
            user: old.record.user.clone().unwrap_or_default(),
            from: self.fingerprint(&old.id),
            to: self.fingerprint(&session.id),
        }));
        Ok(session)
    }

    /// Opens a session that nobody had before.
    pub(super) async fn open(
        &self,
        adopted_id: Option<SessionId>,
        record: SessionRecord,
        event: impl Fn(&Self, &SessionId, bool) -> What,
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
            // The same client's next request may have opened the id that it invented.
            if let Some(id) = &adopted_id
                && let Some(opened) = self.load(id).await?
            {
                return Ok(opened);
            }
        }
    }

    /// Chooses the id of a session and what the commit must expect for it: a free place, or the
    /// record of version `overwrites` in it.
    async fn new_session(
        &self,
        adopted_id: Option<SessionId>,
        record: SessionRecord,
        overwrites: Option<u64>,
        batch: &mut Batch,
    ) -> Result<Session, StorageError> {
        let id = match adopted_id {
            Some(id) => id,
            None => self.issue_id(batch).await?,
        };
        let key = self
            .key(RecordKind::Session, &self.probe.at_rest().key(id.expose()))
            .ok_or_else(|| StorageError::Defect("an id is too long for the store".into()))?;
        batch.expect.push((
            key.clone(),
            overwrites.map_or(Expect::Absent, Expect::Version),
        ));
        let version = overwrites.unwrap_or(0) + 1;
        Ok(Session {
            id,
            key,
            record,
            version,
            last_used: self.now,
        })
    }

    /// The next id by the policy. Where ids are counted, the count is part of the commit.
    async fn issue_id(&self, batch: &mut Batch) -> Result<SessionId, StorageError> {
        let source = self.probe.id_source();
        let mut count = 0;
        if source.needs_count() {
            let key = self.fixed_key(RecordKind::Counter, "session-ids");
            let found = self.read::<u64>(&key).await?;
            let version = found.as_ref().map_or(0, |found| found.version);
            count = found.map_or(0, |found| found.value);
            batch.expect.push((key.clone(), Expect::Version(version)));
            batch.put.push(Put {
                key,
                value: self.encode(&(count + 1)),
                last_used: self.now,
                expires_at: BenchTime::FOREVER,
                owner: None,
                replaces: None,
            });
        }
        let text = source.issue(count)?;
        SessionId::parse(&text)
            .ok_or_else(|| StorageError::Defect("an issued id is not well-formed".into()))
    }
}
