//! Whether a text of a user comes back as text, or as markup that a browser obeys.
//!
//! What it writes may be shown to other users. So this runs with `--destructive` only. The markup is a
//! `<b>` around a text, which harms nobody: where it arrives, a script does also.

use async_trait::async_trait;

use super::super::Audit;
use super::super::change::{unique, uses_unique};
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::recipe::ChangeRecipe;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct OutputCheck;

const CARD: CheckCard = CheckCard {
    name: "output",
    title: "The text of a user is shown as text",
    subject: CheckSubject::Defence(Name::Output),
    gains: "Anyone who may write a text runs a script in the pages of everybody who reads it.",
    keys: &["XSS-RUN"],
    standards: &[],
    requests: 12,
    sign_ins: 2,
    needs: &[CheckNeed::TextChange, CheckNeed::Destruction],
    mend: None,
};

#[async_trait]
impl Check for OutputCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        if !audit.destructive {
            let says = "It writes markup that other users may see: add --destructive.";
            return Ok(CheckAnswer::NotTried(says.into()));
        }
        let changes = audit
            .plan
            .recipe
            .change
            .iter()
            .filter(|one| uses_unique(one));
        let mut seen = 0;
        for change in changes {
            match shown(audit, change).await? {
                Shown::AsMarkup(evidence) => return Ok(CheckAnswer::Weak(evidence)),
                Shown::AsText => seen += 1,
                Shown::Nowhere => {}
            }
        }
        if seen > 0 {
            let says = "The markup in a text comes back as text: its < is written as &lt;.";
            return Ok(CheckAnswer::Strong(says.into()));
        }
        let says = "No HTML page is known that shows a text: name one in seen-on of a [[change]] whose \
                    request has {unique}.";
        Ok(CheckAnswer::NotTried(says.into()))
    }
}

/// How a text with markup came back.
enum Shown {
    AsMarkup(CheckEvidence),
    AsText,
    /// No HTML page shows it.
    Nowhere,
}

async fn shown(audit: &Audit, change: &ChangeRecipe) -> Result<Shown, AuditError> {
    let text = unique()?;
    audit.wire.mask.note(&text, "a new text");
    let mut person = audit.signed_in(audit.account()).await?;
    let mut values = audit.account().values();
    values.insert("unique", format!("<b>{text}</b>"));
    let exchange = person.submit(&change.request, &values).await?;
    let (_, page) = person.visit(&audit.wire.path(&change.seen_on)).await?;
    let is_html = page
        .header("content-type")
        .is_some_and(|kind| kind.contains("html"));
    if !is_html || !page.reply.body.contains(&text) {
        return Ok(Shown::Nowhere);
    }
    audit.note_change(format!("{} shows a text with markup.", change.seen_on));
    if !page.reply.body.contains(&format!("<b>{text}</b>")) {
        return Ok(Shown::AsText);
    }
    let says = format!(
        "{} shows the markup that a user wrote as markup.",
        change.seen_on
    );
    let evidence = CheckEvidence::new(says, audit.shown(&exchange, &[]));
    Ok(Shown::AsMarkup(evidence))
}
