//! Whether a session that is used all the time ends. It takes time, so it is asked with `--wait` only.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckNeed, CheckSubject};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct AbsoluteTimeoutCheck;

const CARD: CheckCard = CheckCard {
    name: "absolute-timeout",
    title: "A session ends after some hours, however busy it is",
    subject: CheckSubject::Defence(Name::AbsoluteTimeout),
    gains: "A stolen session that the attacker keeps busy never ends.",
    keys: &["TO-ABS"],
    standards: &[],
    requests: 20,
    sign_ins: 1,
    needs: &[CheckNeed::Waiting],
    mend: None,
};

#[async_trait]
impl Check for AbsoluteTimeoutCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(wait) = audit.wait else {
            return Ok(CheckAnswer::NotTried(
                "It takes waiting: use --wait with a time longer than the limit.".into(),
            ));
        };
        // With a jar: an application may renew the cookie with each answer.
        let mut person = audit.signed_in(audit.account()).await?;
        for _ in 0..USES {
            tokio::time::sleep(wait / USES).await;
            let home = person.get(&audit.plan.home).await?;
            if !audit.plan.shows(&home, audit.account()) {
                return Ok(CheckAnswer::Strong(
                    "The session ended while it was used.".into(),
                ));
            }
        }
        Ok(CheckAnswer::CannotTell(
            "The session was still open after the wait: its limit is longer, or there is none."
                .into(),
        ))
    }
}

/// How often the session is used during the wait.
const USES: u32 = 20;
