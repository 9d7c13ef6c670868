//! A measured SameSite table as text, and in which cells it differs from each record.

use crate::same_site::recorded::{RecordedTable, cells};
use crate::same_site::{Initiator, TestCookie, Way};

/// The table in lines, one block for each initiator, then a line for each record.
pub fn of(measured: &RecordedTable, records: &[&RecordedTable]) -> String {
    let mut lines = format!("{}, {}\n", measured.with, measured.setting());
    for from in Initiator::ALL {
        lines += &format!("\nfrom {:<28}", from.title());
        for cookie in TestCookie::ALL {
            lines += &format!("{:<21}", cookie.title());
        }
        lines.truncate(lines.trim_end().len());
        lines.push('\n');
        for way in Way::ALL.into_iter().filter(|way| way.is_from(from)) {
            let Some(sent) = measured.sent(from, way) else {
                lines += &format!("  {:<31}not measured\n", way.title());
                continue;
            };
            let words = sent.map(|sent| format!("{:<21}", if sent { "sent" } else { "-" }));
            let row = format!("  {:<31}{}", way.title(), words.concat());
            lines += row.trim_end();
            lines.push('\n');
        }
    }
    lines.push('\n');
    for record in records {
        lines += &compared(measured, record);
    }
    lines
}

fn compared(measured: &RecordedTable, record: &RecordedTable) -> String {
    let differing: Vec<String> = cells()
        .filter(|(from, way, cookie)| {
            let at = *cookie as usize;
            let of = |table: &RecordedTable| table.sent(*from, *way).map(|sent| sent[at]);
            of(measured).is_some() && of(measured) != of(record)
        })
        .map(|(from, way, cookie)| format!("{}.{}.{}", from.slug(), way.slug(), cookie.slug()))
        .collect();
    let of = format!(
        "{}, {}, recorded on {}",
        record.with,
        record.setting(),
        record.on
    );
    match differing.as_slice() {
        [] => format!("As in the record of {of}.\n"),
        some => format!("Differs from the record of {of}, in {}.\n", some.join(", ")),
    }
}
