//! Marks: points by step and question, and whether they came in time; as CSV for Moodle and Canvas.
//!
//! What is right counts its points. A deadline compares the time of the receipt by the desk's clock.
//! What came later is listed apart, and the teacher decides what it is worth.

use super::student_record::{ReportedTime, SheetRecord, StudentRecord};
use crate::base::clock::BenchTime;
use crate::base::encode;
use crate::web::visible_time::date_and_time;
use crate::worksheets::sheet::{Sheet, SheetBlock};

/// What a student has on one sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SheetMark {
    /// Points of what came in time.
    pub in_time: u32,
    /// Points of what came after the deadline.
    pub late: u32,
    /// The points that the sheet has.
    pub of: u32,
}

/// What a student has for one block of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockMark<'s> {
    /// The block's id.
    pub id: &'s str,
    /// The points that it has.
    pub of: u32,
    /// The points that the student has.
    pub points: u32,
    /// When it was received, where something was.
    pub at: Option<ReportedTime>,
    /// Whether that was after the deadline.
    pub is_late: bool,
}

/// What a student has for each block of a sheet that has an id.
pub fn of_blocks<'s>(
    sheet: &'s Sheet,
    record: Option<&SheetRecord>,
    deadline: Option<BenchTime>,
) -> Vec<BlockMark<'s>> {
    let mark = |block: &'s SheetBlock| {
        let common = block.common()?;
        let (points, at) = record
            .and_then(|record| earned(block, record))
            .map_or((0, None), |(points, at)| (points, Some(at)));
        let is_late = match (at, deadline) {
            (Some(at), Some(deadline)) => at.received > deadline,
            _ => false,
        };
        Some(BlockMark {
            id: &common.id,
            of: common.points,
            points: points.min(common.points),
            at,
            is_late,
        })
    };
    sheet
        .parts
        .iter()
        .filter_map(|part| mark(&part.what))
        .collect()
}

/// The points for one block, and when it came. A prediction has no right answer: any counts.
fn earned(block: &SheetBlock, record: &SheetRecord) -> Option<(u32, ReportedTime)> {
    let common = block.common()?;
    match block {
        SheetBlock::Step(_) => {
            let solved = record.steps.get(&common.id)?.solved?;
            Some((common.points, solved))
        }
        SheetBlock::Question(_) => {
            let answer = record.answers.get(&common.id)?;
            let points = if answer.right == Some(false) {
                0
            } else {
                common.points
            };
            Some((points, answer.at))
        }
        SheetBlock::Reflection(_) => {
            let reflection = record.reflections.get(&common.id)?;
            Some((reflection.points.unwrap_or(0), reflection.at))
        }
        _ => None,
    }
}

/// What a student has on a sheet.
pub fn of_sheet(student: &StudentRecord, sheet: &Sheet, deadline: Option<BenchTime>) -> SheetMark {
    let record = student.sheets.get(&sheet.slug);
    let mut mark = SheetMark {
        of: sheet.points(),
        ..SheetMark::default()
    };
    for block in of_blocks(sheet, record, deadline) {
        if block.is_late {
            mark.late += block.points;
        } else {
            mark.in_time += block.points;
        }
    }
    mark
}

/// Whose import a file of marks is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarksFile {
    /// Moodle: Grades, Import, CSV file. It matches by *ID number* or *Email address*.
    Moodle,
    /// Canvas: Grades, Import. It matches by *SIS User ID*.
    Canvas,
}

/// The marks of a class as CSV (RFC 4180).
pub fn csv<'s>(
    file: MarksFile,
    students: impl Iterator<Item = &'s StudentRecord>,
    sheets: &[(&Sheet, Option<BenchTime>)],
) -> String {
    let identifiers: &[&str] = match file {
        MarksFile::Moodle => &["Name", "ID number", "Email address"],
        MarksFile::Canvas => &["Student", "ID", "SIS User ID", "SIS Login ID", "Section"],
    };
    let names = sheets.iter().flat_map(|(sheet, _)| match file {
        MarksFile::Moodle => vec![sheet.heading(), format!("{}, late", sheet.heading())],
        MarksFile::Canvas => vec![sheet.heading()],
    });
    let head = identifiers.iter().map(|name| (*name).to_owned());
    let mut text = row(head.chain(names));
    if file == MarksFile::Canvas {
        // Canvas takes the points that each assignment has from this row.
        let blank = ["    Points Possible", "", "", "", ""].map(str::to_owned);
        let points = sheets.iter().map(|(sheet, _)| sheet.points().to_string());
        text.push_str(&row(blank.into_iter().chain(points)));
    }
    for student in students {
        let own = match file {
            MarksFile::Moodle => vec![&*student.name, &student.id_number, &student.email],
            MarksFile::Canvas => vec![&*student.name, "", &student.id_number, &student.email, ""],
        };
        let own = own.into_iter().map(harmless);
        let marks = sheets.iter().flat_map(|(sheet, deadline)| {
            let mark = of_sheet(student, sheet, *deadline);
            match file {
                MarksFile::Moodle => vec![mark.in_time.to_string(), mark.late.to_string()],
                MarksFile::Canvas => vec![mark.in_time.to_string()],
            }
        });
        text.push_str(&row(own.chain(marks)));
    }
    text
}

/// Each part of each sheet with its points, both times, and whether it was late: a row for each thing
/// that was reported.
pub fn details_csv<'s>(
    students: impl Iterator<Item = &'s StudentRecord>,
    sheets: &[(&Sheet, Option<BenchTime>)],
) -> String {
    let head = [
        "Name",
        "ID number",
        "Email address",
        "Sheet",
        "Part",
        "Points",
        "Of",
        "Received (UTC)",
        "By the student's clock (UTC)",
        "Late",
        "Evidence",
    ];
    let mut text = row(head.into_iter().map(str::to_owned));
    for student in students {
        for (sheet, deadline) in sheets {
            let record = student.sheets.get(&sheet.slug);
            for mark in of_blocks(sheet, record, *deadline) {
                let Some(at) = mark.at else {
                    continue;
                };
                let own = [&*student.name, &student.id_number, &student.email];
                let late = if mark.is_late { "late" } else { "in time" };
                let rest = [
                    sheet.heading(),
                    mark.id.to_owned(),
                    mark.points.to_string(),
                    mark.of.to_string(),
                    date_and_time(at.received),
                    date_and_time(at.reported),
                    late.to_owned(),
                    student.evidence_in_words().to_owned(),
                ];
                text.push_str(&row(own.map(harmless).into_iter().chain(rest)));
            }
        }
    }
    text
}

/// Whose number is which: a row for each student.
pub fn students_csv<'s>(students: impl Iterator<Item = &'s StudentRecord>) -> String {
    let head = ["Number", "Name", "ID number", "Email address", "Evidence"];
    let mut text = row(head.into_iter().map(str::to_owned));
    for student in students {
        let own = [&*student.name, &student.id_number, &student.email].map(harmless);
        let number = [student.number.to_string()].into_iter();
        let evidence = [student.evidence_in_words().to_owned()];
        text.push_str(&row(number.chain(own).chain(evidence)));
    }
    text
}

/// A text that no spreadsheet takes for a formula: one that begins with `=`, `+`, `-`, `@`,
/// a tab or a carriage return gets an apostrophe in front, as OWASP advises. Full-width forms of these
/// characters are formulas in some spreadsheets also.
pub fn harmless(text: &str) -> String {
    let is_formula = |c: char| {
        matches!(
            c,
            '=' | '+'
                | '-'
                | '@'
                | '\t'
                | '\r'
                | '\n'
                | '\u{ff1d}'
                | '\u{ff0b}'
                | '\u{ff0d}'
                | '\u{ff20}'
        )
    };
    if text.starts_with(is_formula) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A row. What a reader does not see is shown as an escape, as on the pages: a name that turns the
/// direction of writing would show the marks beside it in another order.
fn row(fields: impl Iterator<Item = String>) -> String {
    let quoted = fields.map(|field| {
        let field = encode::page(&field).into_owned();
        if field.contains(['"', ',', ';', '\n', '\r', '\t']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}
