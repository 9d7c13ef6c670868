//! The accounts of a world. The demo accounts need no record until they change, so that a bench is
//! made without writing anything.
//!
//! An account has two records. A sign-in depends on one of them, [`AccountRecord`]: the password and
//! the role. What users do every minute, send money and write about themselves, changes the other
//! one, [`ProfileRecord`]. With one record for both, every transfer would be a change that a sign-in
//! in flight must not overlook, and anyone who sends one credit after the other would keep the owner
//! out (CWE-667).
//!
//! Every change here names the version of the account that it was decided on. Without that an
//! attacker sends two requests at once: both see the old state, both are allowed, and the second
//! one overwrites what the first one did (CWE-362). Next: [`super::sign_in`], where the same
//! condition stops a sign-in with an old password.

use serde::{Deserialize, Serialize};

use crate::base::event::EventKind;
use crate::defences::facts::Role;
use crate::defences::password_storage::{DEMO_PASSWORDS, StoredPassword};
use crate::session::world::World;
use crate::storage::{Batch, Commit, Expect, RecordKey, RecordKind, StorageError};

/// What every demo account owns at first.
const FIRST_BALANCE: u64 = 1_000;

/// The longest text that users write about themselves, in characters.
pub const ABOUT_LIMIT: usize = 500;

/// What a sign-in depends on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountRecord {
    /// The password as the arm of `password-storage` stored it. Its `Debug` prints no password, so
    /// this structure may appear in an error.
    pub password: StoredPassword,
    /// What the user may do. The strong `role-source` reads it here at each request: what a browser
    /// or a token says about a role was perhaps written by its owner.
    pub role: Role,
}

/// What users change about their account without proving once more who they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProfileRecord {
    /// Pretend money. Unsigned: with a signed type a transfer of minus 100 would take money from
    /// its receiver, unless every caller remembered to check.
    pub balance: u64,
    /// What the user says about themselves, unchanged, as with notices.
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
    /// The user's name, as the list of accounts spells it.
    pub user: String,
    /// The key of its record, which may not be stored yet.
    pub key: RecordKey,
    /// The version that was read; 0 while the account is as the bench was made. A commit that
    /// expects 0 expects that no record exists, so the first change is protected like every other.
    pub version: u64,
    /// What the account held then.
    pub record: AccountRecord,
}

/// Why a transfer did not happen. The first case says that no account has the name. Here everyone
/// knows the names: the lab's front page lists them. A portal whose accounts are private must give
/// one answer for all cases (CWE-204).
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Nobody has that name.
    #[error("nobody here is called that")]
    UnknownReceiver,
    /// From an account to itself.
    #[error("sender and receiver are the same")]
    SameAccount,
    /// Zero, more than there is, or no whole number.
    #[error("the amount must be a whole number, at least 1 and at most your balance")]
    BadAmount,
    /// The store did not do it.
    #[error(transparent)]
    StorageError(#[from] StorageError),
}

impl World<'_> {
    /// The account of that name, if there is one. A stranger typed the name.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn account(&self, user: &str) -> Result<Option<Account>, StorageError> {
        // First the fixed list, then the store. Only a name of the list becomes a key, so no text
        // that somebody typed reaches the store. An unknown name costs no look-up.
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

    /// Stores a changed account, if nobody changed it meanwhile. [`Commit::Conflict`] otherwise:
    /// the caller read an account that no longer exists in this form, and must tell its user.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn save_account(&self, account: &Account) -> Result<Commit, StorageError> {
        let mut batch = Batch::default();
        self.add_account(&mut batch, account);
        self.commit(batch).await
    }

    /// Adds a changed account to a batch that does more besides, with the version as a condition.
    /// There is no way to write an account without the condition.
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
        if DEMO_PASSWORDS.iter().all(|(name, _)| *name != user) {
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

    /// Moves pretend money, in one commit with its event. Returns the sender's new balance.
    ///
    /// `from` is the user of the session and never a field of the form: otherwise anyone could send
    /// the money of anyone. Whether the user meant to send it is not asked here, but by
    /// `csrf-token`, `request-origin` and `safe-methods` before.
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
        // A transfer to oneself would read the account twice and write it twice. The second copy
        // holds the old balance plus the amount, and the money would come from nowhere.
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
            // Inside the loop, with the balance that the commit expects (ASVS 15.4.2). A check
            // before the loop would compare with a balance that another transfer has already spent.
            if amount == 0 || amount > sender.record.balance {
                return Err(TransferError::BadAmount);
            }
            // The check above makes this subtraction safe. The addition stops at the largest
            // number: one that wraps around would make a rich receiver poor.
            sender.record.balance -= amount;
            receiver.record.balance = receiver.record.balance.saturating_add(amount);
            // Both accounts in one commit. A crash between two commits would destroy money, or make
            // it.
            let mut batch = Batch::default();
            self.add_profile(&mut batch, &sender);
            self.add_profile(&mut batch, &receiver);
            // The method is part of the event: a transfer by GET is the trace of a forged request.
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

    /// The account as the bench was made, if the name is one of the demo accounts. Its password is
    /// not a secret (CWE-798 in a real portal): a lab for one computer needs accounts that everyone
    /// knows.
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
