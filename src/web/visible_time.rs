//! Times and spans as people read them.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::base::clock::BenchTime;

const DATE_AND_TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
const TIME: &[BorrowedFormatItem<'_>] = format_description!("[hour]:[minute]:[second]");

/// `2026-11-21 12:00:00`, in UTC.
pub fn date_and_time(at: BenchTime) -> String {
    write(at, DATE_AND_TIME)
}

/// `12:00:00`, in UTC.
pub fn time_of_day(at: BenchTime) -> String {
    write(at, TIME)
}

fn write(at: BenchTime, form: &[BorrowedFormatItem<'_>]) -> String {
    i64::try_from(at.seconds())
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .and_then(|moment| moment.format(form).ok())
        .unwrap_or_else(|| "after the year 9999".into())
}

/// `4 min 59 s`, `59 min`, `12 s`, `3 days`.
pub fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes @ 1..60, 0) => format!("{minutes} min"),
        (minutes @ 1..60, seconds) => format!("{minutes} min {seconds} s"),
        (minutes, _) if minutes < 48 * 60 => format!("{} h {} min", minutes / 60, minutes % 60),
        (minutes, _) => format!("{} days", minutes / (24 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_well_and_no_time_is_too_late() {
        let of = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(of(0), "0 s");
        assert_eq!(of(299), "4 min 59 s");
        assert_eq!(of(3600), "1 h 0 min");
        assert_eq!(of(30 * 24 * 3600), "30 days");
        assert_eq!(
            date_and_time(BenchTime::from_millis(0)),
            "1970-01-01 00:00:00"
        );
        assert_eq!(
            date_and_time(BenchTime::from_millis(u64::MAX)),
            "after the year 9999"
        );
    }
}
