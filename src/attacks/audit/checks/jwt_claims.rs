//! Whether a token keeps a role that its user no longer has. The user gets the role, signs in for a token,
//! and loses the role again.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::role_change::RoleChange;
use super::super::tokens;
use super::super::wire::AuditError;
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct JwtClaimsCheck;

const CARD: CheckCard = CheckCard {
    name: "jwt-claims",
    title: "A role that was taken away is gone from tokens",
    subject: CheckSubject::Defence(Name::JwtClaims),
    gains: "A user who has lost a role acts in it with a token from before, until that expires.",
    keys: &["JWT-STALE"],
    standards: &[],
    requests: 8,
    sign_ins: 2,
    needs: &[CheckNeed::RoleChange, CheckNeed::Destruction],
    mend: None,
};

#[async_trait]
impl Check for JwtClaimsCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(tokens) = tokens::Tokens::of(audit) else {
            return Ok(tokens::not_known());
        };
        let mut change = match RoleChange::begin(audit).await? {
            Ok(change) => change,
            Err(answer) => return Ok(answer),
        };
        let Some(opens) = change.recipe.token_opens.clone() else {
            let says = "No page is known that a token with the new role opens: name token-opens in \
                        [role-change] of the recipe.";
            return Ok(CheckAnswer::NotTried(says.into()));
        };
        let open = async |token: &str| {
            let call = Call::get(audit.wire.path(&opens));
            let call = call.with("authorization", format!("Bearer {token}"));
            audit.person().call(call).await
        };
        let plain = tokens.sign_in(audit.account()).await?.access;
        if open(&plain).await?.reply.status == 200 {
            return Ok(CheckAnswer::CannotTell(format!(
                "{opens} opens for a token without the new role: name another page in token-opens."
            )));
        }
        let during = change.during(async || {
            let issued = tokens.sign_in(audit.account()).await?.access;
            let status = open(&issued).await?.reply.status;
            Ok((issued, status))
        });
        let (issued, status) = during.await?;
        if status != 200 {
            return Ok(CheckAnswer::CannotTell(format!(
                "{opens} is answered {status} to a token from after the change of the role."
            )));
        }
        let exchange = open(&issued).await?;
        if exchange.reply.status == 200 {
            let says = format!("A token from before the role was taken away still opens {opens}.");
            let shown = audit.shown(&exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        Ok(CheckAnswer::Strong(format!(
            "Once the role is taken away, a token from before is answered {}.",
            exchange.reply.status
        )))
    }
}
