//! Whether a form is accepted without the token that only the application's own page has. The request
//! says nothing of where it comes from, so no other layer decides.

use async_trait::async_trait;

use super::super::Audit;
use super::super::change;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct CsrfTokenCheck;

const CARD: CheckCard = CheckCard {
    name: "csrf-token",
    title: "A form without its token is refused",
    subject: CheckSubject::Defence(Name::CsrfToken),
    gains: "A page of another site posts the form with the user's cookie, and the application does what it says, where no other layer refuses it.",
    keys: &["CSRF-NONE"],
    standards: &[],
    requests: 16,
    sign_ins: 1,
    needs: &[CheckNeed::FormChange],
    mend: None,
};

#[async_trait]
impl Check for CsrfTokenCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(change) = audit.form_change() else {
            return Ok(audit.no_change("a form"));
        };
        let mut person = audit.signed_in(audit.account()).await?;

        let without = change::attempt(audit, &mut person, change, |prepared| {
            prepared.without_token()
        })
        .await?;
        if without.changed {
            let says = "The form changed something without a token.";
            let shown = audit.shown(&without.exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        change::refused(audit, &mut person, change, &without).await
    }
}
