//! Whether a form is accepted that says it comes from a page of another site. It carries the right token,
//! so no other layer decides.

use async_trait::async_trait;

use super::super::Audit;
use super::super::change;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct RequestOriginCheck;

const CARD: CheckCard = CheckCard {
    name: "request-origin",
    title: "A form that says it comes from another site is refused",
    subject: CheckSubject::Defence(Name::RequestOrigin),
    gains: "A page of another site posts the form, and the application does not look at the header in which the browser says so.",
    keys: &["CSRF-ORIGIN", "CSRF-FETCHMETA"],
    standards: &[],
    requests: 16,
    sign_ins: 1,
    needs: &[CheckNeed::FormChange],
    mend: None,
};

#[async_trait]
impl Check for RequestOriginCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(change) = audit.form_change() else {
            return Ok(audit.no_change("a form"));
        };
        let mut person = audit.signed_in(audit.account()).await?;

        let foreign =
            change::attempt(audit, &mut person, change, change::from_another_site).await?;
        if foreign.changed {
            let says =
                "The form changed something although Origin and Sec-Fetch-Site named another site.";
            let shown = audit.shown(&foreign.exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        change::refused(audit, &mut person, change, &foreign).await
    }
}
