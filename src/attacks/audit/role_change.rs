//! Another role for the account of the audit, and its own back: what `[role-change]` in the recipe names.
//!
//! It changes what somebody may do. So it runs with `--destructive` only, and the role is changed back
//! whatever the check in between says.

use super::Audit;
use super::check::CheckAnswer;
use super::overload::is_no_answer;
use super::person::Person;
use super::recipe::RoleChangeRecipe;
use super::wire::AuditError;

/// An administrator who changes the role of the audit's first account.
pub(super) struct RoleChange<'a> {
    audit: &'a Audit,
    /// What the recipe says of it.
    pub recipe: &'a RoleChangeRecipe,
    administrator: Person<'a>,
}

impl<'a> RoleChange<'a> {
    /// Signs the administrator in. Gives the answer of a check where no role may be changed.
    pub(super) async fn begin(audit: &'a Audit) -> Result<Result<Self, CheckAnswer>, AuditError> {
        let not_tried = |why: String| Ok(Err(CheckAnswer::NotTried(why)));
        if !audit.destructive {
            let says =
                "It gives the account another role, and then its own back: add --destructive.";
            return not_tried(says.into());
        }
        let Some(recipe) = &audit.plan.recipe.role_change else {
            let says = "No change of a role is known: name it in [role-change] of the recipe.";
            return not_tried(says.into());
        };
        // The first account is the user, who cannot be the administrator as well.
        let mut accounts = audit.plan.accounts.iter().skip(1);
        let Some(account) = accounts.find(|account| account.user == recipe.by) else {
            return not_tried(format!(
                "{} of [role-change] is no account beside the first: name it in [[account]] of the recipe.",
                recipe.by
            ));
        };
        Ok(Ok(Self {
            audit,
            recipe,
            administrator: audit.signed_in(account).await?,
        }))
    }

    /// Gives the account the other role, runs `meanwhile`, and gives it its own role back.
    ///
    /// # Errors
    /// The application does not answer.
    pub(super) async fn during<T>(
        &mut self,
        meanwhile: impl AsyncFnOnce() -> Result<T, AuditError>,
    ) -> Result<T, AuditError> {
        let (from, to) = (&*self.recipe.from, &*self.recipe.to);
        let user = &self.audit.account().user;
        let left = format!("The role of {user} is {to}: change it back to {from}.");
        // Noted before: a check that is stopped in the middle changes nothing back.
        self.audit.note_change(&*left);
        let seen = match self.change_to(to).await {
            Ok(()) => meanwhile().await,
            Err(error) => Err(error),
        };
        self.change_to(from).await?;
        self.audit.forget_change(&left);
        self.audit.note_change(format!(
            "The role of {user} was changed to {to}, and changed back."
        ));
        seen
    }

    async fn change_to(&mut self, role: &str) -> Result<(), AuditError> {
        let mut values = self.audit.account().values();
        values.insert("role", role.to_owned());
        let request = &self.recipe.request;
        let answer = self.administrator.submit(request, &values).await?;
        match answer.reply.status {
            status if is_no_answer(status) => Err(AuditError::Overloaded(status)),
            status @ 400.. => Err(AuditError::Unexpected(format!(
                "the change of the role to {role} was answered {status}"
            ))),
            _ => Ok(()),
        }
    }
}
