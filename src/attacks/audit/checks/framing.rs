//! Whether a page of another host may show the application in a frame.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::exchange::AuditExchange;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct FramingCheck;

const CARD: CheckCard = CheckCard {
    name: "framing",
    title: "The application is shown in no frame",
    subject: CheckSubject::Defence(Name::Framing),
    gains: "A page puts the application under another picture, and the user presses a button that they do not see.",
    keys: &["HDR-FRAME"],
    standards: &[],
    requests: 0,
    sign_ins: 0,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for FramingCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let home = &audit.seen.home;
        if is_denied(home) {
            return Ok(CheckAnswer::Strong(
                "The page forbids frames of other hosts.".into(),
            ));
        }
        let shown = audit.shown(home, &["content-security-policy", "x-frame-options"]);
        Ok(CheckAnswer::Weak(CheckEvidence::new(
            "The page of a signed-in user forbids no frame.",
            shown,
        )))
    }
}

/// Whether a header forbids that other hosts frame the page. `frame-ancestors` wins over the older
/// header, whose only values that work are these two.
fn is_denied(page: &AuditExchange) -> bool {
    let policies = page.reply.header("content-security-policy");
    let mut ancestors = policies
        .flat_map(|policy| policy.split(';'))
        .filter_map(|part| {
            let part = part.trim().to_ascii_lowercase();
            part.strip_prefix("frame-ancestors")
                .map(|sources| sources.trim().to_owned())
        });
    if let Some(sources) = ancestors.next() {
        let open = |source: &str| matches!(source, "*" | "http:" | "https:");
        return !sources.split_whitespace().any(open);
    }
    let mut older = page.reply.header("x-frame-options");
    older.any(|value| ["deny", "sameorigin"].contains(&&*value.trim().to_ascii_lowercase()))
}
