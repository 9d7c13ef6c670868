//! The report as people read it.

use std::time::Duration;

use super::tally::{BenchStats, SessionCounts};
use super::{Room, StoreReport};
use crate::base::encode;
use crate::web::visible_time::span;

const HEAD: [&str; 7] = [
    "bench",
    "variant",
    "signed in",
    "anonymous",
    "expired",
    "records",
    "oldest live session",
];

/// The whole text.
pub fn of(report: &StoreReport) -> String {
    let mut text = format!(
        "Sessions in {}, asked at {} (UTC).\n\n",
        encode::line(&report.store),
        for_people(&report.asked_at)
    );
    if report.benches.is_empty() {
        text += "No bench has stored anything yet.\n";
    } else {
        let rows = report.benches.iter().flat_map(rows_of);
        let all = row("all", "", &report.total);
        text += &columns(rows.chain([all]).collect());
        text += "\n";
        report
            .benches
            .iter()
            .for_each(|bench| text += &about(bench));
    }
    match report.unreadable {
        0 => {}
        1 => text += "One session record cannot be read. It is not accepted.\n",
        n => text += &format!("{n} session records cannot be read. They are not accepted.\n"),
    }
    text + &room(&report.room)
}

fn rows_of(bench: &BenchStats) -> Vec<[String; 7]> {
    let variants = bench.variants.iter();
    variants
        .map(|one| row(&bench.bench, &one.variant, &one.counts))
        .collect()
}

fn row(bench: &str, variant: &str, counts: &SessionCounts) -> [String; 7] {
    [
        encode::line(bench).into_owned(),
        encode::line(variant).into_owned(),
        counts.signed_in.to_string(),
        counts.anonymous.to_string(),
        counts.expired.to_string(),
        counts.records.to_string(),
        counts.oldest.as_deref().map_or("none".into(), for_people),
    ]
}

/// Names on the left of their columns, numbers on the right.
fn columns(rows: Vec<[String; 7]>) -> String {
    let head = HEAD.map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max();
    let widths: Vec<usize> = (0..HEAD.len()).filter_map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            match column {
                2..=5 => line += &format!("{cell:>width$}  "),
                _ => line += &format!("{cell:<width$}  "),
            }
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn about(bench: &BenchStats) -> String {
    let clock = match bench.clock_ahead_seconds {
        0 => String::new(),
        ahead => format!("; its clock is {} ahead", span(Duration::from_secs(ahead))),
    };
    format!(
        "{}: {} in the journal, {} for all variants{clock}.\n",
        encode::line(&bench.bench),
        count(bench.journal_events, "event"),
        count(bench.shared_records, "record")
    )
}

fn room(room: &Room) -> String {
    match room {
        Room::Disk { files, bytes } => {
            format!("{} on disk, {}.\n", count(*files, "file"), size(*bytes))
        }
        Room::Redis {
            used_bytes,
            limit_bytes,
            bytes_a_session,
            weighed,
        } => {
            let limit =
                limit_bytes.map_or("no limit".into(), |limit| format!("of {}", size(limit)));
            let used = used_bytes.map(|used| {
                let used = size(used);
                format!("Redis uses {used} of memory for all that it holds, {limit}.\n")
            });
            let each = bytes_a_session.map(|bytes| {
                let weighed = count(usize::try_from(*weighed).unwrap_or(usize::MAX), "session");
                format!("A session's record takes about {bytes} bytes ({weighed} weighed).\n")
            });
            used.unwrap_or_default() + &each.unwrap_or_default()
        }
    }
}

fn count(number: usize, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}

/// A size in units of 1 000.
fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (unit, name) in units {
        if bytes >= unit {
            let tenths = bytes / (unit / 10);
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} bytes")
}

/// `2026-11-21T12:00:00Z` without the letters.
fn for_people(moment: &str) -> String {
    moment.trim_end_matches('Z').replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_read_well() {
        let sizes = [0, 999, 1_000, 1_550, 52_428_800, 1_500_000_000].map(size);
        let read = [
            "0 bytes",
            "999 bytes",
            "1.0 kB",
            "1.5 kB",
            "52.4 MB",
            "1.5 GB",
        ];
        assert_eq!(sizes, read);
        assert_eq!(
            [0, 1, 2].map(|n| count(n, "file")),
            ["0 files", "1 file", "2 files"]
        );
    }
}
