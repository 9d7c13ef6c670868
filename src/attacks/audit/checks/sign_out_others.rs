//! Whether a user can end their other sessions: a second session is open while the first ends all others.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{
    Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject, Worst,
};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct SignOutOthersCheck;

const CARD: CheckCard = CheckCard {
    name: "sign-out-others",
    title: "A user can end their other sessions",
    subject: CheckSubject::Other {
        worst: Worst::Flaw,
        near: Name::SessionsOnPasswordChange,
    },
    gains: "Anyone who has a session of the user, on a lost phone or by a copied cookie, keeps it after the user has ended all others.",
    keys: &[],
    standards: &["ASVS 7.5.2", "CWE-613"],
    requests: 6,
    sign_ins: 2,
    needs: &[CheckNeed::SignOutOthers],
    mend: None,
};

#[async_trait]
impl Check for SignOutOthersCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(request) = &audit.plan.recipe.sign_out_others else {
            let says = "It is not known how a user ends their other sessions: name it in [sign-out-others] of \
                        the recipe.";
            return Ok(CheckAnswer::NotTried(says.into()));
        };
        let (plan, account) = (&audit.plan, audit.account());
        let mut lost = audit.signed_in(account).await?;
        let mut own = audit.signed_in(account).await?;
        if !plan.shows(&lost.get(&plan.home).await?, account) {
            let says = "A second sign-in ended the first session, so no user has two.";
            return Ok(CheckAnswer::CannotTell(says.into()));
        }
        let answer = own.submit(request, &account.values()).await?;
        let after = lost.get(&plan.home).await?;
        let status = answer.reply.status;
        if !plan.shows(&after, account) {
            let says = "The other session of the user had ended.";
            return Ok(CheckAnswer::Strong(says.into()));
        }
        if status >= 400 {
            return Ok(CheckAnswer::CannotTell(format!(
                "The request to end the other sessions was answered {status}."
            )));
        }
        let says = format!(
            "The request to end the other sessions was answered {status}, and another session of the user \
             still opens their page."
        );
        let shown = audit.shown(&answer, &[]);
        Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)))
    }
}
