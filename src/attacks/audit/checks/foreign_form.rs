//! Whether a form is accepted as a page of another site would send it: without a token, and with the
//! headers of that other site. `SameSite` is a browser's part and is asked by itself.

use async_trait::async_trait;

use super::super::Audit;
use super::super::change;
use super::super::check::{
    Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject, Worst,
};
use super::super::prepared::Prepared;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct ForeignFormCheck;

const CARD: CheckCard = CheckCard {
    name: "foreign-form",
    title: "A form of a sibling host is refused",
    subject: CheckSubject::Other {
        worst: Worst::Flaw,
        near: Name::CsrfToken,
    },
    gains: "A page of the same site, such as a sibling host, makes the application do what it wants in the user's name; where SameSite is missing, any page does.",
    keys: &["CSRF-SIBLING", "CSRF-NONE"],
    standards: &[],
    requests: 16,
    sign_ins: 1,
    needs: &[CheckNeed::FormChange],
    mend: None,
};

#[async_trait]
impl Check for ForeignFormCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(change) = audit.form_change() else {
            return Ok(audit.no_change("a form"));
        };
        let mut person = audit.signed_in(audit.account()).await?;

        let forge = |prepared: Prepared| change::from_another_site(prepared.without_token());
        let forged = change::attempt(audit, &mut person, change, forge).await?;
        if forged.changed {
            let says =
                "The form changed something without a token and with the headers of another site.";
            let shown = audit.shown(&forged.exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        change::refused(audit, &mut person, change, &forged).await
    }
}
