//! This computer's clock. Nothing here asks the network; but this program cannot be older than the
//! records in it, and a certificate that was made here cannot begin in the future.

use std::path::Path;

use time::macros::format_description;
use time::{Date, OffsetDateTime};

use super::finding::Finding;
use crate::base::tls::Certificate;
use crate::same_site::recorded;

const TOPIC: &str = "clock";

/// The clock, beside what is known without a network.
pub fn look(folder: Option<&Path>) -> Finding {
    let begins = folder.and_then(|folder| {
        let found = Certificate::validity(&folder.join("tls"));
        // A broken certificate has its own line.
        found.ok().flatten().map(|(from, _)| from)
    });
    judge(OffsetDateTime::now_utc(), begins)
}

fn judge(now: OffsetDateTime, certificate: Option<OffsetDateTime>) -> Finding {
    let known = newest_record();
    if let Some(known) = known.filter(|known| now.date() < *known) {
        return Finding::careful(
            TOPIC,
            format!(
                "it says {}, but this program was made after {known}",
                now.date()
            ),
            "set this computer's clock: tokens and certificates depend on it",
        );
    }
    if let Some(begins) = certificate.filter(|begins| *begins > now) {
        return Finding::careful(
            TOPIC,
            format!(
                "it says {}, but the lab's certificate begins on {}",
                now.date(),
                begins.date()
            ),
            "set this computer's clock; if it is right, the next start makes a new certificate",
        );
    }
    let (hour, minute, _) = now.to_hms();
    Finding::good(TOPIC, format!("{} {hour:02}:{minute:02} (UTC)", now.date()))
}

/// The day of the newest record in this program.
fn newest_record() -> Option<Date> {
    let days = recorded::all()
        .map(|record| Date::parse(&record.on, format_description!("[year]-[month]-[day]")).ok());
    days.into_iter().flatten().max()
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::super::finding::FindingMark;
    use super::*;

    #[test]
    fn a_clock_that_is_behind_the_records_or_the_certificate_is_told_of() {
        let known = newest_record().expect("the records have days");
        let at = known.midnight().assume_utc();
        assert_eq!(judge(at, None).mark, FindingMark::Good);
        assert_eq!(judge(at, Some(at)).mark, FindingMark::Good);
        let behind = judge(at - Duration::days(1), None);
        assert_eq!(behind.mark, FindingMark::Careful);
        assert!(behind.to_string().contains(&known.to_string()), "{behind}");
        let future = judge(at, Some(at + Duration::days(400)));
        assert_eq!(future.mark, FindingMark::Careful);
    }
}
