//! Whether a JSON route takes a body that calls itself `text/plain`, which a form of another site can send
//! without asking.

use async_trait::async_trait;

use super::super::Audit;
use super::super::change;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::prepared::Prepared;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct JsonOnlyCheck;

const CARD: CheckCard = CheckCard {
    name: "json-only",
    title: "A JSON route takes JSON only",
    subject: CheckSubject::Defence(Name::JsonOnly),
    gains: "A form of another site sends JSON in the user's name, without the question that browsers ask before a script may send it, where no other layer refuses it.",
    keys: &["CSRF-CT"],
    standards: &[],
    requests: 16,
    sign_ins: 1,
    needs: &[CheckNeed::JsonChange],
    mend: None,
};

#[async_trait]
impl Check for JsonOnlyCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(change) = audit.json_change() else {
            return Ok(audit.no_change("JSON"));
        };
        let mut person = audit.signed_in(audit.account()).await?;
        let plain = |prepared: Prepared| prepared.with("content-type", "text/plain");
        let tried = change::attempt(audit, &mut person, change, plain).await?;
        if tried.changed {
            let says = "The JSON route changed something for a body of the type text/plain.";
            let shown = audit.shown(&tried.exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        change::refused(audit, &mut person, change, &tried).await
    }
}
