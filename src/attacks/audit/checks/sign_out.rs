//! Whether a sign-out ends the session on the server. The copy of the cookie was made before it.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct SignOutCheck;

const CARD: CheckCard = CheckCard {
    name: "sign-out",
    title: "The sign-out ends the session on the server",
    subject: CheckSubject::Defence(Name::SignOut),
    gains: "Anyone who copied the cookie, from an unlocked computer, a backup or a log, is still the user after the user signed out.",
    keys: &["LO-SERVER"],
    standards: &[],
    requests: 5,
    sign_ins: 1,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for SignOutCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(sign_out) = audit.plan.sign_out.clone() else {
            return Ok(CheckAnswer::NotTried(
                "No sign-out was found: name it in [sign-out] of the recipe.".into(),
            ));
        };
        let mut person = audit.signed_in(audit.account()).await?;
        let prepared = person.prepare(&sign_out, &audit.account().values()).await?;
        // As late as possible: an application may renew the cookie with each answer.
        let copied = person.cookie_header(&audit.plan.home);
        let bye = person.call(prepared.call()?).await?;
        let after = person.get(&audit.plan.home).await?;
        if audit.plan.shows(&after, audit.account()) {
            let says = format!(
                "The sign-out was answered {}, and its user is still signed in.",
                bye.reply.status
            );
            return Ok(CheckAnswer::CannotTell(says));
        }
        let (opens, exchange) = audit.opens(audit.account(), copied).await?;
        if opens {
            let says =
                "A copy of the cookie from before the sign-out still opens the page of its user.";
            let shown = audit.shown(&exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says = "A copy of the cookie from before the sign-out is refused.";
        Ok(CheckAnswer::Strong(says.into()))
    }
}
