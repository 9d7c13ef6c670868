//! Whether a session that nobody uses ends. It takes time, so it is asked with `--wait` only.
//!
//! A second session is used during the wait. Where that one ends as well, it is an absolute limit that
//! ended both.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckNeed, CheckSubject};
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
    requests: 22,
    sign_ins: 2,
    needs: &[CheckNeed::Waiting],
    mend: None,
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
        let (plan, account) = (&audit.plan, audit.account());
        let mut unused = audit.signed_in(account).await?;
        let mut used = audit.signed_in(account).await?;
        if !plan.shows(&unused.get(&plan.home).await?, account) {
            let says = "A second sign-in ended the first session, so no two can be compared.";
            return Ok(CheckAnswer::CannotTell(says.into()));
        }
        let mut stays = true;
        for _ in 0..USES {
            tokio::time::sleep(wait / USES).await;
            stays &= plan.shows(&used.get(&plan.home).await?, account);
        }
        let is_open = plan.shows(&unused.get(&plan.home).await?, account);
        Ok(match (is_open, stays) {
            (true, _) => CheckAnswer::CannotTell(
                "The session was still open after the wait: its limit is longer, or there is none."
                    .into(),
            ),
            (false, true) => CheckAnswer::Strong(
                "The session had ended after the wait, and one that was used had not.".into(),
            ),
            (false, false) => CheckAnswer::CannotTell(
                "The session had ended after the wait, and so had one that was used: an absolute limit \
                 ends both."
                    .into(),
            ),
        })
    }
}

/// How often the other session is used during the wait.
const USES: u32 = 20;
