//! How long the browser keeps the session cookie. A cookie without a date ends with the browser.
//!
//! More than 30 days are a flaw: NIST SP 800-63B-4 §2.1.3 wants a new sign-in after that at the latest. Less
//! is a note, because the server may end the session earlier.

use async_trait::async_trait;
use cookie_store::RawCookie;
use time::OffsetDateTime;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct PersistenceCheck;

const CARD: CheckCard = CheckCard {
    name: "persistence",
    title: "The session cookie ends with the browser",
    subject: CheckSubject::Defence(Name::Persistence),
    gains: "The next person at a shared computer opens the browser and is the user.",
    keys: &["CK-PERSIST"],
    standards: &[],
    requests: 0,
};

#[async_trait]
impl Check for PersistenceCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let lines = audit.seen.session_lines();
        if lines.is_empty() {
            return Ok(audit.no_session_cookie());
        }
        let longest = lines.iter().map(lifetime).max().unwrap_or_default();
        if longest == 0 {
            let says = "The line has no date, so the cookie ends with the browser.";
            return Ok(CheckAnswer::Strong(says.into()));
        }
        let shown = audit.shown(&audit.seen.setter, &["set-cookie"]);
        if longest > THIRTY_DAYS {
            let says = "The browser is asked to keep the session cookie for more than 30 days.";
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says = "The session cookie outlives the browser, for 30 days at most.";
        Ok(CheckAnswer::Lacking(CheckEvidence::new(says, shown)))
    }
}

const THIRTY_DAYS: i64 = 30 * 24 * 60 * 60;

/// For how many seconds a cookie is kept; `Max-Age` wins over `Expires` (RFC 6265 §4.1.2.2).
fn lifetime(cookie: &RawCookie<'_>) -> i64 {
    let max_age = cookie.max_age().map(|age| age.whole_seconds());
    let expires = || {
        let until = cookie.expires_datetime()?;
        Some((until - OffsetDateTime::now_utc()).whole_seconds())
    };
    max_age.or_else(expires).unwrap_or_default().max(0)
}
