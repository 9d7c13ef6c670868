//! What one student's labs reported of one sheet, as Markdown with codes: the form that
//! `session-lab labs verify` reads.
//!
//! A student's own report has their answers. The desk has none of them, so this one says which were
//! right. The codes are made with the key of the lab that the desk runs in.

use std::fmt::Write as _;

use super::class_record::ClassRecord;
use super::marks::{self, BlockMark};
use super::student_record::{SheetRecord, StudentRecord};
use crate::base::clock::BenchTime;
use crate::base::encode;
use crate::web::visible_time::date_and_time;
use crate::worksheets::codes::{Codes, SolvedStep};
use crate::worksheets::report::{escape, quote, signed};
use crate::worksheets::sheet::Sheet;

/// One student's work on one sheet.
#[derive(Clone, Copy, Debug)]
pub struct DeskReport<'r> {
    /// The class.
    pub class: &'r ClassRecord,
    /// The student.
    pub student: &'r StudentRecord,
    /// The sheet.
    pub sheet: &'r Sheet,
    /// When it is written, by the desk's clock.
    pub now: BenchTime,
}

impl DeskReport<'_> {
    /// The report; `None` where nothing of the sheet was reported.
    pub fn to_markdown(self, codes: Codes<'_>) -> Option<String> {
        let record = self.student.sheets.get(&self.sheet.slug)?;
        let mut out = String::new();
        // Writing to a text never fails.
        let _ = self.write(&mut out, record, codes);
        Some(signed(out, codes))
    }

    fn write(&self, out: &mut String, record: &SheetRecord, codes: Codes<'_>) -> std::fmt::Result {
        let Self {
            class,
            student,
            sheet,
            now,
        } = self;
        let deadline = class.leads.deadlines.get(&sheet.slug).copied();
        let mark = marks::of_sheet(student, sheet, deadline);
        let blocks = marks::of_blocks(sheet, Some(record), deadline);
        let (name, bench) = (encode::line(&student.name), self.bench());
        writeln!(out, "# Report of the desk: {}\n", escape(&sheet.heading()))?;
        writeln!(out, "| What | Value |\n|---|---|")?;
        writeln!(out, "| Name | {} |", escape(&name))?;
        writeln!(out, "| ID number | {} |", escape(&student.id_number))?;
        writeln!(out, "| Class | {} |", escape(&class.name))?;
        writeln!(out, "| Bench | {bench} |")?;
        writeln!(out, "| Sheet | {} |", escape(&sheet.slug))?;
        writeln!(out, "| Written | {} UTC |", date_and_time(*now))?;
        if let Some(deadline) = deadline {
            writeln!(out, "| Deadline | {} UTC |", date_and_time(deadline))?;
        }
        let (in_time, late, of) = (mark.in_time, mark.late, mark.of);
        writeln!(out, "| Points in time | {in_time} of {of} |")?;
        writeln!(out, "| Points late | {late} |")?;
        writeln!(out, "| Evidence | {} |", student.evidence_in_words())?;
        writeln!(
            out,
            "\nThe desk wrote this report from what the student's lab reported. Times are those of the \
             receipt. A code that verifies shows that nobody changed the report since.\n"
        )?;
        writeln!(out, "## Steps\n")?;
        writeln!(
            out,
            "| step | received (UTC) | attempts | late | code |\n|---|---|---|---|---|"
        )?;
        for step in sheet.steps() {
            let id = &step.common.id;
            let known = record.steps.get(id);
            let attempts = known.map_or(0, |step| step.attempts);
            let Some(solved) = known.and_then(|step| step.solved) else {
                writeln!(out, "| {id} | not solved | {attempts} | | |")?;
                continue;
            };
            let time = date_and_time(solved.received);
            let code = codes.of_step(SolvedStep {
                name: &name,
                bench: &bench,
                sheet: &sheet.slug,
                step: id,
                time: &time,
            });
            let late = when(&blocks, id);
            writeln!(out, "| {id} | {time} | {attempts} | {late} | `{code}` |")?;
        }
        writeln!(out, "\n## Answers\n")?;
        for question in sheet.questions() {
            let id = &question.common.id;
            let Some(answer) = record.answers.get(id) else {
                writeln!(out, "- {id}: not answered")?;
                continue;
            };
            let judged = match answer.right {
                Some(true) => "right",
                Some(false) => "not right",
                None => "a guess before the reveal",
            };
            let (tries, at) = (answer.tries, date_and_time(answer.at.received));
            let late = when(&blocks, id);
            writeln!(out, "- {id}: {judged}; tries: {tries}; {at} UTC, {late}")?;
        }
        for (id, reflection) in &record.reflections {
            let at = date_and_time(reflection.at.received);
            writeln!(out, "\n### {}\n\nHanded in {at} UTC:\n", escape(id))?;
            quote(out, &reflection.text)?;
            if let Some(comment) = &reflection.comment {
                writeln!(out, "\nThe teacher's comment:\n")?;
                quote(out, comment)?;
            }
            if let Some(points) = reflection.points {
                writeln!(out, "\nPoints: {points}")?;
            }
        }
        Ok(())
    }

    /// Where the student worked, as far as the desk knows it.
    fn bench(&self) -> String {
        format!("student {}", self.student.number)
    }
}

/// Whether a part came in time.
fn when(blocks: &[BlockMark<'_>], id: &str) -> &'static str {
    let is_late = blocks.iter().any(|mark| mark.id == id && mark.is_late);
    if is_late { "late" } else { "in time" }
}
