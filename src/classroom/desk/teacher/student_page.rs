//! One student's page: what was refused, in words; what was handed in; and what the teacher can do.

use std::sync::Arc;

use serde_json::{Value, json};

use super::TeacherSite;
use super::pages::PageError;
use super::refused_form::PageVisit;
use crate::classroom::desk::backup;
use crate::classroom::desk::class_store::{ClassRecords, ClassStore};
use crate::classroom::desk::error::DeskError;
use crate::classroom::desk::marks;
use crate::classroom::desk::server::DeskAnswer;
use crate::classroom::desk::student_record::{
    RefusalRecord, ReportedTime, SheetRecord, StudentRecord,
};
use crate::web::visible_time::{date_and_time, span};

impl TeacherSite {
    pub(super) fn student_page(
        &self,
        class: &ClassStore,
        number: &str,
        visit: PageVisit<'_>,
    ) -> Result<DeskAnswer, PageError> {
        self.student_page_with(class, number, visit, None)
    }

    /// Ends every key of the student's bench, and shows a link to it. It is in this answer only.
    pub(super) async fn new_link(
        &self,
        class: &ClassStore,
        number: &str,
        visit: PageVisit<'_>,
    ) -> Result<DeskAnswer, PageError> {
        let bench = student_of(&class.records(), number)?.own_bench();
        let link = match (&self.bench_links, bench) {
            (Some(links), Some(bench)) => links.replace(&bench).await.map_err(DeskError::from)?,
            _ => None,
        };
        let link = link.ok_or(PageError::NotFound)?;
        self.student_page_with(class, number, visit, Some(&link))
    }

    fn student_page_with(
        &self,
        class: &ClassStore,
        number: &str,
        visit: PageVisit<'_>,
        link: Option<&str>,
    ) -> Result<DeskAnswer, PageError> {
        let records = class.records();
        let student = student_of(&records, number)?;
        let now = self.desk.now();
        let slugs = student.sheets.keys();
        let sheets = slugs.filter_map(|slug| self.sheet_view(&records, &student, slug));
        let ahead = std::time::Duration::from_millis(student.clock_ahead.unsigned_abs());
        let page = json!({
            "student": {
                "number": student.number, "name": student.name, "state": student.state,
                "id_number": student.id_number, "email": student.email,
                "on_roster": student.on_roster, "hand": student.hand.is_some(),
                "seen": student.seen.map(|seen| span(now.since(seen))),
                "clock": if student.clock_ahead < 0 { "behind" } else { "ahead" },
                "clock_off": span(ahead), "labs": student.labs.len(),
                "evidence": student.evidence_in_words(),
                "resets": student.resets, "restores": student.restores,
                "erased": student.erased.keys().collect::<Vec<_>>(),
                "is_claimed": student.secret.is_some(),
                "has_keys": self.bench_links.is_some() && student.own_bench().is_some(),
            },
            "link": link,
            "sheets": sheets.collect::<Vec<_>>(),
        });
        let title = student.name.clone();
        Ok(self.page("student", &title, visit, Some(&records.class), page))
    }

    fn sheet_view(
        &self,
        records: &ClassRecords,
        student: &StudentRecord,
        slug: &str,
    ) -> Option<Value> {
        let sheet = self.desk.library().find(slug)?;
        let record = student.sheets.get(slug)?;
        let deadline = records.class.leads.deadlines.get(slug).copied();
        let blocks: Vec<Value> = marks::of_blocks(sheet, Some(record), deadline)
            .into_iter()
            .map(|mark| {
                json!({
                    "id": mark.id, "points": mark.points, "of": mark.of, "is_late": mark.is_late,
                    "at": mark.at.map(two_clocks),
                    "attempts": record.steps.get(mark.id).map(|step| step.attempts),
                    "refusals": record.steps.get(mark.id).map(|step| {
                        step.refusals.iter().map(refusal_view).collect::<Vec<_>>()
                    }),
                })
            })
            .collect();
        Some(json!({
            "slug": slug, "heading": sheet.heading(), "blocks": blocks,
            "reflections": reflections(record),
            "begun": record.begun.map(date_and_time),
        }))
    }

    pub(super) fn export_student(
        &self,
        class: &ClassStore,
        number: &str,
    ) -> Result<DeskAnswer, PageError> {
        let records = class.records();
        let student = student_of(&records, number)?;
        let name = format!("student-{}.json", student.number);
        let text = backup::of_student(&student)?;
        Ok(DeskAnswer::file("application/json", &name, text))
    }
}

/// The student of a number in an address.
pub(super) fn student_of(
    records: &ClassRecords,
    number: &str,
) -> Result<Arc<StudentRecord>, PageError> {
    let number = number.parse().ok();
    let student = number.and_then(|number: u32| records.students.get(&number));
    student.cloned().ok_or(PageError::NotFound)
}

fn refusal_view(refusal: &RefusalRecord) -> Value {
    json!({ "why": refusal.why, "at": two_clocks(refusal.at) })
}

fn reflections(record: &SheetRecord) -> Vec<Value> {
    let all = record.reflections.iter();
    all.map(|(id, reflection)| {
        json!({
            "id": id, "text": reflection.text, "at": two_clocks(reflection.at),
            "comment": reflection.comment, "points": reflection.points,
        })
    })
    .collect()
}

/// Both clocks of a moment; only the desk's counts.
fn two_clocks(at: ReportedTime) -> Value {
    json!({ "received": date_and_time(at.received), "reported": date_and_time(at.reported) })
}
