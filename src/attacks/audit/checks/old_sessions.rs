//! Whether another password ends the sessions that the old one opened. Whoever was in the account
//! before is otherwise still in it.
//!
//! The account gets another password, and then its own back. So this runs with `--destructive` only.

use async_trait::async_trait;

use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::plan::AuditAccount;
use super::super::recipe::RequestRecipe;
use super::super::wire::AuditError;
use super::super::{Audit, person::Person};
use crate::defences::policy::Name;

pub(super) struct OldSessionsCheck;

const CARD: CheckCard = CheckCard {
    name: "old-sessions",
    title: "Another password ends the sessions of the old one",
    subject: CheckSubject::Defence(Name::SessionsOnPasswordChange),
    gains: "An attacker who is in the account stays in it after the user has changed the password because of that.",
    keys: &["LO-OTHERS"],
    standards: &[],
    requests: 10,
    sign_ins: 4,
    needs: &[CheckNeed::PasswordChange, CheckNeed::Destruction],
    mend: None,
};

/// What the new password has at its end. An owner whose password cannot be changed back needs it.
const ADDED: &str = "-Audit7";

#[async_trait]
impl Check for OldSessionsCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        if !audit.destructive {
            let says =
                "It gives the account another password, and then its own back: add --destructive.";
            return Ok(CheckAnswer::NotTried(says.into()));
        }
        let Some(request) = &audit.plan.recipe.password_change else {
            let says = "No password change is known: name it in [password-change] of the recipe.";
            return Ok(CheckAnswer::NotTried(says.into()));
        };
        let account = audit.account();
        let changed = AuditAccount {
            password: format!("{}{ADDED}", account.password),
            ..account.clone()
        };
        audit.wire.mask.note(&changed.password, "new password");
        let mut attacker = audit.signed_in(account).await?;
        let copied = attacker.cookie_header(&audit.plan.home);
        let mut user = audit.signed_in(account).await?;
        let status = change(&mut user, request, account, &changed).await?;
        let Ok(mut again) = audit.signed_in(&changed).await else {
            let says = format!(
                "The password change was answered {status}, and the new password does not sign in."
            );
            return Ok(CheckAnswer::CannotTell(says));
        };
        let old = attacker.get(&audit.plan.home).await?;
        let (opens, exchange) = audit.opens(account, copied).await?;
        let status = change(&mut again, request, &changed, account).await?;
        audit.note_change(match audit.signed_in(account).await {
            Ok(_) => format!("The password of {} was changed, and changed back.", account.user),
            Err(_) => format!(
                "The password of {} is another one now: the old one with {ADDED} at its end. Changing it \
                 back was answered {status}.",
                account.user
            ),
        });
        if opens || audit.plan.shows(&old, account) {
            let says =
                "A session from before the password change still opens the page of its user.";
            let shown = audit.shown(&exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says = "A session from before the password change is refused after it.";
        Ok(CheckAnswer::Strong(says.into()))
    }
}

/// Asks for another password, and says with which status that was answered.
async fn change(
    person: &mut Person<'_>,
    request: &RequestRecipe,
    from: &AuditAccount,
    to: &AuditAccount,
) -> Result<u16, AuditError> {
    let mut values = from.values();
    values.insert("new-password", to.password.clone());
    Ok(person.submit(request, &values).await?.reply.status)
}
