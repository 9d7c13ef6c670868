//! Whether browsers may keep the pages of a user who is signed in.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct NoStoreCheck;

const CARD: CheckCard = CheckCard {
    name: "no-store",
    title: "Pages of a user are stored nowhere",
    subject: CheckSubject::Defence(Name::NoStore),
    gains: "The next person at the computer presses Back after the user signed out, and reads their pages.",
    keys: &["LO-CACHE"],
    standards: &[],
    requests: 0,
};

#[async_trait]
impl Check for NoStoreCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let home = &audit.seen.home;
        if home
            .reply
            .header("cache-control")
            .any(|value| value.to_ascii_lowercase().contains("no-store"))
        {
            return Ok(CheckAnswer::Strong(
                "The page says Cache-Control: no-store.".into(),
            ));
        }
        let shown = audit.shown(home, &["cache-control"]);
        Ok(CheckAnswer::Weak(CheckEvidence::new(
            "The page of a signed-in user does not say Cache-Control: no-store.",
            shown,
        )))
    }
}
