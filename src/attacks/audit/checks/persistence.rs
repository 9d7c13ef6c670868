//! How long the browser keeps the session cookie. A cookie without a date ends with the browser.
//!
//! More than 30 days are a flaw: NIST SP 800-63B-4 §2.1.3 wants a new sign-in after that at the latest. Less
//! is a note, because the server may end the session earlier.

use async_trait::async_trait;
use cookie_store::RawCookie;

use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::wire::AuditError;
use super::super::{Audit, answer_date};
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
    sign_ins: 0,
    needs: &[],
    mend: None,
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
        let sent = answer_date::of(&audit.seen.setter.reply).unix_timestamp();
        let longest = lines.iter().max_by_key(|line| lifetime(line, sent));
        let (name, longest) = longest.map_or(("", 0), |line| (line.name(), lifetime(line, sent)));
        if longest == 0 {
            let says = "The line has no date, so the cookie ends with the browser.";
            return Ok(CheckAnswer::Strong(says.into()));
        }
        let shown = audit.shown(&audit.seen.setter, &["set-cookie"]);
        if longest > THIRTY_DAYS {
            let says = format!(
                "The browser is asked to keep {name}, which makes the session, for more than 30 days."
            );
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says =
            format!("{name} makes the session and outlives the browser, for 30 days at most.");
        Ok(CheckAnswer::Lacking(CheckEvidence::new(says, shown)))
    }
}

const THIRTY_DAYS: i64 = 30 * 24 * 60 * 60;

/// For how many seconds a cookie is kept that came at `sent`; `Max-Age` wins over `Expires` (RFC 6265 §4.1.2.2).
fn lifetime(cookie: &RawCookie<'_>, sent: i64) -> i64 {
    let max_age = cookie.max_age().map(|age| age.whole_seconds());
    let expires = || {
        let until = cookie.expires_datetime()?;
        Some(until.unix_timestamp() - sent)
    };
    max_age.or_else(expires).unwrap_or_default().max(0)
}
