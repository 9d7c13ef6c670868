//! `Retry-After`: for how long an application asks to be left alone (RFC 9110, section 10.2.3).
//!
//! The audit obeys it where that is short, and then sends the same request again, which was not carried
//! out. It waits for a bounded time in all: an application that asks for an hour is not waited for, and its
//! answer counts as one that turns away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::answer_date;
use crate::client::HttpExchange;

/// The longest single wait.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The longest wait of a whole audit.
const ALL_WAITS: Duration = Duration::from_secs(60);

/// How far an audit still obeys.
#[derive(Debug)]
pub(super) struct RetryPatience {
    left: Mutex<Duration>,
    is_off: AtomicBool,
}

impl Default for RetryPatience {
    fn default() -> Self {
        Self {
            left: Mutex::new(ALL_WAITS),
            is_off: AtomicBool::new(false),
        }
    }
}

/// While it lives, no answer is waited for: the limit itself is asked about.
pub(super) struct NoRetries<'a>(&'a RetryPatience);

impl Drop for NoRetries<'_> {
    fn drop(&mut self) {
        self.0.is_off.store(false, Ordering::Relaxed);
    }
}

impl RetryPatience {
    /// For how long to wait before the same request is sent again; `None` where it is not sent again.
    pub(super) fn wait_for(&self, reply: &HttpExchange) -> Option<Duration> {
        if self.is_off.load(Ordering::Relaxed) {
            return None;
        }
        let wait = asked_for(reply).filter(|wait| *wait <= LONGEST_WAIT)?;
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        // An answer that says 0 each time must not keep an audit busy.
        *left = left.checked_sub(wait.max(SHORTEST))?;
        Some(wait)
    }

    /// Waits for nothing until what it gives is dropped.
    pub(super) fn off(&self) -> NoRetries<'_> {
        self.is_off.store(true, Ordering::Relaxed);
        NoRetries(self)
    }
}

/// What each wait costs of the patience at least.
const SHORTEST: Duration = Duration::from_secs(1);

/// For how long an answer of 429 or 503 asks to wait, in seconds or as a date.
fn asked_for(reply: &HttpExchange) -> Option<Duration> {
    if !matches!(reply.status, 429 | 503) {
        return None;
    }
    let text = reply.header("retry-after").next()?.trim().to_owned();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = answer_date::read(&text)? - answer_date::of(reply);
    // A date that has passed asks for no wait.
    Some(wait.try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::facts::Scheme;

    fn reply(status: u16, headers: &[(&str, &str)]) -> HttpExchange {
        let headers = headers.iter();
        HttpExchange {
            scheme: Scheme::Http,
            sent: String::new(),
            head: String::new(),
            status,
            headers: headers
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: String::new(),
        }
    }

    #[test]
    fn seconds_and_dates_are_read_and_a_date_is_compared_with_the_applications_clock() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:30 GMT");
        for (status, text, seconds) in [
            (429, "3", Some(3)),
            (503, "Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            (503, "Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            (429, "soon", None),
            (429, "-1", None),
            (200, "3", None),
        ] {
            let asked = asked_for(&reply(status, &[("retry-after", text), date]));
            assert_eq!(asked.map(|wait| wait.as_secs()), seconds, "{status} {text}");
        }
        assert_eq!(asked_for(&reply(429, &[])), None);
    }

    #[test]
    fn the_patience_ends_and_a_long_wait_is_not_obeyed() {
        let patience = RetryPatience::default();
        let hour = reply(429, &[("retry-after", "3600")]);
        assert_eq!(patience.wait_for(&hour), None);
        let ten = reply(429, &[("retry-after", "10")]);
        for _ in 0..6 {
            assert_eq!(patience.wait_for(&ten), Some(LONGEST_WAIT));
        }
        assert_eq!(patience.wait_for(&ten), None);

        let patience = RetryPatience::default();
        let none = reply(429, &[("retry-after", "0")]);
        let waits = (0..100).filter(|_| patience.wait_for(&none).is_some());
        assert_eq!(waits.count(), 60);
    }

    #[test]
    fn while_the_limit_itself_is_asked_about_nothing_is_waited_for() {
        let patience = RetryPatience::default();
        let one = reply(429, &[("retry-after", "1")]);
        let off = patience.off();
        assert_eq!(patience.wait_for(&one), None);
        drop(off);
        assert_eq!(patience.wait_for(&one), Some(Duration::from_secs(1)));
    }
}
