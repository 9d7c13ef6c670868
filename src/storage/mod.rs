//! The one storage contract: reads, and one commit that happens as a whole or not at all.
//!
//! Sessions, accounts, notices, throttle counts and the journal are all written once, on this
//! trait. [`memory`] is one map behind one lock for each bench; [`mod@file`] is that map written
//! through to one file for each record; [`mod@redis`] is a server that several labs may share. The
//! suite in `tests/lab/storage.rs` states the contract as tests and runs against each of them. What
//! is stored here is bytes: only [`crate::session`] and its neighbours know what they mean.

mod error;
pub mod file;
pub mod health;
pub mod memory;
pub mod redis;
mod report;
pub mod stats;
pub mod trouble;

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::base::event::Event;
use crate::defences::policy::Variant;

pub use self::redis::RedisStorage;
pub use error::StorageError;
pub use file::FileStorage;
pub use memory::MemoryStorage;
pub use trouble::Trouble;

/// What a record is, and the folder in which it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// A session; its name is the key that the defence `at-rest` made of the id.
    Session,
    /// An account that was changed since the bench was made; its name is the user's.
    Account,
    /// What a user changed of their profile; its name is the user's.
    Profile,
    /// A notice on the board.
    Notice,
    /// Failures counted by the throttle.
    Throttle,
    /// A browser that a user asked the portal to remember.
    Browser,
    /// A number that only grows, such as the count of ids issued.
    Counter,
    /// A setting of the bench: its clock, its own policy.
    Setting,
    /// A family of refresh tokens; its name is the claim `sid`.
    RefreshFamily,
    /// A token that was ended, or the moment that ended all of a user.
    Denylist,
    /// What the student did of a worksheet; its name is the sheet's.
    Progress,
    /// What the attacker caught and planted.
    Loot,
    /// The membership in a class, with what is still to be reported.
    Class,
    /// A class of the teacher's desk.
    DeskClass,
    /// A student of such a class, and what was reported.
    DeskStudent,
    /// Who may control the bench: hashes of secrets.
    Owner,
}

impl RecordKind {
    /// Every kind there is.
    pub const ALL: [RecordKind; 16] = [
        RecordKind::Session,
        RecordKind::Account,
        RecordKind::Profile,
        RecordKind::Notice,
        RecordKind::Throttle,
        RecordKind::Browser,
        RecordKind::Counter,
        RecordKind::Setting,
        RecordKind::RefreshFamily,
        RecordKind::Denylist,
        RecordKind::Progress,
        RecordKind::Loot,
        RecordKind::Class,
        RecordKind::DeskClass,
        RecordKind::DeskStudent,
        RecordKind::Owner,
    ];

    /// The folder of this kind in the data folder.
    pub const fn folder(self) -> &'static str {
        match self {
            RecordKind::Session => "sessions",
            RecordKind::Account => "accounts",
            RecordKind::Profile => "profiles",
            RecordKind::Notice => "notices",
            RecordKind::Throttle => "throttle",
            RecordKind::Browser => "browsers",
            RecordKind::Counter => "counters",
            RecordKind::Setting => "settings",
            RecordKind::RefreshFamily => "refresh-families",
            RecordKind::Denylist => "denylist",
            RecordKind::Progress => "progress",
            RecordKind::Loot => "loot",
            RecordKind::Class => "class",
            RecordKind::DeskClass => "desk-classes",
            RecordKind::DeskStudent => "desk-students",
            RecordKind::Owner => "owners",
        }
    }
}

/// The name of one record on a bench.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    world: Option<Variant>,
    kind: RecordKind,
    name: String,
}

impl RecordKey {
    /// The longest name of a record, in bytes.
    pub const MAX_NAME: usize = 128;

    /// The key of a record; `world` is `None` for what all variants of the bench share.
    ///
    /// `None` unless the name is 1 to 128 letters, digits, `_` and `-`: it may become a file's
    /// name.
    pub fn new(world: Option<Variant>, kind: RecordKind, name: &str) -> Option<Self> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let fits = (1..=Self::MAX_NAME).contains(&name.len()) && name.bytes().all(allowed);
        fits.then(|| Self {
            world,
            kind,
            name: name.into(),
        })
    }

    /// The variant that the record belongs to.
    pub fn world(&self) -> Option<Variant> {
        self.world
    }

    /// What the record is.
    pub fn kind(&self) -> RecordKind {
        self.kind
    }

    /// Its name within world and kind.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A list that storage keeps of its records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordIndex {
    /// All of one kind in one world.
    Kind(Option<Variant>, RecordKind),
    /// Those of them that name this owner.
    Owner(Option<Variant>, RecordKind, String),
}

/// A record as it was read.
#[derive(Clone, Debug)]
pub struct StoredRecord {
    /// The value last put.
    pub value: Arc<[u8]>,
    /// Counts the puts of this key: 1 after the first.
    pub version: u64,
    /// When it was last used.
    pub last_used: BenchTime,
    /// From when on it no longer counts.
    pub expires_at: BenchTime,
}

/// A record to be written.
#[derive(Clone, Debug)]
pub struct Put {
    /// Where.
    pub key: RecordKey,
    /// What.
    pub value: Vec<u8>,
    /// When it was last used.
    pub last_used: BenchTime,
    /// From when on it no longer counts.
    pub expires_at: BenchTime,
    /// The owner whose list names it.
    pub owner: Option<String>,
    /// The record that this one replaces. Where both are found after a crash, that one must be
    /// dropped.
    pub replaces: Option<RecordKey>,
}

/// What must hold for a commit to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The key must be free.
    Absent,
    /// The key must hold a record.
    Present,
    /// The key must hold a record of this version; 0 is the same as `Absent`.
    Version(u64),
}

/// A set of changes that happens as a whole or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// What must hold.
    pub expect: Vec<(RecordKey, Expect)>,
    /// Records to write.
    pub put: Vec<Put>,
    /// Records to remove; one that is absent already is no error.
    pub remove: Vec<RecordKey>,
    /// Where given, also every record whose kind is not one of these is removed. As with `remove`,
    /// that counts before the puts.
    pub clear: Option<Vec<RecordKind>>,
    /// Events for the journal, in order.
    pub events: Vec<Event>,
}

/// How a commit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// Everything is written.
    Done,
    /// Something expected does not hold, and nothing is written: another commit was first.
    Conflict,
}

/// The number of an event in a bench's journal, counted from 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct EventId(pub u64);

/// How many events of a bench's journal are kept; older ones are forgotten.
pub const JOURNAL_LIMIT: usize = 10_000;

/// Where a bench's records and its journal are kept.
///
/// An implementation must be safe to call from many tasks at once. Commits on one bench happen one
/// after the other; a read sees a commit whole or not at all. What a commit that answered
/// [`Commit::Done`] wrote must survive the death of the process, unless the storage is memory. What
/// it removed must never be read again.
#[async_trait]
pub trait Storage: Send + Sync + 'static {
    /// The record at `key`. One whose time is over may still be returned: the caller compares
    /// [`StoredRecord::expires_at`] with its own clock.
    async fn read(
        &self,
        bench: &BenchName,
        key: &RecordKey,
    ) -> Result<Option<StoredRecord>, StorageError>;

    /// At most `limit` keys of an index, those that were first put longest ago first.
    async fn members(
        &self,
        bench: &BenchName,
        index: &RecordIndex,
        limit: usize,
    ) -> Result<Vec<RecordKey>, StorageError>;

    /// Whether an index may have more than `limit` members. Records whose time is over may count,
    /// so that a storage can answer from the length of a list; it never says no wrongly.
    async fn may_exceed(
        &self,
        bench: &BenchName,
        index: &RecordIndex,
        limit: usize,
    ) -> Result<bool, StorageError> {
        let found = self.members(bench, index, limit.saturating_add(1)).await?;
        Ok(found.len() > limit)
    }

    /// Checks everything expected, then writes and removes, all or nothing.
    async fn commit(&self, bench: &BenchName, batch: Batch) -> Result<Commit, StorageError>;

    /// Notes that a record was used. The note may be lost in a crash; it must not bring back a
    /// record that is gone, nor set either time back.
    async fn touch(
        &self,
        bench: &BenchName,
        key: &RecordKey,
        last_used: BenchTime,
        expires_at: BenchTime,
    ) -> Result<(), StorageError>;

    /// At most `limit` events of the journal with an id above `after`, oldest first.
    async fn events(
        &self,
        bench: &BenchName,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<(EventId, Event)>, StorageError>;

    /// The id of the newest event of the journal, 0 where there is none. It never reads the events
    /// themselves.
    async fn last_event(&self, bench: &BenchName) -> Result<EventId, StorageError>;

    /// Removes every record of a bench whose kind is not one of `stays`, all or nothing. The
    /// journal stays. A commit that does more besides sets [`Batch::clear`].
    async fn clear(&self, bench: &BenchName, stays: &[RecordKind]) -> Result<(), StorageError> {
        let batch = Batch {
            clear: Some(stays.to_vec()),
            ..Batch::default()
        };
        // Nothing is expected, so nothing can conflict.
        self.commit(bench, batch).await.map(|_| ())
    }

    /// Removes at most `limit` records whose time is over at `now`, and says how many it removed.
    async fn sweep(
        &self,
        bench: &BenchName,
        now: BenchTime,
        limit: usize,
    ) -> Result<usize, StorageError>;
}
