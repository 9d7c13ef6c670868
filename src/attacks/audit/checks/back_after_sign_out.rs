//! Whether the Back button brings the page of a user back after the sign-out. The network is off by then,
//! so a page that appears came from the browser alone.

use async_trait::async_trait;

use super::super::Audit;
use super::super::audit_window::AuditWindow;
use super::super::check::{
    Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject, Worst,
};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct BackAfterSignOutCheck;

const CARD: CheckCard = CheckCard {
    name: "back-after-sign-out",
    title: "Back brings no page of the user back",
    subject: CheckSubject::Other {
        worst: Worst::Flaw,
        near: Name::NoStore,
    },
    gains: "The next person at the computer presses Back after the user signed out, and reads their pages.",
    keys: &["LO-CACHE"],
    standards: &[],
    requests: 8,
    sign_ins: 0,
    needs: &[CheckNeed::Browser],
    mend: None,
};

#[async_trait]
impl Check for BackAfterSignOutCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(sign_out) = &audit.plan.sign_out else {
            let says = "No sign-out was found: name it in [sign-out] of the recipe.";
            return Ok(CheckAnswer::NotTried(says.into()));
        };
        let user = match AuditWindow::signed_in(audit, audit.account()).await? {
            Ok(user) => user,
            Err(answer) => return Ok(answer),
        };
        if !user.sign_out(sign_out).await? {
            let says =
                "The sign-out has no form on a page that a browser could send: name its page.";
            return Ok(CheckAnswer::NotTried(says.into()));
        }
        user.window().go_offline().await?;
        user.window().go_back().await?;
        if user.shows(audit.account()).await? {
            let says = format!(
                "In {} the page of the user is back after the sign-out, without a network.",
                user.version()
            );
            return Ok(CheckAnswer::Weak(CheckEvidence::without_exchange(says)));
        }
        let says = format!("In {} Back shows no page of the user.", user.version());
        Ok(CheckAnswer::Strong(says))
    }
}
