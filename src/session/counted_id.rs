//! The numbers of the weak `id-source`: which of them comes next. Worksheet 07.
//!
//! The next number is the one after the last. It may be taken, because where `adoption` is weak a
//! visitor chooses it: the guess that the worksheet asks for is then a session. Such a number is
//! skipped, since two visitors who share a record share an account. Next: [`super::sign_in`].

use std::collections::HashSet;

use super::SessionId;
use crate::defences::IdSource;
use crate::defences::id_source::FIRST_NUMBER;
use crate::defences::policy::Variant;
use crate::session::world::World;
use crate::storage::{Batch, Expect, RecordIndex, RecordKey, RecordKind, StorageError};

/// How many numbers are tried one after the other. A student's guesses take no more than these.
const IN_A_ROW: u32 = 8;

/// How far a search for a free number goes at most: 2 to this power.
const FURTHEST: u32 = 40;

/// The highest count that is believed. What is above it, somebody wrote by hand.
const HIGHEST: u64 = 1 << 53;

/// The highest number that a lost counter continues above. A visitor may have invented a higher one.
const HIGHEST_SEEN: u64 = 1 << 40;

/// How many sessions are looked at where the counter is lost.
const LOOKED_AT: usize = 20_000;

/// How many numbers are tried where the counter is lost and the store has hashes only.
const HASHED: u64 = 1 << 16;

/// How many numbers a variant has to itself where ids are counted.
const NUMBERS_A_VARIANT: u64 = 1_000_000;

impl World<'_> {
    /// The count for the next id, and in the batch what raises it: of two sessions that are opened
    /// at once, on two labs as well, only one gets this number.
    pub(super) async fn next_count(&self, batch: &mut Batch) -> Result<u64, StorageError> {
        let key = self.fixed_key(RecordKind::Counter, "session-ids");
        let found = self.read::<u64>(&key).await?;
        let version = found.as_ref().map_or(0, |found| found.version);
        let known = found.map(|found| found.value);
        let from = match known.filter(|count| *count <= HIGHEST) {
            Some(count) => count,
            None => self.count_after_all().await?,
        };
        let count = self.free_count(from).await?;
        batch.expect.push((key.clone(), Expect::Version(version)));
        batch.put.push(self.put(&key, &(count + 1), None));
        Ok(count)
    }

    /// The first free count from here on, or one not far behind it.
    ///
    /// An attacker may have taken thousands in a row. To try them all at each sign-in would be the
    /// attack's success, so after the first few the search takes longer and longer steps. They are
    /// random: steps that are known could be taken in advance.
    async fn free_count(&self, from: u64) -> Result<u64, StorageError> {
        for step in 0..IN_A_ROW {
            let count = from + u64::from(step);
            if !self.is_taken(count).await? {
                return Ok(count);
            }
        }
        for power in IN_A_ROW.ilog2()..FURTHEST {
            let mut random = [0; 8];
            getrandom::fill(&mut random)?;
            let step = 1 << power;
            let count = from + step + u64::from_le_bytes(random) % step;
            if !self.is_taken(count).await? {
                return Ok(count);
            }
        }
        Err(StorageError::Contended("the number of the next session"))
    }

    /// Where this world begins to count. Variants whose cookies share a name count in separate
    /// ranges: a browser sends the number of one also to the others, and there it would be the session
    /// of the user who happens to have the same number.
    pub(super) fn first_count(&self) -> u64 {
        let beside = Variant::all().position(|variant| variant == self.variant);
        match self.variant {
            Variant::Without(_) | Variant::Only(_) => {
                NUMBERS_A_VARIANT * beside.map_or(0, |at| at as u64)
            }
            _ => 0,
        }
    }

    async fn is_taken(&self, count: u64) -> Result<bool, StorageError> {
        let id = SessionId::parse(&IdSource::Counter.issue(self.first_count() + count)?);
        let key = id.and_then(|id| self.session_key(&id));
        let key = key.ok_or_else(|| StorageError::Defect("a number is no id".into()))?;
        self.is_stored(&key).await
    }

    /// Whether anything is stored there, also something that cannot be read.
    pub(super) async fn is_stored(&self, key: &RecordKey) -> Result<bool, StorageError> {
        let (storage, bench) = (self.bench.storage(), self.bench.name());
        Ok(storage.read(bench, key).await?.is_some())
    }

    /// The key under which the session with this id is stored.
    pub(super) fn session_key(&self, id: &SessionId) -> Option<RecordKey> {
        self.key(RecordKind::Session, &self.probe.at_rest().key(id.expose()))
    }

    /// The count after all sessions there are. It is asked for when a world opens its first session,
    /// and when somebody removed the counter.
    async fn count_after_all(&self) -> Result<u64, StorageError> {
        let index = RecordIndex::Kind(Some(self.variant), RecordKind::Session);
        let storage = self.bench.storage();
        let members = storage
            .members(self.bench.name(), &index, LOOKED_AT)
            .await?;
        let names: HashSet<&str> = members.iter().map(RecordKey::name).collect();
        let first = FIRST_NUMBER + self.first_count();
        let numbers = names.iter().filter_map(|name| name.parse::<u64>().ok());
        let seen = numbers.filter(|number| (first..HIGHEST_SEEN).contains(number));
        let mut after = seen.max().map_or(0, |number| number - first + 1);
        // Hashes of numbers hide nothing: the lab finds them as an attacker does, by trying.
        let at_rest = self.probe.at_rest();
        let mut left = names.len();
        for count in 0..HASHED {
            if left == 0 {
                break;
            }
            let number = first + count;
            if names.contains(at_rest.key(&number.to_string()).as_str()) {
                left -= 1;
                after = after.max(count + 1);
            }
        }
        Ok(after)
    }
}
