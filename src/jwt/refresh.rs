//! Families of refresh tokens: what the server remembers between a sign-in and the last refresh.
//!
//! A family begins with a sign-in and has one newest token. Every verb is one commit, so that of two
//! requests with the same token only one gets the next. Whether a used token ends the family is
//! `refresh-rotation`'s decision. Next: [`super::revoke`].

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::issue;
use super::keys::KeyRing;
use super::token::Claims;
use crate::base::clock::BenchTime;
use crate::base::event::What;
use crate::defences::refresh_rotation::Use;
use crate::session::accounts::Account;
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, Put, RecordKind, StorageError};

/// How long a family lasts, however often it is refreshed: the lab's own ceiling of 30 days.
pub const FAMILY_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);

/// What is stored of a family.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Family {
    user: String,
    /// The `jti` of the newest refresh token.
    newest: String,
    /// When its user signed in.
    begun: BenchTime,
}

/// The names of a pair of tokens that is about to be issued.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The user.
    pub user: String,
    /// The family.
    pub family: String,
    /// The `jti` of the access token.
    pub access: String,
    /// The `jti` of the refresh token, where a new one is issued.
    pub refresh: Option<String>,
    /// When both are issued, in whole seconds.
    pub at: u64,
}

/// Why a pair of tokens is not issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The account changed between the password check and the commit.
    #[error("the account changed while you signed in")]
    AccountChanged,
    /// The refresh token belongs to no family that lives.
    #[error("the refresh token opens nothing")]
    NoFamily,
    /// The refresh token was used before, so its family has ended.
    #[error("the refresh token was used before")]
    UsedBefore,
    /// The store does not answer.
    #[error(transparent)]
    StorageError(#[from] StorageError),
}

impl World<'_> {
    /// The keys of this world, as old as they are now.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn key_ring(&self) -> Result<KeyRing, StorageError> {
        let since = self.read::<BenchTime>(&self.keys_since()).await?;
        let age = since.map_or(Duration::ZERO, |since| self.now.since(since.value));
        let of = format!("{} {}", self.bench.name(), self.variant);
        let keys = self.bench.keys();
        Ok(KeyRing::new(self.probe, age, |kid| {
            keys.jwt(&format!("{of} {kid}"))
        }))
    }

    fn keys_since(&self) -> crate::storage::RecordKey {
        self.fixed_key(RecordKind::Counter, "token-keys-since")
    }

    /// Begins a family for an account whose password was right. The first of a world also notes from
    /// when on its keys count.
    ///
    /// # Errors
    /// [`IssueError::AccountChanged`]: a password change beats a sign-in in flight (CWE-362).
    pub async fn begin_family(&self, account: &Account) -> Result<Issued, IssueError> {
        let issued = self.issued(&account.user, random_name()?, true).await?;
        loop {
            let mut batch = Batch::default();
            let unchanged = (account.key.clone(), Expect::Version(account.version));
            batch.expect.push(unchanged);
            let since = self.keys_since();
            let is_first = self.read::<BenchTime>(&since).await?.is_none();
            if is_first {
                batch.expect.push((since.clone(), Expect::Absent));
                batch.put.push(self.put(&since, &self.now, None));
            }
            let family = Family {
                user: account.user.clone(),
                newest: issued.refresh.clone().unwrap_or_default(),
                begun: self.now,
            };
            batch.put.push(self.family_put(&issued.family, &family));
            batch.events.push(self.event(What::TokenIssued {
                user: account.user.clone(),
                token: self.fingerprint_of(&issued.access),
                refreshed: false,
            }));
            if self.commit(batch).await? == Commit::Done {
                return Ok(issued);
            }
            let now = self.account(&account.user).await?;
            if now.is_none_or(|now| now.version != account.version) {
                return Err(IssueError::AccountChanged);
            }
        }
    }

    /// Takes a refresh token that passed the verifier.
    ///
    /// # Errors
    /// See [`IssueError`].
    pub async fn refresh(&self, claims: &Claims) -> Result<Issued, IssueError> {
        let family = claims.text("sid").unwrap_or_default();
        let jti = claims.jti.as_deref().unwrap_or_default();
        let key = self
            .key(RecordKind::RefreshFamily, family)
            .ok_or(IssueError::NoFamily)?;
        loop {
            let found = self.read::<Family>(&key).await?;
            let alive = found.filter(|found| self.now < found.expires_at);
            let found = alive.ok_or(IssueError::NoFamily)?;
            let user = found.value.user.clone();
            let mut batch = Batch {
                expect: vec![(key.clone(), Expect::Version(found.version))],
                ..Batch::default()
            };
            let judged = self
                .probe
                .refresh_rotation()
                .judge(jti == found.value.newest);
            if judged == Use::EndFamily {
                batch.remove.push(key.clone());
                batch.events.push(self.event(What::FamilyEnded { user }));
                if self.commit(batch).await? == Commit::Done {
                    return Err(IssueError::UsedBefore);
                }
                continue;
            }
            let exchange = judged == Use::Exchange;
            let issued = self.issued(&user, family.to_owned(), exchange).await?;
            let mut changed = found.value;
            if let Some(next) = &issued.refresh {
                changed.newest.clone_from(next);
            }
            batch.put.push(self.family_put(family, &changed));
            batch.events.push(self.event(What::TokenIssued {
                user,
                token: self.fingerprint_of(&issued.access),
                refreshed: true,
            }));
            if self.commit(batch).await? == Commit::Done {
                return Ok(issued);
            }
        }
    }

    async fn issued(
        &self,
        user: &str,
        family: String,
        with_refresh: bool,
    ) -> Result<Issued, StorageError> {
        let changed = self.password_changed(user).await?;
        let refresh = if with_refresh {
            Some(random_name()?)
        } else {
            None
        };
        Ok(Issued {
            user: user.to_owned(),
            family,
            access: random_name()?,
            refresh,
            at: issue::issued_at(self.now, changed),
        })
    }

    /// A family's record. It ends a week after its last refresh, and 30 days after its sign-in.
    fn family_put(&self, name: &str, family: &Family) -> Put {
        let key = self.fixed_key(RecordKind::RefreshFamily, name);
        let idle = self.now.after(issue::REFRESH_LIFE);
        Put {
            expires_at: idle.min(family.begun.after(FAMILY_LIFE)),
            ..self.put(&key, family, Some(&family.user))
        }
    }
}

fn random_name() -> Result<String, StorageError> {
    let no_randomness = |error| StorageError(format!("no random bytes: {error}"));
    issue::random_name().map_err(no_randomness)
}
