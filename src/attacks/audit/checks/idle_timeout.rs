//! Whether a session that nobody uses ends. It takes time, so it is asked with `--wait` only.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct IdleTimeoutCheck;

const CARD: CheckCard = CheckCard {
    name: "idle-timeout",
    title: "An unused session ends",
    subject: CheckSubject::Defence(Name::IdleTimeout),
    gains: "Whoever finds an old copy of the cookie is still the user.",
    keys: &["TO-IDLE"],
    standards: &[],
    requests: 2,
};

#[async_trait]
impl Check for IdleTimeoutCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(wait) = audit.wait else {
            return Ok(CheckAnswer::NotTried(
                "It takes waiting: use --wait with a time longer than the limit.".into(),
            ));
        };
        let person = audit.signed_in(audit.account()).await?;
        let cookie = person.cookie_header(&audit.plan.home);
        tokio::time::sleep(wait).await;
        let (opens, _) = audit.opens(audit.account(), cookie).await?;
        Ok(match opens {
            true => CheckAnswer::CannotTell(
                "The session was still open after the wait: its limit is longer, or there is none."
                    .into(),
            ),
            false => CheckAnswer::Strong("The session had ended after the wait.".into()),
        })
    }
}
