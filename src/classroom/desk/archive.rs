//! All reports of a class as one ZIP archive: a file for each student and sheet, and who is who.
//!
//! The files are named by the students' numbers. A name that a student chose is never part of a path.

use std::fmt::Write as _;

use super::class_store::ClassRecords;
use super::desk_report::DeskReport;
use super::marks;
use super::zip::{TooLarge, ZipArchive};
use crate::base::clock::BenchTime;
use crate::web::visible_time::date_and_time;
use crate::worksheets::codes::Codes;
use crate::worksheets::library::SheetLibrary;

/// The archive of a class.
///
/// # Errors
/// It would be too large.
pub fn of_class(
    records: &ClassRecords,
    library: &SheetLibrary,
    codes: Codes<'_>,
    now: BenchTime,
) -> Result<Vec<u8>, TooLarge> {
    let class = &*records.class;
    let root = format!("class-{}-reports", class.number);
    let mut archive = ZipArchive::new(now);
    archive.add(
        &format!("{root}/README.txt"),
        read_me(records, now).as_bytes(),
    )?;
    // Excel takes UTF-8 for the system's encoding without the mark.
    let list = format!("\u{feff}{}", marks::students_csv(records.all()));
    archive.add(&format!("{root}/students.csv"), list.as_bytes())?;
    for student in records.all() {
        for sheet in library.sheets() {
            let report = DeskReport {
                class,
                student,
                sheet,
                now,
            };
            if let Some(report) = report.to_markdown(codes) {
                let name = format!("{root}/student-{}/{}.md", student.number, sheet.slug);
                archive.add(&name, report.as_bytes())?;
            }
        }
    }
    archive.finish()
}

fn read_me(records: &ClassRecords, now: BenchTime) -> String {
    let class = &records.class;
    let mut text = String::new();
    // Writing to a text never fails.
    let _ = write!(
        text,
        "All reports of the class {name:?}, written {written} UTC.\n\n\
         students.csv says which number is whose. A folder has a report for each sheet.\n\n\
         To verify every code, unpack the archive beside the lab's data folder, and run:\n\n    \
         session-lab labs verify class-{number}-reports\n\n\
         These files hold names and marks. The desk deletes the class ",
        name = class.name,
        written = date_and_time(now),
        number = class.number,
    );
    let _ = match class.ended {
        Some(_) => write!(text, "{} UTC", date_and_time(class.deleted_at())),
        None => write!(text, "{} days after its end", class.keep_days),
    };
    text.push_str(". It cannot delete this copy: do it yourself.\n");
    text
}
