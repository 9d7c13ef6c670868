//! Families of refresh tokens: what the server remembers between a sign-in and the last refresh.
//!
//! A family begins with a sign-in and knows the id of its newest token. It is what makes a refresh
//! token different from an access token: it can be ended. Whether a used token ends the family is
//! `refresh-rotation`'s decision (RFC 9700 §4.14.2).
//!
//! Why two kinds of token? An access token travels with every request and cannot be ended well, so
//! it lives for minutes. A refresh token travels rarely and can be ended, so it may live for days.
//! A thief wants the second one. Refused alternative: access tokens that live for days. Every
//! request would carry the more valuable secret, and each look-up that was saved would be needed
//! after all.
//!
//! Each function here is one commit that names the version it read. Of two requests with the same
//! token, in the same millisecond and on two instances, only one gets the next token; the other
//! reads again and finds that its token was used. Without that, a thief who is fast enough and the
//! user would each get a next token, and nobody would notice the theft. Next: [`super::revoke`].

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::issue;
use super::keys::KeyRing;
use super::token::Claims;
use super::verify::seconds;
use crate::base::clock::BenchTime;
use crate::base::event::EventKind;
use crate::defences::refresh_rotation::RefreshDecision;
use crate::session::accounts::Account;
use crate::session::bench::BenchKeys;
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, Put, RecordKind, StorageError};

/// How long a family lasts, however often it is refreshed: the lab's own limit of 30 days. It is
/// the absolute timeout of tokens: a thief who refreshes in time stays signed in no longer than
/// that.
pub const FAMILY_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// What is stored of a family. No token is among it: the store holds nothing that can be sent. A
/// thief of the store learns a `jti`, and cannot sign a token with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct RefreshFamily {
    /// The user, as the password check found them. A refresh takes the user from here and not from
    /// the token.
    user: String,
    /// The `jti` of the newest refresh token. Any other one of this family was used before, so one
    /// id is enough and the record does not grow.
    newest: String,
    /// When its user signed in. No refresh moves it.
    begun: BenchTime,
}

/// A pair of tokens that is about to be issued: the family is stored, and the tokens can be signed.
/// The order matters: a refresh token that was sent without a stored family would be refused at its
/// first use.
#[derive(Clone, Debug)]
pub struct IssuedTokens {
    /// The user, from the family's record.
    pub user: String,
    /// The name of the family, which both tokens carry as `sid`.
    pub family: String,
    /// The `jti` of the access token, by which it can be revoked.
    pub access: String,
    /// The `jti` of the refresh token, where a new one is issued.
    pub refresh: Option<String>,
    /// When both are issued, in whole seconds.
    pub at: u64,
}

/// Why a pair of tokens is not issued. In every case nothing was issued, so the page must sign in
/// again or ask again.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The account changed between the password check and the commit.
    #[error("the account changed while you signed in")]
    AccountChanged,
    /// The refresh token belongs to no family, or to one that has ended. The two are not told
    /// apart.
    #[error("the refresh token is not accepted")]
    NoFamily,
    /// The refresh token was used before, so its family has ended.
    #[error("the refresh token was used before")]
    UsedBefore,
    /// The store does not answer.
    #[error(transparent)]
    StorageError(#[from] StorageError),
}

impl World<'_> {
    /// The keys of this world at the present moment. Their age is counted from the first sign-in
    /// with tokens, on the bench's clock, so that students can see a month pass.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn key_ring(&self) -> Result<KeyRing, StorageError> {
        let since = self.read::<BenchTime>(&self.keys_since()).await?;
        let age = since.map_or(Duration::ZERO, |since| self.now.since(since.value));
        // Bench and variant are part of what each key is derived from. A token of the insecure
        // portal, whose key may be a word, has a wrong signature at the hardened one. Neither name
        // contains a space, so no two worlds have the same text here.
        //
        // A reset of the bench removes the denylist, so it also makes new keys. With the old ones a
        // token that was signed out would be accepted again until it expires.
        let of = match self.bench.resets() {
            0 => format!("{} {}", self.bench.name(), self.variant),
            resets => format!("{} {} reset-{resets}", self.bench.name(), self.variant),
        };
        let ring = |keys: &BenchKeys| {
            KeyRing::new(self.probe, age, |kid| keys.jwt(&format!("{of} {kid}")))
                .from_word(self.bench.jwt_word())
        };
        let earlier = self.earlier_keys().map(ring).collect();
        Ok(ring(self.bench.keys()).with_earlier(earlier))
    }

    /// Where the moment of the first sign-in with tokens is stored. It is in the store and not in
    /// this process: after a restart the keys must be as old as before, or a retired one would be
    /// back.
    fn keys_since(&self) -> crate::storage::RecordKey {
        self.fixed_key(RecordKind::Counter, "token-keys-since")
    }

    /// Begins a family for an account whose password was right. The first one of a world also
    /// stores since when its keys are in use.
    ///
    /// At the API the caller has checked the password, counted by the throttle like every sign-in:
    /// an attacker takes the way that is not counted (CWE-288). The lab's own workbench calls this
    /// without a password, for the student's accounts.
    ///
    /// # Errors
    /// [`IssueError::AccountChanged`]: a password change beats a sign-in in flight (CWE-362).
    pub async fn begin_family(&self, account: &Account) -> Result<IssuedTokens, IssueError> {
        let mut transaction = self.bench.transact("the keys of tokens");
        loop {
            transaction.attempt().await?;
            // A new name for each sign-in, so that ending one family does not sign the user out
            // elsewhere.
            let issued = self.issued(&account.user, random_id()?, true).await?;
            let mut batch = Batch::default();
            // The commit succeeds only if the account still has the version whose password was
            // checked. Otherwise an attacker who signs in with the old password while the user
            // changes it would get a family that outlives the change.
            let unchanged = (account.key.clone(), Expect::Version(account.version));
            batch.expect.push(unchanged);
            let since = self.keys_since();
            let found = self.read::<BenchTime>(&since).await?;
            let version = found.as_ref().map_or(0, |found| found.version);
            // One from the future was written while the clock was wrong: the keys would not age.
            if found.is_none_or(|found| found.value.is_from_the_future(self.now)) {
                // Of two first sign-ins only one sets the time; the other one begins again.
                batch.expect.push((since.clone(), Expect::Version(version)));
                batch.put.push(self.put(&since, &self.now, None));
            }
            self.add_password_change_again(&mut batch, &account.user)
                .await?;
            let family = RefreshFamily {
                user: account.user.clone(),
                newest: issued.refresh.clone().unwrap_or_default(),
                // Not dated before the password that it rests on, just as its tokens.
                begun: self.now.max(BenchTime::from_millis(issued.at * 1000)),
            };
            batch.put.push(self.family_put(&issued.family, &family));
            batch.events.push(self.event(EventKind::TokenIssued {
                user: account.user.clone(),
                // A fingerprint: the journal never contains an id, a token or a password.
                token: self.fingerprint_of(&issued.access),
                refreshed: false,
            }));
            if self.commit(batch).await? == Commit::Done {
                return Ok(issued);
            }
            // The commit was refused: because of the account, which is final, or because another
            // sign-in was first, which is not.
            let now = self.account(&account.user).await?;
            if now.is_none_or(|now| now.version != account.version) {
                return Err(IssueError::AccountChanged);
            }
        }
    }

    /// Exchanges a refresh token that passed the verifier. What the verifier cannot know is whether
    /// the token was used before; only the stored family shows that.
    ///
    /// The claims must come from the verifier. With unverified ones an attacker would write the
    /// name of any family into `sid`.
    ///
    /// # Errors
    /// See [`IssueError`].
    pub async fn refresh(&self, claims: &Claims) -> Result<IssuedTokens, IssueError> {
        let family = claims.text("sid").unwrap_or_default();
        let jti = claims.jti.as_deref().unwrap_or_default();
        // A token without a family, or with one that cannot be a name, is refused like one whose
        // family has ended: the answer does not say which.
        let key = self
            .key(RecordKind::RefreshFamily, family)
            .ok_or(IssueError::NoFamily)?;
        let mut transaction = self.bench.transact("a family of refresh tokens");
        loop {
            transaction.attempt().await?;
            let found = self.read::<RefreshFamily>(&key).await?;
            // The store sweeps expired records from time to time; whether this one counts is
            // decided here, on the bench's clock.
            let alive = found.filter(|found| self.now < found.expires_at);
            let found = alive.ok_or(IssueError::NoFamily)?;
            // No limit can be counted from a time in the future, so the family has ended. The clock
            // is read again first: a student may have moved it ahead since this request arrived.
            let ahead = |now| {
                let times = [found.value.begun, found.last_used];
                times.iter().any(|time| time.is_from_the_future(now))
            };
            if ahead(self.now) && ahead(self.bench.read_clock().await?) {
                let batch = Batch {
                    expect: vec![(key.clone(), Expect::Version(found.version))],
                    remove: vec![key.clone()],
                    ..Batch::default()
                };
                self.commit(batch).await?;
                return Err(IssueError::NoFamily);
            }
            let user = found.value.user.clone();
            // A family from before a new password has ended, also where the user had so many that the
            // change did not remove them all.
            let changed = self.password_changed(&user).await?;
            if changed.is_some_and(|changed| self.predates(found.value.begun, changed)) {
                return Err(IssueError::NoFamily);
            }
            // Everything below is decided from this version of the family. If another request
            // changed it in the meantime, the commit fails and the loop decides again.
            let mut batch = Batch {
                expect: vec![(key.clone(), Expect::Version(found.version))],
                ..Batch::default()
            };
            // A plain comparison: both ids are in tokens that the portal signed, so there is
            // nothing to find out letter by letter.
            let decision = self
                .probe
                .refresh_rotation()
                .decide(jti == found.value.newest);
            if decision == RefreshDecision::EndFamily {
                // Thief and user hold tokens of this family, and both lose it. The commit names the
                // version, so the family cannot move on between the check and the end. The access
                // tokens that came from it end in the same commit, where the policy remembers that:
                // otherwise the thief would go on with one of them until it expires.
                batch.remove.push(key.clone());
                batch.put.extend(self.ended_sign_in(claims));
                batch
                    .events
                    .push(self.event(EventKind::FamilyEnded { user }));
                if self.commit(batch).await? == Commit::Done {
                    return Err(IssueError::UsedBefore);
                }
                continue;
            }
            let exchange = decision == RefreshDecision::Exchange;
            let issued = self.issued(&user, family.to_owned(), exchange).await?;
            // Without a new refresh token (the weak arm) the family stays as it is and only lasts
            // longer.
            let mut changed = found.value;
            if let Some(next) = &issued.refresh {
                changed.newest.clone_from(next);
            }
            // An exchange uses up the token that arrived and issues the next one in one commit. In
            // two, a crash would leave the user with a used token, and the next refresh would look
            // like a theft.
            batch.put.push(self.family_put(family, &changed));
            batch.events.push(self.event(EventKind::TokenIssued {
                user,
                token: self.fingerprint_of(&issued.access),
                refreshed: true,
            }));
            if self.commit(batch).await? == Commit::Done {
                return Ok(issued);
            }
        }
    }

    /// The ids of a new pair. The random bytes are drawn before the commit: if the system has none,
    /// nothing has changed.
    async fn issued(
        &self,
        user: &str,
        family: String,
        with_refresh: bool,
    ) -> Result<IssuedTokens, StorageError> {
        // See `issue::issued_at`: a token must not be dated before the password that it rests on.
        let changed = self.password_changed(user).await?;
        let refresh = if with_refresh {
            Some(random_id()?)
        } else {
            None
        };
        Ok(IssuedTokens {
            user: user.to_owned(),
            family,
            access: random_id()?,
            refresh,
            at: issue::issued_at(self.now, changed),
        })
    }

    /// Whether a family that began at that moment is older than a password of this one.
    fn predates(&self, begun: BenchTime, changed: u64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "seconds need 31 bits of the 53")]
        let changed = changed as f64;
        let revocation = self.probe.jwt_revocation();
        revocation.predates_password(Some(seconds(begun)), changed)
    }

    /// A family's record. It ends a week after its last refresh, and at the latest 30 days after
    /// its sign-in: an idle timeout and an absolute one, as for sessions.
    fn family_put(&self, name: &str, family: &RefreshFamily) -> Put {
        let key = self.fixed_key(RecordKind::RefreshFamily, name);
        let idle = self.now.after(issue::REFRESH_LIFETIME);
        Put {
            expires_at: idle.min(family.begun.after(FAMILY_LIFETIME)),
            ..self.put(&key, family, Some(&family.user))
        }
    }
}

/// Without random bytes nothing is issued. Refused alternative: another source, such as the time.
/// An id that can be guessed is worse than an error.
fn random_id() -> Result<String, StorageError> {
    Ok(issue::random_id()?)
}
