//! Ending sessions: by the user, by another of his sessions, with a new password, with the bench.

use futures::future::try_join_all;

use super::{Session, SessionRecord};
use crate::base::event::{EndReason, What};
use crate::defences::facts::PrivilegeChange;
use crate::session::accounts::Account;
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, RecordIndex, RecordKey, RecordKind, StorageError};

/// How many sessions a list shows and one commit ends.
pub const LIST_LIMIT: usize = 1_000;

/// How many records a list asks for at once. Redis answers them together; elsewhere it costs nothing.
const AT_ONCE: usize = 100;

/// A session in a list: the record and where it lies, but not the id, which nobody can know.
#[derive(Clone, Debug)]
pub struct ListedSession {
    /// Where the record lies.
    pub key: RecordKey,
    /// The record.
    pub record: SessionRecord,
    /// Its version.
    pub version: u64,
    /// When it was last used.
    pub last_used: crate::base::clock::BenchTime,
}

impl ListedSession {
    /// A name for the session in a form: a keyed fingerprint of its key, which opens nothing.
    pub fn handle(&self, world: &World<'_>) -> String {
        world.fingerprint_of(self.key.name()).0
    }
}

impl World<'_> {
    /// Signs a session out. Both arms take the cookie away; whether the record goes is the
    /// defence's decision. Returns whether it is gone.
    ///
    /// # Errors
    /// The store does not answer; then the user is not signed out, and must be told.
    pub async fn sign_out(&self, session: &Session) -> Result<bool, StorageError> {
        if self.probe.sign_out().ends_record() {
            let chosen = ListedSession {
                key: session.key.clone(),
                record: session.record.clone(),
                version: session.version,
                last_used: session.last_used,
            };
            self.end(&[chosen], EndReason::SignOut).await?;
            return Ok(true);
        }
        self.note(What::Ended {
            user: session.record.user.clone(),
            session: self.fingerprint(&session.id),
            reason: EndReason::SignOut,
            record_removed: false,
        })
        .await?;
        Ok(false)
    }

    /// The live sessions of this world, oldest first, of one user or of everybody.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn sessions(&self, of: Option<&str>) -> Result<Vec<ListedSession>, StorageError> {
        let (world, kind) = (Some(self.variant), RecordKind::Session);
        let index = match of {
            Some(user) => RecordIndex::Owner(world, kind, user.to_owned()),
            None => RecordIndex::Kind(world, kind),
        };
        let keys = self
            .bench
            .storage()
            .members(self.bench.name(), &index, LIST_LIMIT)
            .await?;
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(AT_ONCE) {
            let read = some.iter().map(|key| self.read::<SessionRecord>(key));
            for (key, stored) in some.iter().zip(try_join_all(read).await?) {
                let Some(stored) = stored else {
                    continue;
                };
                let (record, version, last_used) = (stored.value, stored.version, stored.last_used);
                if record.expired(self.probe, last_used, self.now).is_none() {
                    found.push(ListedSession {
                        key: key.clone(),
                        record,
                        version,
                        last_used,
                    });
                }
            }
        }
        Ok(found)
    }

    /// Ends listed sessions in one commit. Where a request beside this one gives one of them a new
    /// id, the session under the new id ends.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn end(
        &self,
        sessions: &[ListedSession],
        reason: EndReason,
    ) -> Result<(), StorageError> {
        let mut chosen = sessions.to_vec();
        let mut transaction = self.bench.transact("the list of sessions");
        while !chosen.is_empty() {
            transaction.attempt().await?;
            let mut batch = Batch::default();
            self.add_end(&mut batch, &chosen, reason);
            let present = |listed: &ListedSession| (listed.key.clone(), Expect::Present);
            batch.expect = chosen.iter().map(present).collect();
            if self.commit(batch).await? == Commit::Done {
                break;
            }
            chosen = self.still_there(chosen).await?;
        }
        Ok(())
    }

    /// What is left of these sessions: those that are there, and what took the place of the others.
    async fn still_there(
        &self,
        sessions: Vec<ListedSession>,
    ) -> Result<Vec<ListedSession>, StorageError> {
        let mut found: Vec<ListedSession> = Vec::with_capacity(sessions.len());
        for listed in sessions {
            let gone = self.read::<SessionRecord>(&listed.key).await?.is_none();
            let left = match listed.record.user.as_deref() {
                _ if !gone => vec![listed],
                Some(user) => {
                    let gone = Some(self.fingerprint_of(listed.key.name()));
                    let mut new = self.sessions(Some(user)).await?;
                    new.retain(|new| new.record.rotated_from == gone);
                    new
                }
                None => Vec::new(),
            };
            for one in left {
                if found.iter().all(|other| other.key != one.key) {
                    found.push(one);
                }
            }
        }
        Ok(found)
    }

    /// Ends every session of a user but one, until none is left: also those beyond the length of a
    /// list, and those that requests beside this one open or rotate. Returns how many were live.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn end_all(
        &self,
        user: &str,
        except: Option<&RecordKey>,
        reason: EndReason,
    ) -> Result<usize, StorageError> {
        let index = RecordIndex::Owner(Some(self.variant), RecordKind::Session, user.to_owned());
        let mut ended = 0;
        loop {
            let storage = self.bench.storage();
            let members = storage.members(self.bench.name(), &index, LIST_LIMIT);
            let mut remove = members.await?;
            remove.retain(|key| Some(key) != except);
            if remove.is_empty() {
                return Ok(ended);
            }
            let mut batch = Batch::default();
            let mut live = self.sessions(Some(user)).await?;
            live.retain(|listed| remove.contains(&listed.key));
            ended += live.len();
            self.add_end(&mut batch, &live, reason);
            batch.remove = remove;
            self.commit(batch).await?;
        }
    }

    fn add_end(&self, batch: &mut Batch, sessions: &[ListedSession], reason: EndReason) {
        for listed in sessions {
            batch.remove.push(listed.key.clone());
            batch.events.push(self.event(What::Ended {
                user: listed.record.user.clone(),
                session: self.fingerprint_of(listed.key.name()),
                reason,
                record_removed: true,
            }));
        }
    }

    /// Stores a new password. In the same commit the other sessions of the user end and this one
    /// gets a new id, where the policy says so. `None` when the account changed meanwhile.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn change_password(
        &self,
        session: &Session,
        account: &Account,
    ) -> Result<Option<PasswordChange>, StorageError> {
        let mut batch = Batch::default();
        self.add_account(&mut batch, account);
        let event = self.event(What::PasswordChanged {
            user: account.user.clone(),
        });
        batch.events.push(event);
        let tokens_ended = self.add_token_revocation(&mut batch, &account.user).await?;

        let mut ended = 0;
        if self.probe.sessions_on_password_change().ends_others() {
            let mut others = self.sessions(Some(&account.user)).await?;
            others.retain(|listed| listed.key != session.key);
            self.add_end(&mut batch, &others, EndReason::PasswordChange);
            ended = others.len();
        }
        let renewed = if self
            .probe
            .rotation()
            .rotates(PrivilegeChange::PasswordChange)
        {
            batch
                .expect
                .push((session.key.clone(), Expect::Version(session.version)));
            let now = self.now;
            let change = |record: &mut SessionRecord| record.authenticated_at = Some(now);
            Some(self.rotated(session, change, &mut batch).await?)
        } else {
            None
        };
        if self.commit(batch).await? == Commit::Conflict {
            return Ok(None);
        }
        self.confirm_token_revocation(&account.user, tokens_ended)
            .await?;
        if self.probe.sessions_on_password_change().ends_others() {
            // A sign-in with the old password may have been committed between the list and the
            // commit. From the commit on none can.
            let mine = renewed.as_ref().map_or(&session.key, |new| &new.key);
            let reason = EndReason::PasswordChange;
            ended += self.end_all(&account.user, Some(mine), reason).await?;
        }
        Ok(Some(PasswordChange { renewed, ended }))
    }

    /// Changes a session's record in place. A change that another request overtook is lost.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn change_record(
        &self,
        session: &Session,
        change: impl FnOnce(&mut SessionRecord),
    ) -> Result<Commit, StorageError> {
        let mut changed = session.clone();
        change(&mut changed.record);
        let put = vec![self.session_put(&changed, None)];
        let expect = vec![(session.key.clone(), Expect::Version(session.version))];
        self.commit(Batch {
            expect,
            put,
            ..Batch::default()
        })
        .await
    }

    /// Marks every session of a user for a new id at its next request, after a change of role.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn renew_sessions_of(&self, user: &str) -> Result<(), StorageError> {
        for listed in self.sessions(Some(user)).await? {
            let mut put = self.put(&listed.key, &listed.record, Some(user));
            let record = SessionRecord {
                renew: true,
                ..listed.record
            };
            put.value = self.encode(&record);
            put.last_used = listed.last_used;
            put.expires_at = record.deadline(self.probe, listed.last_used);
            let expect = vec![(listed.key, Expect::Version(listed.version))];
            // A session that changed meanwhile was used with its new rights already checked.
            self.commit(Batch {
                expect,
                put: vec![put],
                ..Batch::default()
            })
            .await?;
        }
        Ok(())
    }
}

/// What a password change did besides storing the password.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// This session under its new id, where it got one.
    pub renewed: Option<Session>,
    /// How many other sessions ended.
    pub ended: usize,
}
