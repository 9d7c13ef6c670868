//! The membership as it is stored: one record on the student's bench.
//!
//! Everything that must agree is in it: whose secret, what was seen, what waits, which number is next,
//! what the teacher asked for last. One commit writes all of it, so a kill at any moment loses nothing
//! and repeats nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::invitation::DeskAddress;
use super::outbox::Outbox;
use crate::base::clock::BenchTime;
use crate::classroom::fingerprint::DeskFingerprint;
use crate::classroom::protocol::{Lead, Refused};
use crate::session::bench::Bench;
use crate::storage::{Batch, Commit, Expect, Put, RecordKey, RecordKind, StorageError};
use crate::worksheets::survey::wall_time;

/// The version of this record. Another one is not read, and not written over.
const FORMAT: u32 = 1;

/// The name of the one record.
const NAME: &str = "membership";

/// A student's membership in a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MembershipRecord {
    format: u32,
    pub way: WayToDesk,
    pub code: String,
    /// What the student is called in the class.
    pub name: String,
    pub secret: StudentSecret,
    /// Which of the student's labs this is.
    pub lab: String,
    pub stage: MemberStage,
    /// The student's number, once the desk has given one.
    pub student: u32,
    /// What the class is called.
    pub class: String,
    /// The values that the student's exercises use, by sheet and name.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    pub outbox: Outbox,
    /// What the teacher leads to, as it was heard last.
    pub lead: Lead,
    /// How far the desk's clock is ahead of this computer's, in milliseconds.
    pub desk_ahead: i64,
    /// How many resets and restores were obeyed; `None` before the desk was heard for the first time.
    pub obeyed: Option<ObeyedCounts>,
    pub hand_up: bool,
    pub voted: Option<GivenVote>,
    /// When each reflection was handed in last, by sheet and id.
    pub handed_in: BTreeMap<String, BenchTime>,
}

/// How the desk is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayToDesk {
    /// Over TLS, to this certificate only.
    Https {
        desk: DeskAddress,
        pin: DeskFingerprint,
    },
    /// In the same process: the bench is on the teacher's machine.
    InProcess,
}

/// The student's own secret. It is never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StudentSecret(String);

impl StudentSecret {
    /// A secret that was made here, or typed from the student's first laptop.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the desk and the student only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for StudentSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StudentSecret")
    }
}

/// How far the membership is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberStage {
    /// The desk was asked, and its answer is not stored yet.
    Asked,
    /// The teacher has not approved it yet.
    Waiting,
    /// A member.
    Member,
    /// The desk no longer knows this student.
    Dismissed(Refused),
    /// The student left. Nothing is sent.
    Left,
}

/// How many resets and restores were done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ObeyedCounts {
    pub resets: u32,
    pub restores: u32,
}

/// The student's answer to a question that was put to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GivenVote {
    pub number: u32,
    pub round: u8,
    pub option: usize,
}

impl MembershipRecord {
    /// A membership that is about to be asked for.
    pub fn asked(
        way: WayToDesk,
        code: String,
        name: String,
        secret: StudentSecret,
        lab: String,
    ) -> Self {
        Self {
            format: FORMAT,
            way,
            code,
            name,
            secret,
            lab,
            stage: MemberStage::Asked,
            student: 0,
            class: String::new(),
            values: BTreeMap::new(),
            outbox: Outbox::default(),
            lead: Lead::default(),
            desk_ahead: 0,
            obeyed: None,
            hand_up: false,
            voted: None,
            handed_in: BTreeMap::new(),
        }
    }

    /// Whether anything may be sent by itself.
    pub fn is_active(&self) -> bool {
        matches!(self.stage, MemberStage::Waiting | MemberStage::Member)
    }

    /// Whether the lab keeps back which answers of a sheet are right.
    pub fn keeps_back(&self, sheet: &str) -> bool {
        let has = |list: &[String]| list.iter().any(|slug| slug == sheet);
        let lead = &self.lead;
        let is_timed = has(&lead.closed) || lead.deadlines.contains_key(sheet);
        self.is_active() && is_timed && !has(&lead.released)
    }

    /// The membership on a bench, with the version of its record.
    async fn versioned(bench: &Bench) -> Result<(Option<Self>, u64), StorageError> {
        let stored = bench.storage().read(bench.name(), &key()?).await?;
        let Some(stored) = stored else {
            return Ok((None, 0));
        };
        Ok((Some(decode(&stored.value)?), stored.version))
    }

    /// The membership on a bench.
    ///
    /// # Errors
    /// The store does not answer, or holds a record of another version.
    pub async fn read(bench: &Bench) -> Result<Option<Self>, StorageError> {
        Ok(Self::versioned(bench).await?.0)
    }

    /// Changes the membership, also where something else changes it at the same time. Where the change
    /// leaves it as it was, nothing is written.
    ///
    /// # Errors
    /// The store does not answer, or holds a record of another version.
    pub async fn change<T>(
        bench: &Bench,
        change: impl Fn(&mut Option<Self>) -> T,
    ) -> Result<T, StorageError> {
        let mut transaction = bench.transact("the membership in a class");
        loop {
            transaction.attempt().await?;
            let (mut record, version) = Self::versioned(bench).await?;
            let before = record.clone();
            let result = change(&mut record);
            if record == before || Self::store(bench, record.as_ref(), version).await? {
                return Ok(result);
            }
        }
    }

    /// Says whether it was written.
    async fn store(
        bench: &Bench,
        record: Option<&Self>,
        version: u64,
    ) -> Result<bool, StorageError> {
        let key = key()?;
        let mut batch = Batch {
            expect: vec![(key.clone(), Expect::Version(version))],
            ..Batch::default()
        };
        match record {
            Some(record) => batch.put.push(Put {
                key,
                value: serde_json::to_vec(record)
                    .map_err(|error| StorageError::Defect(error.to_string()))?,
                last_used: wall_time(),
                expires_at: BenchTime::FOREVER,
                owner: None,
                replaces: None,
            }),
            None => batch.remove.push(key),
        }
        bench.hold();
        let committed = bench.storage().commit(bench.name(), batch).await?;
        Ok(committed == Commit::Done)
    }
}

fn key() -> Result<RecordKey, StorageError> {
    let key = RecordKey::new(None, RecordKind::Class, NAME);
    key.ok_or_else(|| StorageError::Defect("a literal is no name of a record".into()))
}

fn decode(bytes: &[u8]) -> Result<MembershipRecord, StorageError> {
    #[derive(Deserialize)]
    struct OfAnyFormat {
        format: u32,
    }
    let corrupt = |why: String| StorageError::Corrupt(format!("the membership in a class: {why}"));
    let head: OfAnyFormat =
        serde_json::from_slice(bytes).map_err(|error| corrupt(error.to_string()))?;
    if head.format != FORMAT {
        let format = head.format;
        return Err(corrupt(format!(
            "format {format} is of another version of Session Lab; use that one, or delete the folder \
             `class` of this bench"
        )));
    }
    serde_json::from_slice(bytes).map_err(|error| corrupt(error.to_string()))
}

/// A random name for a lab, by which the desk counts its items apart from those of another laptop.
///
/// # Errors
/// The system has no randomness.
pub(super) fn new_lab() -> Result<String, StorageError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_another_version_is_refused_with_what_to_do() {
        let record = MembershipRecord::asked(
            WayToDesk::InProcess,
            "K7Q2MA".into(),
            "Ada".into(),
            StudentSecret::new("s".into()),
            "0".into(),
        );
        let bytes = serde_json::to_vec(&record).expect("JSON");
        assert_eq!(decode(&bytes).expect("this version"), record);
        let newer = MembershipRecord {
            format: 2,
            ..record
        };
        let bytes = serde_json::to_vec(&newer).expect("JSON");
        let error = decode(&bytes).expect_err("another version").to_string();
        assert!(
            error.contains("format 2") && error.contains("use that one"),
            "{error}"
        );
        assert!(
            !format!("{newer:?}").contains("\"s\""),
            "the secret is not shown"
        );
    }
}
