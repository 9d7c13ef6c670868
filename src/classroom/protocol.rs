//! What a student's lab and the desk say to each other: JSON over TLS, in four requests.
//!
//! | request | what it does |
//! |---|---|
//! | `POST /join` | [`JoinRequest`] → [`JoinAnswer`]: become a member, or ask again whether one is |
//! | `POST /report` | [`Report`] → [`ReportAnswer`]: hand over what happened, and hear what the teacher leads to |
//! | `POST /vote` | [`Vote`] → 204: answer the question that is put to all |
//! | `POST /leave` | [`Leave`] → 204: stop being a member; what was reported stays until the teacher deletes it |
//!
//! A refusal is [`Refused`] with a status of 4xx or 5xx. Every request but `/join` carries the
//! student's own secret as `Authorization: Bearer …`. The certificate of the desk is pinned, so no
//! name of a host counts.
//!
//! A report is a batch of items with consecutive numbers. The desk answers with the last number that
//! it has stored. The lab keeps each item until then, and sends it again when it is in doubt. An item
//! whose number the desk has already stored changes nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;

/// The version of what is said here. Another one is refused, with what to do about it.
pub const PROTOCOL: u32 = 1;

/// The port of the class's listener, unless a flag chooses another.
pub const CLASS_PORT: u16 = 7072;

/// The most items in one report.
pub const MOST_ITEMS: usize = 200;

/// The largest body of any of these requests, in bytes.
pub const LARGEST_BODY: usize = 256 * 1024;

/// The longest text of a reflection, in bytes: a sheet takes 4000 characters, of four bytes at most.
pub const LONGEST_TEXT: usize = 16 * 1024;

/// The length of a join code. Its letters are A–Z and 2–9 without O and I, so that nobody takes a
/// digit for a letter.
pub const CODE_LENGTH: usize = 6;

/// A lab asks to join, or asks whether the teacher has approved it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct JoinRequest {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The code on the projector; small letters count as capitals.
    pub code: String,
    /// What the student is called in the class: a name of the roster, or one of their own choice.
    pub name: String,
    /// The PIN of the student's slip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// The student's own secret: 32 random bytes in base64url, made by the first lab that joins. A
    /// second laptop of the same student sends the same one.
    pub secret: String,
    /// The lab's version, for a sentence when it is too old.
    pub version: String,
    /// The bench that asks, where it is on the desk's own machine. It is on no wire.
    #[serde(skip)]
    pub bench: Option<BenchName>,
}

/// Whether a student is in the class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct JoinAnswer {
    /// The student's number in the class, and never their name.
    pub student: u32,
    /// What the class is called.
    pub class: String,
    /// Whether reports are taken already.
    pub state: Membership,
    /// The values that the student's exercises use, drawn by the desk for this student: by sheet,
    /// then by the name of the value. The key that they are drawn with never leaves the desk. While
    /// the student waits there are none.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
}

/// How far a student's joining is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Membership {
    /// A member.
    Member,
    /// The teacher has not approved the name yet.
    Waiting,
}

/// Some items, in the order of their numbers. It may be empty: then it only asks what is new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Report {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The student's number.
    pub student: u32,
    /// Which of the student's labs this is: 16 random hexadecimal digits, made when it joins. Numbers
    /// count for each lab alone, so that two laptops of one student never take each other's items for
    /// their own.
    pub lab: String,
    /// The number of the first item; the others follow without a gap. The first item ever is 1. Where
    /// there are no items it says nothing.
    pub first: u64,
    /// The lab's own clock now, from which the desk measures how far it is off.
    pub sent_at: BenchTime,
    /// What happened.
    pub items: Vec<Item>,
}

/// One thing that happened, and when by the lab's own clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Item {
    /// When, by the clock of the student's computer. It decides nothing.
    pub at: BenchTime,
    /// What.
    #[serde(flatten)]
    pub what: Happened,
}

/// What may be reported. Nothing else is ever sent: no typed text but a reflection that the student
/// submits, no cookie, no body, no user agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "happened")]
pub enum Happened {
    /// A sheet was begun.
    Begun {
        /// The sheet's slug.
        sheet: String,
    },
    /// An attempt at a step did not solve it.
    Tried {
        /// The sheet's slug.
        sheet: String,
        /// The step's id.
        step: String,
        /// How many attempts so far.
        attempts: usize,
        /// Why it was refused, in the sheet's own words.
        why: String,
    },
    /// A step is solved.
    Solved {
        /// The sheet's slug.
        sheet: String,
        /// The step's id.
        step: String,
        /// How many attempts it took.
        attempts: usize,
    },
    /// A question of a sheet, or a prediction, was answered.
    Answered {
        /// The sheet's slug.
        sheet: String,
        /// The question's id.
        question: String,
        /// Whether the answer is right; absent where nothing is right or wrong.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        right: Option<bool>,
        /// How many times the question was answered.
        tries: usize,
    },
    /// The student handed a reflection in.
    Reflected {
        /// The sheet's slug.
        sheet: String,
        /// The reflection's id.
        reflection: String,
        /// What the student wrote.
        text: String,
    },
    /// The student raised a hand, or lowered it.
    Hand {
        /// Whether it is up.
        up: bool,
    },
    /// A sheet was started again, by the student or as the teacher asked.
    StartedAgain {
        /// The sheet's slug; absent where everything was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sheet: Option<String>,
    },
}

/// What the desk has stored, and what the teacher leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReportAnswer {
    /// The number of the last item of this lab that is stored, 0 before the first.
    pub stored: u64,
    /// The desk's clock.
    pub time: BenchTime,
    /// What the teacher leads to now.
    pub lead: Lead,
}

/// What the teacher leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lead {
    /// The sheets that are closed.
    #[serde(default)]
    pub closed: Vec<String>,
    /// The sheet for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// Until when each sheet counts, by the desk's clock.
    #[serde(default)]
    pub deadlines: BTreeMap<String, BenchTime>,
    /// The sheets whose answers are released. While a sheet is closed or has a deadline, the lab keeps
    /// back whether an answer is right, and why, until it is one of these.
    #[serde(default)]
    pub released: Vec<String>,
    /// The teacher's message to all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The question that is put to all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Asked>,
    /// The teacher's remarks on what this student handed in.
    #[serde(default)]
    pub remarks: Vec<Remark>,
    /// How often the teacher asked to start this student's bench again. When it grows, the lab does.
    #[serde(default)]
    pub resets: u32,
    /// How often the teacher asked to bring back what this student erased. When it grows, the lab does.
    #[serde(default)]
    pub restores: u32,
    /// Whether this student's hand is up after everything that is stored. The teacher can lower it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand: Option<bool>,
}

/// A question that is put to all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Asked {
    /// Its number in the class.
    pub number: u32,
    /// The sheet.
    pub sheet: String,
    /// The question's id in the sheet, whose text and options the student's lab has.
    pub question: String,
    /// 1 before the discussion, 2 after it.
    pub round: u8,
    /// How many chose each option, once the teacher shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Vec<u32>>,
}

/// An answer to the question that is put to all. The last one of a round counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Vote {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The student's number.
    pub student: u32,
    /// The question's number.
    pub number: u32,
    /// The round that the student saw.
    pub round: u8,
    /// The option, counted from 0.
    pub option: usize,
}

/// A student leaves the class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Leave {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The student's number.
    pub student: u32,
}

/// A comment and a mark on a reflection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Remark {
    /// The sheet's slug.
    pub sheet: String,
    /// The reflection's id.
    pub reflection: String,
    /// The comment.
    pub comment: String,
    /// The points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Refused {
    /// What a program decides by.
    pub reason: RefusedReason,
    /// What happened, in a sentence for the student.
    pub says: String,
    /// What to do, in a sentence.
    pub next: String,
}

/// The kinds of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedReason {
    /// No open class has this code: it is wrong, or the class is closed. The answer is the same.
    NoSuchClass,
    /// Too many wrong codes or PINs in this minute, by anybody. A right code is not delayed by it.
    TooManyWrong,
    /// The name is taken by somebody with another secret, or the PIN is wrong.
    NameTaken,
    /// A name that cannot be used.
    BadName,
    /// No member of this class has this secret: it is wrong, or the teacher deleted the student.
    NotAMember,
    /// The two programs speak different versions.
    OtherProtocol,
    /// A body that is not what it must be.
    Malformed,
    /// A number of items does not follow what is stored.
    Gap,
    /// The class is full.
    Full,
    /// The desk cannot store anything at present. Send again later.
    Unavailable,
}
