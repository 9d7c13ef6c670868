//! What students' labs ask of the desk: join, report, vote, leave.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use super::class_key::DrawnBySheet;
use super::class_record::MOST_STUDENTS;
use super::class_store::{ClassRecords, ClassStore};
use super::join_code::JoinCode;
use super::student_record::{Evidence, SecretHash, StudentRecord, StudentState};
use super::{Desk, class_of, refusal, reported, roster, student_number};
use crate::classroom::protocol::{
    JoinAnswer, JoinRequest, Leave, Membership, Refused, Report, ReportAnswer, Vote,
};

/// How a joining ends, besides with a refusal.
enum Joined {
    As(u32),
    /// The name has another PIN. It is counted, and the class is as it was.
    WrongPin,
}

impl Desk {
    /// A lab joins, or asks whether the teacher has approved it.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn join(&self, request: JoinRequest) -> Result<JoinAnswer, Refused> {
        let code = JoinCode::parse(&request.code);
        let class = code.and_then(|code| self.open_class(&code));
        let Some(class) = class else {
            return Err(self.wrong_guess(refusal::no_such_class()));
        };
        let secret = URL_SAFE_NO_PAD.decode(&request.secret);
        if !secret.is_ok_and(|bytes| bytes.len() == 32) {
            return Err(refusal::malformed("a secret is 32 bytes in base64url"));
        }
        if let Some(why) = roster::wrong_with(&request.name) {
            return Err(refusal::bad_name(why));
        }
        let joined = class.change(|records| join(records, &request)).await?;
        let Joined::As(number) = joined else {
            return Err(self.wrong_guess(refusal::wrong_pin()));
        };
        let records = class.records();
        let student = records.students.get(&number);
        let student = student.ok_or_else(refusal::not_a_member)?;
        let state = match student.state {
            StudentState::Member => Membership::Member,
            _ => Membership::Waiting,
        };
        Ok(JoinAnswer {
            student: number,
            class: records.class.name.clone(),
            state,
            // Anyone may ask for a name that is not claimed yet, and is told nothing of it until the
            // PIN or the teacher says that it is theirs.
            values: match state {
                Membership::Member => records.class.key.values(number, &self.library),
                Membership::Waiting => DrawnBySheet::new(),
            },
        })
    }

    /// A lab hands over what happened. `evidence` says on whose machine it did.
    ///
    /// # Errors
    /// Why nothing of it is stored.
    pub async fn report(
        &self,
        secret: &str,
        report: Report,
        evidence: Evidence,
    ) -> Result<ReportAnswer, Refused> {
        let now = self.now();
        let (number, lab) = (report.student, report.lab.clone());
        let class = self.member(number, secret)?;
        let records = class.records();
        let student = records.students.get(&number);
        let student = student.ok_or_else(refusal::not_a_member)?;
        if reported::brings_news(student, &report)? {
            let taken = class.change(|records| {
                let student = records.student_mut(number);
                let student = student.ok_or_else(refusal::not_a_member)?;
                student.evidence.insert(evidence);
                reported::apply(student, &self.library, report, now).map_err(Refused::from)
            });
            taken.await?;
        } else {
            class.note_seen(number, reported::difference(report.sent_at, now), now);
        }
        let records = class.records();
        let student = records.students.get(&number);
        let student = student.ok_or_else(refusal::not_a_member)?;
        Ok(ReportAnswer {
            stored: student.stored(&lab),
            time: now,
            lead: records.class.lead_for(student, records.all()),
        })
    }

    /// A student votes. The last vote of a round counts.
    ///
    /// # Errors
    /// Why the vote does not count.
    pub async fn vote(&self, secret: &str, vote: Vote) -> Result<(), Refused> {
        let class = self.member(vote.student, secret)?;
        class
            .change(|records| {
                let question = records.class.question();
                let fits = question.is_some_and(|(number, question)| {
                    number == vote.number
                        && question.round == vote.round
                        && vote.option < question.options
                });
                if !fits {
                    return Err(refusal::no_such_question());
                }
                let student = records.student_mut(vote.student);
                let student = student.ok_or_else(refusal::not_a_member)?;
                let rounds = student.votes.entry(vote.number).or_default();
                rounds.insert(vote.round, vote.option);
                Ok(())
            })
            .await
    }

    /// A student leaves.
    ///
    /// # Errors
    /// They are no member.
    pub async fn leave(&self, secret: &str, leave: Leave) -> Result<(), Refused> {
        let class = self.class_of_secret(leave.student, secret)?;
        class
            .change(|records| {
                let student = records.student_mut(leave.student);
                let student = student.ok_or_else(refusal::not_a_member)?;
                student.state = StudentState::Left;
                student.hand = None;
                Ok(())
            })
            .await
    }

    /// The class of a member with this secret.
    fn member(&self, number: u32, secret: &str) -> Result<std::sync::Arc<ClassStore>, Refused> {
        let class = self.class_of_secret(number, secret)?;
        let records = class.records();
        match records.students.get(&number).map(|student| student.state) {
            Some(StudentState::Member) => Ok(class),
            Some(StudentState::Waiting) => Err(refusal::not_approved_yet()),
            _ => Err(refusal::not_a_member()),
        }
    }

    fn class_of_secret(
        &self,
        number: u32,
        secret: &str,
    ) -> Result<std::sync::Arc<ClassStore>, Refused> {
        let class = self.class(class_of(number));
        let class = class.ok_or_else(refusal::not_a_member)?;
        let records = class.records();
        let student = records.students.get(&number);
        let is_theirs = student.is_some_and(|student| student.has_secret(&SecretHash::of(secret)));
        if records.class.ended.is_some() || !is_theirs {
            return Err(refusal::not_a_member());
        }
        Ok(class)
    }

    /// The refusal of a wrong guess, or another one where there are too many.
    fn wrong_guess(&self, refused: Refused) -> Refused {
        if self.wrong_guesses.count(self.now()) {
            refusal::too_many_wrong()
        } else {
            refused
        }
    }
}

fn join(records: &mut ClassRecords, request: &JoinRequest) -> Result<Joined, Refused> {
    let secret = SecretHash::of(&request.secret);
    let wanted = roster::folded(&request.name);
    let by_secret = records.all().find(|student| student.has_secret(&secret));
    let by_name = || records.all().find(|s| roster::folded(&s.name) == wanted);
    let found = by_secret.or_else(by_name).cloned();
    let joins_freely = records.class.joins_freely;
    let Some(found) = found else {
        let number = add(records, &roster::composed(request.name.trim()))?;
        let student = records.student_mut(number).ok_or_else(refusal::full)?;
        student.secret = Some(secret);
        student.bench = request.bench.as_ref().map(ToString::to_string);
        student.state = if joins_freely {
            StudentState::Member
        } else {
            StudentState::Waiting
        };
        return Ok(Joined::As(number));
    };
    let pin = request.pin.as_deref().filter(|pin| !pin.trim().is_empty());
    let pin_is_right = pin.map(|pin| is_pin(records, &found, pin));
    let is_theirs = found.has_secret(&secret);
    let is_claimed = found.secret.is_some() && !is_theirs;
    let state = match (found.state, pin_is_right) {
        (StudentState::Member | StudentState::Left, _) if is_theirs => StudentState::Member,
        // The right PIN takes the name from anyone who only waits for it.
        (StudentState::Expected | StudentState::Waiting, Some(true)) => StudentState::Member,
        (StudentState::Expected | StudentState::Waiting, Some(false)) => {
            return Ok(Joined::WrongPin);
        }
        _ if is_claimed => return Err(refusal::name_taken()),
        (StudentState::Expected, None) if !found.on_roster && joins_freely => StudentState::Member,
        _ => StudentState::Waiting,
    };
    let student = records
        .student_mut(found.number)
        .ok_or_else(refusal::full)?;
    student.secret = Some(secret);
    student.state = state;
    // A lab that only asks again does not say from where.
    if let Some(bench) = &request.bench {
        student.bench = Some(bench.to_string());
    }
    Ok(Joined::As(found.number))
}

/// Adds a student, who is expected until a lab claims the name.
///
/// # Errors
/// The class is full.
pub fn add(records: &mut ClassRecords, name: &str) -> Result<u32, Refused> {
    let place = records.class.next_place;
    let number = student_number(records.class.number, place);
    let is_full = records.students.len() >= MOST_STUDENTS;
    let number = number.filter(|_| !is_full).ok_or_else(refusal::full)?;
    records.class_mut().next_place = place + 1;
    let student = StudentRecord::new(number, name.to_owned(), StudentState::Expected);
    records.students.insert(number, student.into());
    Ok(number)
}

/// Whether this is the PIN of the student's slip; hyphens and small letters do not matter.
fn is_pin(records: &ClassRecords, student: &StudentRecord, typed: &str) -> bool {
    let typed: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    let typed = typed.to_ascii_uppercase();
    let right = records.class.key.pin(student.number, student.pin_round);
    student.on_roster && bool::from(typed.as_bytes().ct_eq(right.as_bytes()))
}
