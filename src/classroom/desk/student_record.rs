//! A student of a class as they are stored: who they are in it, and what their lab reported.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::format::FormattedRecord;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::classroom::protocol::Remark;

/// How many refusals of a step are kept: the last ones.
const KEPT_REFUSALS: usize = 3;

/// After how long without a word a student's lab counts as offline. It reports every few seconds.
const OFFLINE_AFTER: Duration = Duration::from_secs(30);

/// A student of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct StudentRecord {
    /// Unique at the desk: the class's number is in it.
    pub number: u32,
    /// What they are called in the class.
    pub name: String,
    /// Whether the name is one of the roster.
    pub on_roster: bool,
    /// The school's identifier, where the roster has one.
    pub id_number: String,
    /// The address for mail, where the roster has one.
    pub email: String,
    /// How far their joining is.
    pub state: StudentState,
    /// Their bench, where they joined from one on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bench: Option<String>,
    /// The hash of their secret, once a lab has claimed the name.
    pub secret: Option<SecretHash>,
    /// Counts the slips that were made for them.
    pub pin_round: u32,
    /// The number of the last item that is stored, for each of their labs.
    pub labs: BTreeMap<String, u64>,
    /// How their reports came to the desk.
    #[serde(default)]
    pub evidence: BTreeSet<Evidence>,
    /// How many milliseconds their clock is ahead of the desk's.
    pub clock_ahead: i64,
    /// When the desk last heard of them.
    pub seen: Option<BenchTime>,
    /// Since when their hand is up.
    pub hand: Option<BenchTime>,
    /// How often the teacher asked to start their bench again.
    pub resets: u32,
    /// How often the teacher asked to bring back what they erased.
    pub restores: u32,
    /// What was reported, by sheet.
    pub sheets: BTreeMap<String, SheetRecord>,
    /// What was reported before a sheet was started again.
    pub erased: BTreeMap<String, SheetRecord>,
    /// The options that they chose: by question, then by round.
    pub votes: BTreeMap<u32, BTreeMap<u8, usize>>,
}

/// How far a student's joining is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StudentState {
    /// On the roster, and not there yet.
    Expected,
    /// The teacher has not approved the name yet.
    Waiting,
    /// A member.
    Member,
    /// They left.
    Left,
}

/// What a report is worth: whose machine saw what it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The student's own, which they can change.
    SelfAttested,
    /// The teacher's: the student has a bench on it.
    SeenHere,
}

/// SHA-256 of a student's secret. It is 32 random bytes, so a hash without a salt is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretHash(String);

impl SecretHash {
    /// The hash of a secret.
    pub fn of(secret: &str) -> Self {
        let hash = Sha256::digest(secret.as_bytes());
        Self(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether it is the same. How long that takes does not tell where the two differ.
    pub fn is(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

/// What was reported of one sheet. Times are those of the receipt, by the desk's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct SheetRecord {
    /// When it was begun.
    pub begun: Option<BenchTime>,
    /// When something was last reported of it.
    pub moved: Option<BenchTime>,
    /// Its steps.
    pub steps: BTreeMap<String, StepRecord>,
    /// Its questions.
    pub answers: BTreeMap<String, AnswerRecord>,
    /// Its reflections that were handed in.
    pub reflections: BTreeMap<String, ReflectionRecord>,
}

/// What was reported of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct StepRecord {
    /// How many attempts there were.
    pub attempts: usize,
    /// When the first attempt failed.
    pub first_try: Option<BenchTime>,
    /// When it was solved.
    pub solved: Option<ReportedTime>,
    /// The last refusals, the newest last.
    pub refusals: Vec<RefusalRecord>,
}

/// Two clocks of one thing: the desk's, which counts, and the student's, which is only shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReportedTime {
    /// When the desk received it.
    pub received: BenchTime,
    /// When it was by the student's clock.
    pub reported: BenchTime,
}

/// An attempt that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RefusalRecord {
    /// Why, in the sheet's own words.
    pub why: String,
    /// When.
    pub at: ReportedTime,
}

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AnswerRecord {
    /// Whether it is right, where something is.
    pub right: Option<bool>,
    /// How many times it was answered.
    pub tries: usize,
    /// When it was answered last, or when it was first answered right.
    pub at: ReportedTime,
}

/// A reflection that was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReflectionRecord {
    /// What the student wrote.
    pub text: String,
    /// When it was handed in last.
    pub at: ReportedTime,
    /// The teacher's comment.
    pub comment: Option<String>,
    /// The teacher's mark.
    pub points: Option<u32>,
}

impl StepRecord {
    /// Keeps a refusal, and forgets the oldest ones.
    pub fn refuse(&mut self, refusal: RefusalRecord) {
        self.first_try.get_or_insert(refusal.at.received);
        self.refusals.push(refusal);
        let surplus = self.refusals.len().saturating_sub(KEPT_REFUSALS);
        self.refusals.drain(..surplus);
    }
}

impl StudentRecord {
    /// A student who has done nothing yet.
    pub fn new(number: u32, name: String, state: StudentState) -> Self {
        Self {
            number,
            name,
            on_roster: false,
            id_number: String::new(),
            email: String::new(),
            state,
            bench: None,
            secret: None,
            pin_round: 0,
            labs: BTreeMap::new(),
            evidence: BTreeSet::new(),
            clock_ahead: 0,
            seen: None,
            hand: None,
            resets: 0,
            restores: 0,
            sheets: BTreeMap::new(),
            erased: BTreeMap::new(),
            votes: BTreeMap::new(),
        }
    }

    /// The bench that their keys are of, where the teacher may end them.
    pub fn own_bench(&self) -> Option<BenchName> {
        let is_member = self.state == StudentState::Member;
        self.bench.as_ref().filter(|_| is_member)?.parse().ok()
    }

    /// Whether this secret is theirs.
    pub fn has_secret(&self, secret: &SecretHash) -> bool {
        self.secret.as_ref().is_some_and(|own| own.is(secret))
    }

    /// The number of the last item of this lab that is stored.
    pub fn stored(&self, lab: &str) -> u64 {
        self.labs.get(lab).copied().unwrap_or_default()
    }

    /// What their results are worth, in words. One report of their own lab makes all self-attested:
    /// the record does not tell which result came from where.
    pub fn evidence_in_words(&self) -> &'static str {
        let seen_here = |evidence: &Evidence| *evidence == Evidence::SeenHere;
        match !self.evidence.is_empty() && self.evidence.iter().all(seen_here) {
            true => "seen by this lab",
            false => "self-attested",
        }
    }

    /// The option that they chose in a round of a question.
    pub fn vote(&self, question: u32, round: u8) -> Option<usize> {
        self.votes.get(&question)?.get(&round).copied()
    }

    /// The teacher's remarks on what they handed in.
    pub fn remarks(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for (sheet, record) in &self.sheets {
            for (id, reflection) in &record.reflections {
                if reflection.comment.is_none() && reflection.points.is_none() {
                    continue;
                }
                remarks.push(Remark {
                    sheet: sheet.clone(),
                    reflection: id.clone(),
                    comment: reflection.comment.clone().unwrap_or_default(),
                    points: reflection.points,
                });
            }
        }
        remarks
    }

    /// Whether their lab has not been heard of for a while.
    pub fn is_offline(&self, now: BenchTime) -> bool {
        self.seen.is_none_or(|seen| now.since(seen) > OFFLINE_AFTER)
    }

    /// When something was last reported of any sheet.
    pub fn moved(&self) -> Option<BenchTime> {
        self.sheets.values().filter_map(|sheet| sheet.moved).max()
    }

    /// Whether they try without a solved step for so long. Anyone who has stopped trying, because
    /// nothing was reported for twice that time, is not stuck: they do something else.
    pub fn is_stuck(&self, now: BenchTime, after: Duration) -> bool {
        let steps = || self.sheets.values().flat_map(|sheet| sheet.steps.values());
        let solved = steps().filter_map(|step| step.solved.map(|at| at.received));
        let last_solved = solved.max();
        let tried = steps().filter(|step| step.solved.is_none());
        let mut tried = tried.filter_map(|step| {
            let first = step.first_try?;
            let last = step.refusals.last().map_or(first, |last| last.at.received);
            // Trying counts from the last step that went well.
            Some((first.max(last_solved.unwrap_or(first)), last))
        });
        tried.any(|(since, last)| now.since(since) >= after && now.since(last) < 2 * after)
    }
}

impl FormattedRecord for StudentRecord {
    const WHAT: &'static str = "a student of a class";
    const FORMAT: u64 = 2;

    fn upgrade(format: u64, fields: &mut Map<String, Value>) -> Result<(), String> {
        match format {
            // In format 1 what a student erased was gone, and the desk could not ask for it. All labs
            // of a student had one count; what they send again changes nothing.
            1 => {
                fields.remove("stored");
                fields.insert("labs".into(), Value::Object(Map::new()));
                fields.insert("erased".into(), Value::Object(Map::new()));
                fields.insert("restores".into(), 0.into());
                Ok(())
            }
            other => Err(format!("there is no format {other}")),
        }
    }
}
