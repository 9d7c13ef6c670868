//! When an answer was sent, by the application's own clock: its `Date` header (RFC 9110, section 6.6.1).
//!
//! A container or a virtual machine can have another clock than this computer. So a date in an answer is
//! compared with the `Date` beside it, and with this computer's clock only where there is none.

use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::client::HttpExchange;

/// Reads a date as HTTP writes it, as in `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn read(text: &str) -> Option<OffsetDateTime> {
    let form = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let read = PrimitiveDateTime::parse(text.trim(), &form);
    read.ok().map(PrimitiveDateTime::assume_utc)
}

/// When an answer was sent.
pub(super) fn of(reply: &HttpExchange) -> OffsetDateTime {
    let said = reply.header("date").next().and_then(read);
    said.unwrap_or_else(OffsetDateTime::now_utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_rfc_9110_is_read_and_others_are_not() {
        let read = |text| super::read(text).map(OffsetDateTime::unix_timestamp);
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        for text in ["", "now", "1994-11-06", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
