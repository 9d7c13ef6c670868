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
    sign_ins: 0,
    needs: &[],
    mend: None,
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
        let says = "The page of a signed-in user does not say Cache-Control: no-store.";
        let evidence = CheckEvidence::new(says, shown);
        let mut kinds = home.reply.header("content-type");
        if kinds.all(|kind| kind.contains("html")) {
            return Ok(CheckAnswer::Weak(evidence));
        }
        Ok(CheckAnswer::Lacking(evidence.gaining(NO_PAGE)))
    }
}

/// What an attacker gains where the answer is none that a window shows.
const NO_PAGE: &str = "The answer is data for a script, which Back does not show. A browser may keep it in its cache, \
                       where anyone who has the files of its profile finds it.";
