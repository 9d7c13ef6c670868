//! A class as it is stored: its name and code, what the teacher leads to, and the questions put to all.
//!
//! Its students are records beside it: [`super::student_record`].

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::class_key::ClassKey;
use super::format::FormattedRecord;
use super::join_code::JoinCode;
use super::student_record::StudentRecord;
use crate::base::clock::BenchTime;
use crate::classroom::protocol::{Asked, Lead};

/// The most students of one class, those who wait for approval included.
pub const MOST_STUDENTS: usize = 500;

/// The most questions that are put to a class.
pub const MOST_QUESTIONS: usize = 200;

/// For how many days a class is kept after its end, unless the teacher says otherwise.
pub const USUAL_DAYS: u32 = 90;

/// After how many minutes of trying without a solved step a student counts as stuck.
pub const USUAL_STUCK_MINUTES: u32 = 5;

/// A class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClassRecord {
    /// Counts the classes of the desk, from 1.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// The code by which it is joined.
    pub code: JoinCode,
    /// Whether it is joined now.
    pub is_open: bool,
    /// What values and PINs are drawn from.
    pub key: ClassKey,
    /// The unguessable part of the projector's address.
    pub projector: String,
    /// Whether a name that is not on the roster is a member at once, without the teacher's approval.
    pub joins_freely: bool,
    /// See [`USUAL_STUCK_MINUTES`].
    pub stuck_minutes: u32,
    /// When it was made.
    pub made: BenchTime,
    /// When it ended.
    pub ended: Option<BenchTime>,
    /// For how many days it is kept after its end.
    pub keep_days: u32,
    /// The place of the next student, from 1.
    pub next_place: u32,
    /// What the teacher leads to.
    pub leads: LeadRecord,
    /// The questions that were put to all, in order.
    pub questions: Vec<QuestionRecord>,
}

/// What the teacher leads the whole class to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LeadRecord {
    /// The sheets that are closed.
    pub closed: BTreeSet<String>,
    /// The sheet for now.
    pub now: Option<String>,
    /// Until when each sheet counts.
    pub deadlines: BTreeMap<String, BenchTime>,
    /// The sheets whose answers are released.
    pub released: BTreeSet<String>,
    /// The message to all.
    pub message: Option<String>,
    /// Whether the last question is put to all at present.
    pub asks: bool,
}

impl LeadRecord {
    /// Whether nothing of a sheet is awaited any more: it is closed, or its deadline has passed.
    pub fn is_over(&self, sheet: &str, now: BenchTime) -> bool {
        let deadline = self.deadlines.get(sheet);
        self.closed.contains(sheet) || deadline.is_some_and(|deadline| *deadline < now)
    }
}

/// A question that is or was put to all. The votes are with the students.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct QuestionRecord {
    /// The sheet's slug.
    pub sheet: String,
    /// The question's id in it.
    pub question: String,
    /// How many options it has.
    pub options: usize,
    /// 1 before the discussion, 2 after it.
    pub round: u8,
    /// Whether the students see how many chose what.
    pub is_shown: bool,
    /// When it was put.
    pub asked: BenchTime,
}

impl ClassRecord {
    /// A new class, open to join.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn new(number: u32, name: String, now: BenchTime) -> Result<Self, getrandom::Error> {
        Ok(Self {
            number,
            name,
            code: JoinCode::draw()?,
            is_open: true,
            key: ClassKey::draw()?,
            projector: unguessable()?,
            joins_freely: true,
            stuck_minutes: USUAL_STUCK_MINUTES,
            made: now,
            ended: None,
            keep_days: USUAL_DAYS,
            next_place: 1,
            leads: LeadRecord::default(),
            questions: Vec::new(),
        })
    }

    /// From when on nothing of the class is kept: some days after its end.
    pub fn deleted_at(&self) -> BenchTime {
        let days = Duration::from_secs(u64::from(self.keep_days) * 24 * 3600);
        self.ended
            .map_or(BenchTime::FOREVER, |ended| ended.after(days))
    }

    /// The question that is put to all now, and its number, counted from 1.
    pub fn question(&self) -> Option<(u32, &QuestionRecord)> {
        let last = self.questions.last().filter(|_| self.leads.asks)?;
        Some((u32::try_from(self.questions.len()).ok()?, last))
    }

    /// What a student's lab is told.
    pub fn lead_for<'s>(
        &self,
        student: &StudentRecord,
        all: impl Iterator<Item = &'s StudentRecord>,
    ) -> Lead {
        let leads = &self.leads;
        let question = self.question().map(|(number, question)| Asked {
            number,
            sheet: question.sheet.clone(),
            question: question.question.clone(),
            round: question.round,
            shown: question
                .is_shown
                .then(|| votes(question, number, question.round, all)),
        });
        Lead {
            closed: leads.closed.iter().cloned().collect(),
            now: leads.now.clone(),
            deadlines: leads.deadlines.clone(),
            released: leads.released.iter().cloned().collect(),
            message: leads.message.clone(),
            question,
            remarks: student.remarks(),
            resets: student.resets,
            restores: student.restores,
            hand: Some(student.hand.is_some()),
        }
    }
}

/// How many chose each option of a question in a round.
pub fn votes<'s>(
    question: &QuestionRecord,
    number: u32,
    round: u8,
    all: impl Iterator<Item = &'s StudentRecord>,
) -> Vec<u32> {
    let mut counts = vec![0; question.options];
    for student in all {
        let voted = student.vote(number, round);
        if let Some(count) = voted.and_then(|option| counts.get_mut(option)) {
            *count += 1;
        }
    }
    counts
}

/// 128 random bits in base64url.
///
/// # Errors
/// The operating system has no randomness.
pub fn unguessable() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

impl FormattedRecord for ClassRecord {
    const WHAT: &'static str = "a class";
    const FORMAT: u64 = 2;

    fn upgrade(format: u64, fields: &mut Map<String, Value>) -> Result<(), String> {
        match format {
            // In format 1 a class had no view for the projector, and everyone joined freely.
            1 => {
                let projector = unguessable().map_err(|error| error.to_string())?;
                fields.insert("projector".into(), projector.into());
                fields.insert("joins-freely".into(), true.into());
                Ok(())
            }
            other => Err(format!("there is no format {other}")),
        }
    }
}
