//! One rule for the `Set-Cookie` lines of the session: an attribute, a prefix, or none.

use cookie_store::RawCookie;

use super::Audit;
use super::check::{CheckAnswer, CheckEvidence};

/// What every line of the session must keep to.
pub(super) struct CookieLineRule {
    /// Whether a line keeps to it.
    pub holds: fn(&RawCookie<'_>) -> bool,
    /// The sentence where all do.
    pub strong: &'static str,
    /// The sentence where one does not.
    pub weak: &'static str,
}

impl CookieLineRule {
    /// What the lines that one sign-in brought say.
    pub(super) fn judge(&self, audit: &Audit) -> CheckAnswer {
        let lines = audit.seen.session_lines();
        if lines.is_empty() {
            return audit.no_session_cookie();
        }
        let weak = lines.iter().filter(|line| !(self.holds)(line));
        let weak: Vec<&str> = weak.map(RawCookie::name).collect();
        if weak.is_empty() {
            return CheckAnswer::Strong(self.strong.into());
        }
        let shown = audit.shown(&audit.seen.setter, &["set-cookie"]);
        let says = match lines.len() {
            1 => self.weak.to_owned(),
            _ => format!("{} It is about {}.", self.weak, weak.join(" and ")),
        };
        CheckAnswer::Weak(CheckEvidence::new(says, shown))
    }
}
