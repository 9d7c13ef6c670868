//! What the teacher changes: one function for each page that has forms.

use std::time::Duration;

use hyper::StatusCode;
use serde_json::json;

use super::TeacherSite;
use super::class_pages::options;
use super::form::DeskForm;
use super::pages::PageError;
use super::refused_form::{FormMistake, PageVisit};
use super::sign_in::TeacherSession;
use super::student_page::student_of;
use crate::classroom::desk::class_record::{ClassRecord, MOST_QUESTIONS, QuestionRecord};
use crate::classroom::desk::class_store::{ClassRecords, ClassStore};
use crate::classroom::desk::roster::{self, RosterEntry, folded};
use crate::classroom::desk::server::{DeskAnswer, DeskRequest};
use crate::classroom::desk::student_record::{StudentRecord, StudentState};
use crate::classroom::desk::{membership, roster_file};

/// The longest message and comment, in characters.
const LONGEST_WORDS: usize = 2_000;

/// The longest time until a deadline, in minutes: a year.
const FURTHEST_DEADLINE: u32 = 366 * 24 * 60;

impl TeacherSite {
    /// Does what a form of this session asks for, and leads back to its page.
    pub(super) async fn change(
        &self,
        path: &[&str],
        session: &TeacherSession,
        request: &DeskRequest,
        form: &DeskForm,
    ) -> Result<DeskAnswer, PageError> {
        match path {
            ["classes"] => self.make_class(form).await,
            ["class", number, rest @ ..] => {
                let class = self.class_of(number)?;
                let back = format!("/{}", path.join("/"));
                match rest {
                    ["roster"] => self.read_roster(&class, form).await?,
                    ["roster-file"] => return self.read_roster_file(&class, request).await,
                    ["settings"] if form.get("do") == "delete" => {
                        return self.delete_class(&class, form).await;
                    }
                    ["settings"] => class.change(|all| self.set(all, form)).await?,
                    ["lead"] => class.change(|all| self.lead(all, form)).await?,
                    ["ask"] => class.change(|all| self.ask(all, form)).await?,
                    ["care"] => {
                        class.change(|all| care(all, form)).await?;
                        return Ok(DeskAnswer::see_other(format!("/class/{number}")));
                    }
                    ["student", student] if form.get("do") == "new-link" => {
                        return self.new_link(&class, student, PageVisit::of(session)).await;
                    }
                    ["student", student] => {
                        let all = format!("/class/{number}/roster");
                        let is_gone = form.get("do") == "delete";
                        class
                            .change(|records| of_student(records, student, form))
                            .await?;
                        return Ok(DeskAnswer::see_other(if is_gone { all } else { back }));
                    }
                    _ => return Err(PageError::NotFound),
                }
                Ok(DeskAnswer::see_other(back))
            }
            _ => Err(PageError::NotFound),
        }
    }

    async fn make_class(&self, form: &DeskForm) -> Result<DeskAnswer, PageError> {
        let name = form.get("name");
        if let Some(why) = roster::wrong_with(name) {
            return Err(mistake("name", format!("The class needs a name: {why}.")));
        }
        let made = self.desk.make_class(name).await?;
        let Some(made) = made else {
            return Err(refused(
                "The desk has 100 classes already. Delete one first.",
            ));
        };
        let number = made.records().class.number;
        Ok(DeskAnswer::see_other(format!("/class/{number}/join")))
    }

    async fn delete_class(
        &self,
        class: &ClassStore,
        form: &DeskForm,
    ) -> Result<DeskAnswer, PageError> {
        let class = class.records().class;
        if roster::composed(form.get("name")) != roster::composed(&class.name) {
            let why = "To delete a class and everything of it, write its name into the field.";
            return Err(mistake("name", why));
        }
        self.desk.delete_class(class.number).await?;
        Ok(DeskAnswer::see_other("/".into()))
    }

    fn set(&self, records: &mut ClassRecords, form: &DeskForm) -> Result<(), PageError> {
        let now = self.desk.now();
        let class = records.class_mut();
        match form.get("do") {
            "open" if class.ended.is_none() => class.is_open = true,
            "close" => class.is_open = false,
            "end" => {
                class.is_open = false;
                class.ended.get_or_insert(now);
            }
            "set" => {
                let number = |name, what, most: u32| {
                    let number = form.number(name).filter(|n| (1..=most).contains(n));
                    let why = format!("{what} must be a whole number from 1 to {most}.");
                    number.ok_or_else(|| mistake(name, why))
                };
                class.stuck_minutes = number("stuck-minutes", "The number of minutes", 120)?;
                class.keep_days = number("keep-days", "The number of days", 3650)?;
                class.joins_freely = form.is_ticked("joins-freely");
            }
            _ => return Err(PageError::NotFound),
        }
        Ok(())
    }

    fn lead(&self, records: &mut ClassRecords, form: &DeskForm) -> Result<(), PageError> {
        let now = self.desk.now();
        let leads = &mut records.class_mut().leads;
        if form.get("do") == "message" {
            leads.message = words(form, "message")?;
            return Ok(());
        }
        let sheet = self.desk.library().find(form.get("sheet"));
        let slug = sheet
            .map(|sheet| sheet.slug.clone())
            .ok_or(PageError::NotFound)?;
        match form.get("do") {
            "now" => leads.now = Some(slug),
            "not-now" => leads.now = None,
            "close" => {
                leads.closed.insert(slug);
            }
            "open" => {
                leads.closed.remove(&slug);
                leads.released.remove(&slug);
            }
            // Answers while a sheet is open would be everyone's answers.
            "release" if leads.is_over(&slug, now) => {
                leads.released.insert(slug);
            }
            "release" => {
                let why = "Close the sheet first, or wait for its deadline. Its answers would help until then.";
                return Err(refused(why));
            }
            "keep-back" => {
                leads.released.remove(&slug);
            }
            "deadline" => match form.filled("minutes") {
                None => {
                    leads.deadlines.remove(&slug);
                }
                Some(_) => {
                    let minutes = form.number("minutes").filter(|n| *n <= FURTHEST_DEADLINE);
                    let why = "The deadline is a number of minutes from now, a year at most.";
                    let minutes = minutes.ok_or_else(|| mistake("minutes", why))?;
                    let at = now.after(Duration::from_secs(60 * u64::from(minutes)));
                    leads.deadlines.insert(slug, at);
                }
            },
            _ => return Err(PageError::NotFound),
        }
        Ok(())
    }

    fn ask(&self, records: &mut ClassRecords, form: &DeskForm) -> Result<(), PageError> {
        let asked = self.desk.now();
        let class = records.class_mut();
        if form.get("do") == "ask" {
            let question = self.question(form, asked).ok_or(PageError::NotFound)?;
            if class.questions.len() >= MOST_QUESTIONS {
                let why = "The class was asked 200 questions. Make another class.";
                return Err(refused(why));
            }
            class.questions.push(question);
            class.leads.asks = true;
            return Ok(());
        }
        let question = current_question(class).ok_or(PageError::NotFound)?;
        match form.get("do") {
            "show" => question.is_shown = true,
            "hide" => question.is_shown = false,
            "again" => {
                question.round = 2;
                question.is_shown = false;
            }
            "stop" => class.leads.asks = false,
            _ => return Err(PageError::NotFound),
        }
        Ok(())
    }

    /// A question of a sheet, as `sheet/question` names it.
    fn question(
        &self,
        form: &DeskForm,
        asked: crate::base::clock::BenchTime,
    ) -> Option<QuestionRecord> {
        let (slug, id) = form.get("question").split_once('/')?;
        let sheet = self.desk.library().find(slug)?;
        let question = sheet
            .questions()
            .find(|question| question.common.id == id)?;
        Some(QuestionRecord {
            sheet: sheet.slug.clone(),
            question: id.to_owned(),
            options: options(question)?.len(),
            round: 1,
            is_shown: false,
            asked,
        })
    }

    async fn read_roster(&self, class: &ClassStore, form: &DeskForm) -> Result<(), PageError> {
        let read = roster::parse(form.get("roster"));
        let entries = read.map_err(|error| mistake("roster", format!("{error}.")))?;
        let merged = class.change(|records| merge(records, &entries)).await;
        merged.map_err(|error| match error {
            PageError::Refused(full) => mistake("roster", full.says),
            error => error,
        })
    }

    /// The bytes of a file, which a script sends as they are: a form would change their encoding.
    async fn read_roster_file(
        &self,
        class: &ClassStore,
        request: &DeskRequest,
    ) -> Result<DeskAnswer, PageError> {
        let read = roster_file::decode(&request.body).and_then(|text| roster::parse(&text));
        let entries = read.map_err(|error| refused(format!("{error}.")))?;
        class.change(|records| merge(records, &entries)).await?;
        Ok(DeskAnswer::json(
            StatusCode::OK,
            &json!({ "names": entries.len() }),
        ))
    }
}

fn current_question(class: &mut ClassRecord) -> Option<&mut QuestionRecord> {
    let asks = class.leads.asks;
    class.questions.last_mut().filter(|_| asks)
}

/// A mistake in a field.
fn mistake(field: &'static str, says: impl Into<String>) -> PageError {
    PageError::Refused(FormMistake::at(field, says))
}

/// A refusal that no field can be changed for.
fn refused(says: impl Into<String>) -> PageError {
    let says = says.into();
    PageError::Refused(FormMistake { says, field: None })
}

/// A text of the teacher's; `None` where the field is empty.
fn words(form: &DeskForm, name: &'static str) -> Result<Option<String>, PageError> {
    let text = form.filled(name);
    if text.is_some_and(|text| text.chars().count() > LONGEST_WORDS) {
        return Err(mistake(name, "The text is longer than 2000 characters."));
    }
    Ok(text.map(str::to_owned))
}

/// Adds the students that are new, and brings the others up to date. Nobody is removed.
fn merge(records: &mut ClassRecords, entries: &[RosterEntry]) -> Result<(), PageError> {
    for entry in entries {
        let wanted = folded(&entry.name);
        let known = records
            .all()
            .find(|student| folded(&student.name) == wanted);
        let number = match known.map(|student| student.number) {
            Some(number) => number,
            None => membership::add(records, &entry.name)?,
        };
        if let Some(student) = records.student_mut(number) {
            student.on_roster = true;
            student.id_number.clone_from(&entry.id_number);
            student.email.clone_from(&entry.email);
        }
    }
    Ok(())
}

/// What is done for every member at once.
fn care(records: &mut ClassRecords, form: &DeskForm) -> Result<(), PageError> {
    let numbers: Vec<u32> = records.students.keys().copied().collect();
    for number in numbers {
        let Some(student) = records.student_mut(number) else {
            continue;
        };
        match form.get("do") {
            "reset-all" => student.resets += 1,
            "restore-all" => student.restores += 1,
            "lower-all" => student.hand = None,
            _ => return Err(PageError::NotFound),
        }
    }
    Ok(())
}

fn of_student(records: &mut ClassRecords, number: &str, form: &DeskForm) -> Result<(), PageError> {
    let number = student_of(records, number)?.number;
    if form.get("do") == "delete" {
        records.students.remove(&number);
        return Ok(());
    }
    let student = records.student_mut(number).ok_or(PageError::NotFound)?;
    match form.get("do") {
        "approve" if student.state == StudentState::Waiting => student.state = StudentState::Member,
        "reset" => student.resets += 1,
        "restore" => student.restores += 1,
        "lower" => student.hand = None,
        "new-slip" => student.pin_round += 1,
        // For a student with a new computer: the next lab that has the PIN gets the name.
        "forget" => {
            student.secret = None;
            student.labs.clear();
            student.state = StudentState::Expected;
            student.pin_round += 1;
        }
        "remark" => remark(student, form)?,
        _ => return Err(PageError::NotFound),
    }
    Ok(())
}

fn remark(student: &mut StudentRecord, form: &DeskForm) -> Result<(), PageError> {
    let comment = words(form, "comment")?;
    let points = match form.filled("points") {
        None => None,
        Some(_) => {
            let points = form.number("points").filter(|points| *points <= 1000);
            let why = "Points are a whole number up to 1000.";
            Some(points.ok_or_else(|| mistake("points", why))?)
        }
    };
    let sheet = student.sheets.get_mut(form.get("sheet"));
    let reflection = sheet.and_then(|sheet| sheet.reflections.get_mut(form.get("reflection")));
    let reflection = reflection.ok_or(PageError::NotFound)?;
    reflection.comment = comment;
    reflection.points = points;
    Ok(())
}
