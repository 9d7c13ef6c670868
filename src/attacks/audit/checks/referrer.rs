//! What other sites learn of the address of a page: the header `Referrer-Policy`. Where it is missing,
//! browsers send the origin only (their default is `strict-origin-when-cross-origin`).

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct ReferrerCheck;

const CARD: CheckCard = CheckCard {
    name: "referrer",
    title: "Other sites learn no whole address",
    subject: CheckSubject::Defence(Name::Referrer),
    gains: "A site that the page links to reads what is in the address: an id, a token, a search.",
    keys: &["HDR-REFERRER"],
    standards: &[],
    requests: 0,
    sign_ins: 0,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for ReferrerCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let home = &audit.seen.home;
        let values = home
            .reply
            .header("referrer-policy")
            .flat_map(|value| value.split(','));
        let known = values.map(|value| value.trim().to_ascii_lowercase());
        // Of several the last one that a browser knows counts.
        Ok(match known.filter(|value| KNOWN.contains(&&**value)).last().as_deref() {
            None => CheckAnswer::CannotTell("The page says nothing, so each browser follows its own default: the origin only.".into()),
            Some("unsafe-url" | "no-referrer-when-downgrade") => {
                let says = "The policy sends whole addresses to other sites.";
                let shown = audit.shown(home, &["referrer-policy"]);
                CheckAnswer::Weak(CheckEvidence::new(says, shown))
            }
            Some(_) => CheckAnswer::Strong("The policy sends no whole address to other sites.".into()),
        })
    }
}

/// The values that browsers know.
const KNOWN: [&str; 8] = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];
