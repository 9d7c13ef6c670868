//! What the records say beside each other: each with its setting, and the cells in which they differ.

use serde::Serialize;

use crate::same_site::Initiator;
use crate::same_site::recorded::{RecordedTable, all, cells};

/// One record, as the page shows it.
#[derive(Debug, Serialize)]
pub struct ShownRecord {
    with: &'static str,
    setting: &'static str,
    default_of: Option<&'static str>,
    was_set: &'static str,
    on: &'static str,
}

/// A cell in which the records do not agree.
#[derive(Debug, Serialize)]
pub struct RecordDifference {
    request: &'static str,
    cookie: &'static str,
    /// Whether the cookie was sent, by record.
    sent: Vec<bool>,
}

/// Every record.
pub fn shown() -> Vec<ShownRecord> {
    let shown = |record: &'static RecordedTable| ShownRecord {
        with: &record.with,
        setting: record.setting(),
        default_of: record.default_of(),
        was_set: record.was_set(),
        on: &record.on,
    };
    all().map(shown).into()
}

/// The cells of an initiator in which the records do not agree.
pub fn differences(of: Initiator) -> Vec<RecordDifference> {
    let cells = cells().filter(|(from, _, _)| *from == of);
    let compared = cells.map(|(from, way, cookie)| {
        let sent = |record: &RecordedTable| {
            let cells = record.sent(from, way).unwrap_or_default();
            cells[cookie as usize]
        };
        RecordDifference {
            request: way.title(),
            cookie: cookie.title(),
            sent: all().map(sent).into(),
        }
    });
    compared
        .filter(|one| one.sent.iter().any(|sent| *sent != one.sent[0]))
        .collect()
}
