//! Ending sessions: by the user, from another of their sessions, with a new password, with the
//! bench.
//!
//! A session ends when its record is removed. To remove the cookie only asks the browser to forget
//! it: anyone who copied it before still has it (worksheet 9, ASVS 7.4.1, CWE-613). So every verb
//! here removes records, and reports that only when the store has confirmed it.
//!
//! The difficulty is time. While a user ends a session, its thief may be using it, so it may be
//! rotated, opened again or changed at the same moment. Each verb says how it meets that.
//!
//! Refused alternative: a mark "ended" in the record. Every reader would have to look at the mark,
//! and one that forgets it accepts the session. A record that was removed cannot be accepted by
//! mistake.

use futures::future::try_join_all;

use super::{Session, SessionRecord};
use crate::base::event::{EndReason, EventKind};
use crate::defences::facts::PrivilegeChange;
use crate::session::accounts::Account;
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, RecordIndex, RecordKey, RecordKind, StorageError};

/// How many sessions a list shows and one commit ends. More than anybody reads, and few enough that
/// one commit stays within the time that a request to Redis may take.
pub const LIST_LIMIT: usize = 1_000;

/// How many records a list asks for at once. Redis answers them together; elsewhere it costs
/// nothing.
const AT_ONCE: usize = 100;

/// A session in a list: the record and its key, but not the id, which with a strong `at-rest`
/// nobody can know.
#[derive(Clone, Debug)]
pub struct ListedSession {
    /// The record's key. With a weak `at-rest` it is the id, so it must not appear on a page.
    pub key: RecordKey,
    /// The record, with the client's own name and the times that a user recognises it by.
    pub record: SessionRecord,
    /// The version that was read.
    pub version: u64,
    /// When it was last used. A use at a time when its owner was asleep is a thief's.
    pub last_used: crate::base::clock::BenchTime,
}

impl ListedSession {
    /// A name for the session in a form: a keyed fingerprint of its key, which signs nobody in. The
    /// key itself would, where `at-rest` is weak: one script on the page that lists sessions would
    /// have the ids of them all.
    ///
    /// A handle is no permission. The page looks it up among the user's own sessions only, so a
    /// handle of somebody else's session ends nothing.
    pub fn handle(&self, world: &World<'_>) -> String {
        world.fingerprint_of(self.key.name()).0
    }
}

impl World<'_> {
    /// Signs a session out. Both arms remove the cookie; whether the record is removed is the
    /// defence's decision. Returns whether it was.
    ///
    /// # Errors
    /// The store does not answer; then the user is not signed out, and must be told.
    pub async fn sign_out(&self, session: &Session) -> Result<bool, StorageError> {
        // STRONG: the record is removed, and with it every copy of the id becomes useless. By
        // `World::end`, and not by a plain removal: the session may have a new id by now.
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
        // WEAK: only the cookie is removed. Anyone who copied it before stays signed in. The user
        // sees the sign-in page and believes that the session has ended.
        self.note(EventKind::Ended {
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
    /// Users need this list: it is how somebody notices a session that is not theirs (ASVS 7.5.2).
    /// A theft of an id leaves no other trace: the thief's requests look like the user's.
    ///
    /// Expired ones are left out, because they are no longer accepted, whatever the store still
    /// holds.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn sessions(&self, of: Option<&str>) -> Result<Vec<ListedSession>, StorageError> {
        // Both indexes belong to one variant, and an owner's list to one user: the question itself
        // leaves no room for the sessions of others.
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
    /// A thief whose browser is busy has good chances to rotate the session at this very moment. To
    /// end "this id" would then end nothing, and to end "this session" has to follow it.
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
            // They must all be there. A session that a request beside this one rotates is no longer
            // stored under this key. A plain removal would find nothing, report success, and leave
            // the thief signed in under the new id.
            //
            // Presence and not the version: a change of a preference must not save a session.
            let present = |listed: &ListedSession| (listed.key.clone(), Expect::Present);
            batch.expect = chosen.iter().map(present).collect();
            if self.commit(batch).await? == Commit::Done {
                break;
            }
            chosen = self.still_there(chosen).await?;
        }
        Ok(())
    }

    /// What is left of these sessions: those that are there, and those that replaced the others.
    /// A session that somebody else ended leaves nothing, and the loop above comes to an end.
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
                    // Every rotation leaves the fingerprint of the id before, so the new session is
                    // found by what it came from.
                    let gone = Some(self.fingerprint_of(listed.key.name()));
                    let mut new = self.sessions(Some(user)).await?;
                    new.retain(|new| new.record.rotated_from == gone);
                    new
                }
                None => Vec::new(),
            };
            // Two of the chosen sessions may lead to the same one. A batch that removes one record
            // twice would also write its event twice.
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
    /// It looks again after each commit, and stops when the list is empty. Refused alternative: one
    /// list and one commit. What is opened between the two would stay.
    ///
    /// `except` is the session that the user is looking at. A rotation of a session that must end
    /// needs no special care here: its new record is in the next list.
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
            // Records that have expired are removed as well: with the clock put back they would be
            // accepted again. Only those that were live have an event.
            let mut batch = Batch::default();
            let mut live = self.sessions(Some(user)).await?;
            live.retain(|listed| remove.contains(&listed.key));
            ended += live.len();
            self.add_end(&mut batch, &live, reason);
            batch.remove = remove;
            self.commit(batch).await?;
        }
    }

    /// Adds removals and their events to a batch. They belong together: an end without an event
    /// leaves the user guessing, and an event without an end is a false comfort.
    fn add_end(&self, batch: &mut Batch, sessions: &[ListedSession], reason: EndReason) {
        for listed in sessions {
            batch.remove.push(listed.key.clone());
            batch.events.push(self.event(EventKind::Ended {
                user: listed.record.user.clone(),
                session: self.fingerprint_of(listed.key.name()),
                reason,
                record_removed: true,
            }));
        }
    }

    /// Stores a new password. In the same commit the other sessions of the user end and this one
    /// gets a new id, where the policy says so. `None` when the account or this session changed
    /// meanwhile: then nothing is stored, not even the password.
    ///
    /// The caller has checked the current password (ASVS 6.2.3). Otherwise anyone who finds an
    /// unlocked computer, or has one stolen id, keeps the account.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn change_password(
        &self,
        session: &Session,
        account: &Account,
    ) -> Result<Option<PasswordChange>, StorageError> {
        // The new password and the ends that it causes are one commit. In two, a crash between them
        // would change the password and leave the thief signed in, because of whom it was changed.
        let mut batch = Batch::default();
        // This expects the account in the version that the caller read. Of two password changes at
        // once one is done, and the other one's user is told to look again.
        self.add_account(&mut batch, account);
        let event = self.event(EventKind::PasswordChanged {
            user: account.user.clone(),
        });
        batch.events.push(event);
        // Tokens belong to no session, so ending sessions leaves them as they are. They need their
        // own end.
        let tokens_ended = self.add_token_revocation(&mut batch, &account.user).await?;

        let mut ended = 0;
        // STRONG: the other sessions end (ASVS 7.4.3). WEAK: anyone who signed in with the old
        // password stays signed in.
        if self.probe.sessions_on_password_change().ends_others() {
            let mut others = self.sessions(Some(&account.user)).await?;
            others.retain(|listed| listed.key != session.key);
            self.add_end(&mut batch, &others, EndReason::PasswordChange);
            ended = others.len();
        }
        // This session goes on under a new id, so a copy of its old one is no longer accepted.
        // Refused alternative: ending it as well. The user would have to sign in with the password
        // that they have entered a second ago, and would gain nothing.
        let renewed = if self
            .probe
            .rotation()
            .rotates(PrivilegeChange::PasswordChange)
        {
            // The presence, not the version: a preference that a copy of this session saves again
            // and again must not keep the owner from changing the password.
            batch.expect.push((session.key.clone(), Expect::Present));
            // The user has just proved who they are once more, so the absolute limit begins anew
            // (NIST SP 800-63B-4 §5.2).
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
            // commit. From the commit on none can: it expects the account as it was.
            let mine = renewed.as_ref().map_or(&session.key, |new| &new.key);
            let reason = EndReason::PasswordChange;
            ended += self.end_all(&account.user, Some(mine), reason).await?;
        }
        Ok(Some(PasswordChange { renewed, ended }))
    }

    /// Changes a session's record in place, where no other request changed it meanwhile. It is for
    /// preferences only: a change of rights must give the session a new id.
    ///
    /// On a conflict nothing is written, and it is not tried again. A second try without the
    /// condition could bring back a session that a sign-out has just ended.
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
}

/// What a password change did besides storing the password.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// This session under its new id, where it got one.
    pub renewed: Option<Session>,
    /// How many other sessions ended.
    pub ended: usize,
}
