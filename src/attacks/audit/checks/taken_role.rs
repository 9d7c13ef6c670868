//! Whether a session keeps a role that its user no longer has. The user gets the role, signs in, and loses
//! the role again.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{
    Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject, Worst,
};
use super::super::role_change::RoleChange;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct TakenRoleCheck;

const CARD: CheckCard = CheckCard {
    name: "taken-role",
    title: "A role that was taken away is gone from the session",
    subject: CheckSubject::Other {
        worst: Worst::Flaw,
        near: Name::RoleSource,
    },
    gains: "A user who has lost a role acts in it for as long as a session from before is open.",
    keys: &[],
    standards: &["ASVS 8.3.2", "CWE-613", "CWE-863"],
    requests: 8,
    sign_ins: 2,
    needs: &[CheckNeed::RoleChange, CheckNeed::Destruction],
    mend: None,
};

#[async_trait]
impl Check for TakenRoleCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let mut change = match RoleChange::begin(audit).await? {
            Ok(change) => change,
            Err(answer) => return Ok(answer),
        };
        let opens = change.recipe.opens.clone();
        let page = audit.wire.path(&opens);
        let during = change.during(async || {
            // A new sign-in: in some applications a role counts from there on only.
            let mut user = audit.signed_in(audit.account()).await?;
            let status = user.get(&page).await?.reply.status;
            Ok((user, status))
        });
        let (mut user, status) = during.await?;
        if status != 200 {
            return Ok(CheckAnswer::CannotTell(format!(
                "{opens} is answered {status} to a user who signed in with the new role."
            )));
        }
        let exchange = user.get(&page).await?;
        if exchange.reply.status == 200 {
            let says =
                format!("A session from before the role was taken away still opens {opens}.");
            let shown = audit.shown(&exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        Ok(CheckAnswer::Strong(format!(
            "Once the role is taken away, {opens} is answered {} to a session from before.",
            exchange.reply.status
        )))
    }
}
