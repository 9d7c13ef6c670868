//! The accounts of a world. The demo accounts need no record until they change, so that a bench is
//! made without writing anything.
//!
//! An account has two records. A sign-in depends on one of them, [`AccountRecord`]: the password and
//! the role. What users do every minute, send money and write about themselves, changes the other
//! one, [`ProfileRecord`]. With one record for both, every transfer would be a change that a sign-in
//! in flight must not overlook, and anyone who sends one credit after the other would keep the owner
//! out (CWE-667).

use serde::{Deserialize, Serialize};

use crate::base::event::EventKind;
use crate::defences::facts::Role;
use crate::defences::password_storage::{DEMO_PASSWORDS, StoredPassword};
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, RecordKey, RecordKind, StorageError};

/// What every demo account owns at first.
const FIRST_BALANCE: u64 = 1_000;

/// The longest text about oneself, in characters.
pub const ABOUT_LIMIT: usize = 500;

/// What a sign-in depends on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountRecord {
    /// The password as the arm of `password-storage` stored it.
    pub password: StoredPassword,
    /// What the user may do.
    pub role: Role,
}

/// What users change about their account without proving once more who they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProfileRecord {
    /// Pretend money.
    pub balance: u64,
    /// What the user says about themselves.
    pub about: String,
}

/// A profile as it was read.
#[derive(Clone, Debug)]
struct Profile {
    key: RecordKey,
    /// 0 while the profile is as the bench was made.
    version: u64,
    record: ProfileRecord,
}

/// An account as it was read.
#[derive(Clone, Debug)]
pub struct Account {
    /// The user's name.
    pub user: String,
    /// The key of its record, which may not be stored yet.
    pub key: RecordKey,
    /// 0 while the account is as the bench was made.
    pub version: u64,
    /// The record.
    pub record: AccountRecord,
}

/// Why a transfer did not happen.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Nobody has that name.
    #[error("nobody here is called that")]
    UnknownReceiver,
    /// From an account to itself.
    #[error("sender and receiver are the same")]
    SameAccount,
    /// Zero, or more than there is.
    #[error("the amount must be at least 1 and at most your balance")]
    BadAmount,
    /// The store did not do it.
    #[error(transparent)]
    StorageError(#[from] StorageError),
}

impl World<'_> {
    /// The account of that name, if there is one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn account(&self, user: &str) -> Result<Option<Account>, StorageError> {
        let Some(demo) = self.demo_account(user) else {
            return Ok(None);
        };
        let key = self.fixed_key(RecordKind::Account, user);
        let (version, record) = match self.read(&key).await? {
            Some(found) => (found.version, found.value),
            None => (0, demo),
        };
        Ok(Some(Account {
            user: user.to_owned(),
            key,
            version,
            record,
        }))
    }

    /// Stores a changed account, if nobody changed it meanwhile.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn save_account(&self, account: &Account) -> Result<Commit, StorageError> {
        let mut batch = Batch::default();
        self.add_account(&mut batch, account);
        self.commit(batch).await
    }

    /// Adds a changed account to a batch that does more besides.
    pub(crate) fn add_account(&self, batch: &mut Batch, account: &Account) {
        batch
            .expect
            .push((account.key.clone(), Expect::Version(account.version)));
        batch
            .put
            .push(self.put(&account.key, &account.record, None));
    }

    /// The profile of a user, if an account has that name.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn profile(&self, user: &str) -> Result<Option<ProfileRecord>, StorageError> {
        Ok(self.read_profile(user).await?.map(|profile| profile.record))
    }

    async fn read_profile(&self, user: &str) -> Result<Option<Profile>, StorageError> {
        if self.demo_account(user).is_none() {
            return Ok(None);
        }
        let key = self.fixed_key(RecordKind::Profile, user);
        let (version, record) = match self.read(&key).await? {
            Some(found) => (found.version, found.value),
            None => (0, ProfileRecord::new()),
        };
        Ok(Some(Profile {
            key,
            version,
            record,
        }))
    }

    fn add_profile(&self, batch: &mut Batch, profile: &Profile) {
        let expect = Expect::Version(profile.version);
        batch.expect.push((profile.key.clone(), expect));
        let put = self.put(&profile.key, &profile.record, None);
        batch.put.push(put);
    }

    /// Stores what a user says about themselves. `false` where no account has that name.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn save_about(&self, user: &str, about: &str) -> Result<bool, StorageError> {
        let mut transaction = self.bench.transact("a profile");
        loop {
            transaction.attempt().await?;
            let Some(mut profile) = self.read_profile(user).await? else {
                return Ok(false);
            };
            about.clone_into(&mut profile.record.about);
            let mut batch = Batch::default();
            self.add_profile(&mut batch, &profile);
            if self.commit(batch).await? == Commit::Done {
                return Ok(true);
            }
        }
    }

    /// Moves pretend money, in one commit with its event.
    ///
    /// # Errors
    /// See [`TransferError`].
    pub async fn transfer(
        &self,
        from: &str,
        to: &str,
        amount: u64,
        method: &str,
    ) -> Result<u64, TransferError> {
        if from == to {
            return Err(TransferError::SameAccount);
        }
        let mut transaction = self.bench.transact("the balance of an account");
        loop {
            // Balances are read at each attempt. With those of the first one, two transfers at once
            // would spend the same money twice (CWE-362).
            transaction.attempt().await?;
            let (Some(mut sender), Some(mut receiver)) =
                (self.read_profile(from).await?, self.read_profile(to).await?)
            else {
                return Err(TransferError::UnknownReceiver);
            };
            if amount == 0 || amount > sender.record.balance {
                return Err(TransferError::BadAmount);
            }
            sender.record.balance -= amount;
            receiver.record.balance = receiver.record.balance.saturating_add(amount);
            let mut batch = Batch::default();
            self.add_profile(&mut batch, &sender);
            self.add_profile(&mut batch, &receiver);
            batch.events.push(self.event(EventKind::Transferred {
                from: from.to_owned(),
                to: to.to_owned(),
                amount,
                method: method.to_owned(),
            }));
            if self.commit(batch).await? == Commit::Done {
                return Ok(sender.record.balance);
            }
        }
    }

    /// The account as the bench was made, if the name is one of the demo accounts.
    fn demo_account(&self, user: &str) -> Option<AccountRecord> {
        let (user, _) = DEMO_PASSWORDS.iter().find(|(name, _)| *name == user)?;
        Some(AccountRecord {
            password: self
                .probe
                .password_storage()
                .demo(user, self.bench.hash_cost())?,
            role: if *user == "admin" {
                Role::Admin
            } else {
                Role::Student
            },
        })
    }
}

impl ProfileRecord {
    /// The profile of a demo account as the bench was made.
    fn new() -> Self {
        Self {
            balance: FIRST_BALANCE,
            about: String::new(),
        }
    }
}
