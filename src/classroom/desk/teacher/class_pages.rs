//! The pages of one class.

use serde_json::{Value, json};

use super::refused_form::PageVisit;
use super::{TeacherSite, qr};
use crate::base::clock::BenchTime;
use crate::classroom::desk::class_record::{ClassRecord, votes};
use crate::classroom::desk::class_store::{ClassRecords, ClassStore};
use crate::classroom::desk::marks::{self, MarksFile};
use crate::classroom::desk::server::DeskAnswer;
use crate::classroom::desk::student_record::StudentState;
use crate::classroom::desk::teacher::pages::PageError;
use crate::classroom::desk::{archive, backup, board};
use crate::web::visible_time::date_and_time;
use crate::worksheets::codes::Codes;
use crate::worksheets::sheet::{Question, QuestionKind, QuestionOption, Sheet};

impl TeacherSite {
    pub(super) fn board_page(&self, class: &ClassStore, visit: PageVisit<'_>) -> DeskAnswer {
        let records = class.records();
        let class = &records.class;
        let board = board::of_class(class, records.all(), self.desk.library(), self.desk.now());
        let page = json!({
            "board": board, "live": format!("/class/{}/board.json", class.number),
            "projector": format!("/projector/{}", class.projector),
            "stuck_minutes": class.stuck_minutes,
        });
        self.page("board", &class.name, visit, Some(class), page)
    }

    pub(super) fn roster_page(&self, class: &ClassStore, visit: PageVisit<'_>) -> DeskAnswer {
        let records = class.records();
        let students: Vec<Value> = records
            .all()
            .map(|student| {
                json!({
                    "number": student.number, "name": student.name, "id_number": student.id_number,
                    "email": student.email, "state": student.state, "on_roster": student.on_roster,
                })
            })
            .collect();
        let page = json!({
            "students": students, "joins_freely": records.class.joins_freely,
        });
        self.page("roster", "Roster", visit, Some(&records.class), page)
    }

    pub(super) fn slips_page(&self, class: &ClassStore, visit: PageVisit<'_>) -> DeskAnswer {
        let records = class.records();
        let key = &records.class.key;
        let on_roster = records.all().filter(|student| student.on_roster);
        let slips: Vec<Value> = on_roster
            .map(|student| {
                let pin = key.pin(student.number, student.pin_round);
                let (left, right) = pin.split_at(pin.len() / 2);
                json!({ "name": student.name, "pin": format!("{left}-{right}") })
            })
            .collect();
        let page = json!({ "slips": slips, "address": self.class_address });
        self.page("slips", "Slips", visit, Some(&records.class), page)
    }

    pub(super) fn join_page(&self, class: &ClassStore, visit: PageVisit<'_>) -> DeskAnswer {
        let records = class.records();
        let class = &records.class;
        let address = format!("{}/{}", self.class_address, class.code);
        let page = json!({
            "qr": qr::svg(&address), "address": self.class_address, "link": address,
            "fingerprint": self.fingerprint.by_eye(),
            "pinned": format!("{address}?pin={}", self.fingerprint),
        });
        self.page("join", "How to join", visit, Some(class), page)
    }

    pub(super) fn lead_page(&self, class: &ClassStore, visit: PageVisit<'_>) -> DeskAnswer {
        let records = class.records();
        let leads = &records.class.leads;
        let sheets = self.desk.library().sheets().iter();
        let now = self.desk.now();
        let sheets: Vec<Value> = sheets
            .map(|sheet| {
                let deadline = leads.deadlines.get(&sheet.slug);
                json!({
                    "slug": sheet.slug, "heading": sheet.heading(),
                    "is_closed": leads.closed.contains(&sheet.slug),
                    "is_over": leads.is_over(&sheet.slug, now),
                    "is_now": leads.now.as_ref() == Some(&sheet.slug),
                    "is_released": leads.released.contains(&sheet.slug),
                    "deadline": deadline.map(|at| date_and_time(*at)),
                })
            })
            .collect();
        let page = json!({
            "sheets": sheets, "message": leads.message,
            "time": date_and_time(now),
        });
        self.page("lead", "Lead", visit, Some(&records.class), page)
    }

    pub(super) fn ask_page(&self, class: &ClassStore, visit: PageVisit<'_>) -> DeskAnswer {
        let records = class.records();
        let sheets = self.desk.library().sheets().iter();
        let sheets: Vec<Value> = sheets
            .map(|sheet| {
                let questions = sheet.questions().filter(|q| options(q).is_some());
                let questions = questions.map(|q| json!({ "id": q.common.id, "ask": q.ask }));
                json!({
                    "slug": sheet.slug, "heading": sheet.heading(),
                    "questions": questions.collect::<Vec<_>>(),
                })
            })
            .collect();
        let all = records.class.questions.iter().enumerate().rev();
        let asked: Vec<Value> = all.map(|(at, _)| self.asked(&records, at)).collect();
        let current = records.class.question().map(|(number, _)| number);
        let page = json!({ "sheets": sheets, "asked": asked, "current": current });
        self.page("ask", "Ask", visit, Some(&records.class), page)
    }

    /// A question that was put to all, with both rounds of votes.
    fn asked(&self, records: &ClassRecords, at: usize) -> Value {
        let Some(question) = records.class.questions.get(at) else {
            return Value::Null;
        };
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let found = find_question(self.desk.library().sheets(), question);
        let texts = found.and_then(options).unwrap_or_default();
        let rounds: Vec<Value> = (1..=question.round)
            .map(|round| {
                let counts = votes(question, number, round, records.all());
                let total: u32 = counts.iter().sum();
                let bars = counts.iter().enumerate().map(|(at, count)| {
                    let text = texts.get(at).map(|option| option.text.clone());
                    json!({ "text": text, "count": count })
                });
                json!({ "round": round, "bars": bars.collect::<Vec<_>>(), "total": total })
            })
            .collect();
        json!({
            "number": number, "sheet": question.sheet, "round": question.round,
            "ask": found.map(|found| &found.ask), "is_shown": question.is_shown,
            "rounds": rounds, "asked": date_and_time(question.asked),
        })
    }

    pub(super) fn marks_page(&self, class: &ClassStore, visit: PageVisit<'_>) -> DeskAnswer {
        let records = class.records();
        let sheets = self.marked(&records);
        let rows: Vec<Value> = records
            .all()
            .filter(|student| student.state != StudentState::Expected || student.on_roster)
            .map(|student| {
                let marks = sheets
                    .iter()
                    .map(|(sheet, deadline)| json!(marks::of_sheet(student, sheet, *deadline)));
                json!({
                    "number": student.number, "name": student.name,
                    "marks": marks.collect::<Vec<_>>(),
                })
            })
            .collect();
        let sheets: Vec<Value> = sheets
            .iter()
            .map(|(sheet, deadline)| {
                json!({ "heading": sheet.heading(), "points": sheet.points(),
                        "deadline": deadline.map(date_and_time) })
            })
            .collect();
        let page = json!({ "sheets": sheets, "rows": rows });
        self.page("marks", "Marks", visit, Some(&records.class), page)
    }

    pub(super) fn marks_file(&self, class: &ClassStore, query: &str) -> DeskAnswer {
        let records = class.records();
        let sheets = self.marked(&records);
        let (name, text) = match query {
            "for=canvas" => (
                "canvas",
                marks::csv(MarksFile::Canvas, records.all(), &sheets),
            ),
            "for=details" => ("details", marks::details_csv(records.all(), &sheets)),
            _ => (
                "moodle",
                marks::csv(MarksFile::Moodle, records.all(), &sheets),
            ),
        };
        let name = format!("marks-class-{}-{name}.csv", records.class.number);
        // Excel takes UTF-8 for the system's encoding without the mark; both imports skip it.
        let text = format!("\u{feff}{text}");
        DeskAnswer::file("text/csv; charset=utf-8", &name, text)
    }

    /// Every report of the class in one file.
    pub(super) fn reports(&self, class: &ClassStore) -> Result<DeskAnswer, PageError> {
        let records = class.records();
        let (codes, now) = (Codes::new(&self.codes_key), self.desk.now());
        let archive = archive::of_class(&records, self.desk.library(), codes, now);
        let archive = archive.map_err(|error| PageError::TooLarge(error.to_string()))?;
        let name = format!("class-{}-reports.zip", records.class.number);
        Ok(DeskAnswer::file("application/zip", &name, archive))
    }

    /// The sheets of which something was reported, each with its deadline.
    fn marked(&self, records: &ClassRecords) -> Vec<(&Sheet, Option<BenchTime>)> {
        let is_used = |sheet: &&Sheet| {
            let mut all = records.all();
            all.any(|student| student.sheets.contains_key(&sheet.slug))
        };
        let sheets = self.desk.library().sheets().iter().map(|sheet| &**sheet);
        let deadline = |sheet: &Sheet| records.class.leads.deadlines.get(&sheet.slug).copied();
        let with = sheets.filter(is_used).map(|sheet| (sheet, deadline(sheet)));
        with.collect()
    }

    pub(super) fn settings_page(&self, class: &ClassStore, visit: PageVisit<'_>) -> DeskAnswer {
        let records = class.records();
        let class: &ClassRecord = &records.class;
        let page = json!({
            "joins_freely": visit.is_ticked("set", "joins-freely", class.joins_freely),
            "stuck_minutes": class.stuck_minutes,
            "keep_days": class.keep_days, "made": date_and_time(class.made),
            "ended": class.ended.map(date_and_time),
            "deleted_at": class.ended.map(|_| date_and_time(class.deleted_at())),
        });
        self.page("settings", "The class", visit, Some(class), page)
    }

    pub(super) fn export_class(&self, class: &ClassStore) -> Result<DeskAnswer, PageError> {
        let records = class.records();
        let name = format!("class-{}.json", records.class.number);
        let text = backup::of_class(&records)?;
        Ok(DeskAnswer::file("application/json", &name, text))
    }
}

/// The options of a question that can be put to all.
pub(super) fn options(question: &Question) -> Option<&[QuestionOption]> {
    match &question.kind {
        QuestionKind::Choice(options) | QuestionKind::Prediction { options, .. } => Some(options),
        QuestionKind::Text { .. } | QuestionKind::Number { .. } => None,
    }
}

fn find_question<'l>(
    sheets: &'l [std::sync::Arc<Sheet>],
    asked: &crate::classroom::desk::class_record::QuestionRecord,
) -> Option<&'l Question> {
    let sheet = sheets.iter().find(|sheet| sheet.slug == asked.sheet)?;
    let mut questions = sheet.questions();
    questions.find(|question| question.common.id == asked.question)
}
