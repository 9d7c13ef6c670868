//! Whether an application reads from a cookie who its user is. A cookie that names somebody may only
//! remember a name for the sign-in form; one that is believed makes its bearer that user.

use super::Audit;
use super::person::header_of;
use super::wire::AuditError;

impl Audit {
    /// Whether this cookie makes its bearer the user of the account: it is the session, or somebody else
    /// who is signed in and sends it gets the page of that user. `None` where nobody else is known.
    ///
    /// # Errors
    /// No answer, or the other account does not sign in.
    pub(super) async fn believes_cookie(&self, name: &str) -> Result<Option<bool>, AuditError> {
        if self.seen.session.iter().any(|session| session == name) {
            return Ok(Some(true));
        }
        let (Some(other), Some(value)) = (self.second(), self.seen.cookie(name)) else {
            return Ok(None);
        };
        let person = self.signed_in(other).await?;
        let mut cookies = person.cookies(&self.plan.home);
        cookies.retain(|(found, _)| found != name);
        cookies.push((name.to_owned(), value.to_owned()));
        // The signature of cookie-session is a cookie beside it.
        let beside = format!("{name}.sig");
        if let Some(signature) = self.seen.cookie(&beside) {
            cookies.retain(|(found, _)| *found != beside);
            cookies.push((beside, signature.to_owned()));
        }
        let (opens, _) = self.opens(self.account(), header_of(&cookies)).await?;
        Ok(Some(opens))
    }
}
