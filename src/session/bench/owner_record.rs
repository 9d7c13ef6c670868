//! What the store keeps of a bench's owner: hashes, and no secret.
//!
//! The secrets are 128 random bits, so a fast hash is enough: nobody can try them all. (A password
//! needs a slow one, because people choose few.) Anyone who reads the store learns that a bench has an
//! owner, and gets in nowhere.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use crate::base::clock::BenchTime;
use crate::session::bench::BenchName;
use crate::storage::{Batch, Commit, Expect, Put, RecordKey, RecordKind, Storage, StorageError};

/// How many browsers and terminals of one bench have a secret at the same time: two students of a pair,
/// each with a browser and a terminal, and as many again. The oldest makes room.
pub(super) const MOST_SECRETS: usize = 8;

/// How often a change is tried again where another one was first.
const MOST_ATTEMPTS: usize = 50;

/// The name of the record on its bench.
const NAME: &str = "control";

/// The owner of a bench, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OwnerRecord {
    /// The hashes of the secrets that are accepted, the oldest first.
    pub secrets: Vec<String>,
    /// The hash of the key of the link that was not opened yet.
    pub link: Option<String>,
}

impl OwnerRecord {
    /// Whether one of the stored hashes is that of this secret. All of them are compared, each in
    /// constant time.
    pub fn accepts(&self, secret: &str) -> bool {
        let given = hash(secret);
        let same = |kept: &String| u8::from(bool::from(kept.as_bytes().ct_eq(given.as_bytes())));
        self.secrets.iter().map(same).sum::<u8>() > 0
    }

    /// Whether this is the key of the link, compared in constant time.
    pub fn opens(&self, key: &str) -> bool {
        let given = hash(key);
        let kept = self.link.as_deref().unwrap_or_default();
        kept.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Takes one more secret, and drops the oldest where there are too many.
    pub fn accept(&mut self, secret: &str) {
        self.secrets.push(hash(secret));
        let too_many = self.secrets.len().saturating_sub(MOST_SECRETS);
        self.secrets.drain(..too_many);
    }

    /// The record of a bench, with its version; `None` where the bench was never made.
    pub async fn read(
        storage: &dyn Storage,
        bench: &BenchName,
    ) -> Result<Option<(Self, u64)>, StorageError> {
        let Some(stored) = storage.read(bench, &key()?).await? else {
            return Ok(None);
        };
        let record = serde_json::from_slice(&stored.value);
        let record = record.map_err(|error| {
            StorageError::Corrupt(format!("the owner of the bench {bench}: {error}"))
        })?;
        Ok(Some((record, stored.version)))
    }

    /// Stores the first record of a bench; `false` where there is one already.
    pub async fn make(
        &self,
        storage: &dyn Storage,
        bench: &BenchName,
    ) -> Result<bool, StorageError> {
        self.store(storage, bench, Expect::Absent).await
    }

    /// Changes the record, also where something else changes it at the same time. `None` where the
    /// bench was never made. Where the change answers `None` nothing is stored.
    pub async fn change<T>(
        storage: &dyn Storage,
        bench: &BenchName,
        change: impl Fn(&mut Self) -> Option<T>,
    ) -> Result<Option<T>, StorageError> {
        for _ in 0..MOST_ATTEMPTS {
            let Some((mut record, version)) = Self::read(storage, bench).await? else {
                return Ok(None);
            };
            let Some(answer) = change(&mut record) else {
                return Ok(None);
            };
            let expected = Expect::Version(version);
            if record.store(storage, bench, expected).await? {
                return Ok(Some(answer));
            }
        }
        Err(StorageError::Contended("the owner of the bench"))
    }

    async fn store(
        &self,
        storage: &dyn Storage,
        bench: &BenchName,
        expected: Expect,
    ) -> Result<bool, StorageError> {
        let key = key()?;
        let value =
            serde_json::to_vec(self).map_err(|error| StorageError::Defect(error.to_string()))?;
        let batch = Batch {
            expect: vec![(key.clone(), expected)],
            put: vec![Put {
                key,
                value,
                last_used: BenchTime::now(std::time::Duration::ZERO),
                expires_at: BenchTime::FOREVER,
                owner: None,
                replaces: None,
            }],
            ..Batch::default()
        };
        Ok(storage.commit(bench, batch).await? == Commit::Done)
    }
}

/// The hash of a secret as it is stored.
pub(super) fn hash(secret: &str) -> String {
    let hash = Sha256::digest(secret);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn key() -> Result<RecordKey, StorageError> {
    let key = RecordKey::new(None, RecordKind::Owner, NAME);
    key.ok_or_else(|| StorageError::Defect("a literal is no name of a record".into()))
}
