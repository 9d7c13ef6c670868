//! All reports of a class as one ZIP archive: a file for each student and sheet, and who is who.
//!
//! The files are named by the students' numbers. A name that a student chose is never part of a path.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::class_store::ClassRecords;
use super::desk_report::DeskReport;
use super::marks;
use crate::base::clock::BenchTime;
use crate::web::visible_time::date_and_time;
use crate::worksheets::codes::Codes;
use crate::worksheets::library::SheetLibrary;

/// The archive of a class.
///
/// # Errors
/// It would be larger than an archive can be.
pub fn of_class(
    records: &ClassRecords,
    library: &SheetLibrary,
    codes: Codes<'_>,
    now: BenchTime,
) -> Result<Vec<u8>, std::io::Error> {
    let class = &*records.class;
    let root = format!("class-{}-reports", class.number);
    // Reports are a few kilobytes each, so compression would save little.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(day_and_time(now));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, content: &[u8]| -> std::io::Result<()> {
        archive.start_file(format!("{root}/{name}"), options)?;
        archive.write_all(content)
    };
    add("README.txt", read_me(records, now).as_bytes())?;
    // Excel takes UTF-8 for the system's encoding without the mark.
    let list = format!("\u{feff}{}", marks::students_csv(records.all()));
    add("students.csv", list.as_bytes())?;
    for student in records.all() {
        for sheet in library.sheets() {
            let report = DeskReport {
                class,
                student,
                sheet,
                now,
            };
            if let Some(report) = report.to_markdown(codes) {
                let name = format!("student-{}/{}.md", student.number, sheet.slug);
                add(&name, report.as_bytes())?;
            }
        }
    }
    Ok(archive.finish()?.into_inner())
}

/// The moment as archives write it, in UTC. They know no year before 1980 and none after 2107: then it
/// is their first day.
fn day_and_time(now: BenchTime) -> DateTime {
    let moment = i64::try_from(now.seconds()).ok();
    let moment = moment.and_then(|seconds| time::OffsetDateTime::from_unix_timestamp(seconds).ok());
    let known = moment.and_then(|moment| {
        let year = u16::try_from(moment.year()).ok()?;
        let (month, day) = (u8::from(moment.month()), moment.day());
        let (hour, minute, second) = moment.to_hms();
        DateTime::from_date_and_time(year, month, day, hour, minute, second).ok()
    });
    known.unwrap_or_default()
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
