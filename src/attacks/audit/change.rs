//! A request that changes something, sent in a changed form, and whether the change was made.
//!
//! The answer to a forged request is no evidence, because applications answer with a redirect either
//! way. The page on which the change is seen is.

use super::Audit;
use super::check::CheckAnswer;
use super::exchange::AuditExchange;
use super::html::FoundPage;
use super::person::Person;
use super::prepared::{Prepared, Values};
use super::recipe::ChangeRecipe;
use super::wire::AuditError;

/// The origin of a page of another site.
const FOREIGN: &str = "https://evil.example";

/// Its address.
const FOREIGN_PAGE: &str = "https://evil.example/";

/// A request that was sent, and whether something changed.
pub(super) struct ChangeAttempt {
    /// Whether something changed.
    pub changed: bool,
    /// The request and its answer.
    pub exchange: AuditExchange,
}

/// The same request as a page of another site would send it: with the headers that browsers add to it and
/// that no page can forge.
pub(super) fn from_another_site(prepared: Prepared) -> Prepared {
    prepared
        .with("origin", FOREIGN)
        .with("referer", FOREIGN_PAGE)
        .with("sec-fetch-site", "cross-site")
}

/// The same request as a link on a page of another site: browsers send no `Origin` with it.
pub(super) fn as_foreign_link(prepared: Prepared) -> Prepared {
    let mut link = from_another_site(prepared.without_token()).without("origin");
    link.method = "GET".into();
    link
}

/// Sends the request of a change, altered, and looks whether it was carried out.
pub(super) async fn attempt(
    audit: &Audit,
    person: &mut Person<'_>,
    change: &ChangeRecipe,
    alter: impl FnOnce(Prepared) -> Prepared,
) -> Result<ChangeAttempt, AuditError> {
    let unique = unique()?;
    audit.wire.mask.note(&unique, "a new text");
    let mut values: Values = audit.account().values();
    values.insert("unique", unique.clone());
    let says_unique = uses_unique(change);
    let before = text(audit, person, change).await?;
    if !says_unique && text(audit, person, change).await? != before {
        return Err(changes_by_itself(change));
    }
    let prepared = person.prepare(&change.request, &values).await?;
    let exchange = person.call(alter(prepared).call()?).await?;
    let after = text(audit, person, change).await?;
    let changed = match says_unique {
        true => after.contains(&unique),
        false => after != before,
    };
    // Somebody else may work in the application meanwhile.
    if changed && !says_unique && text(audit, person, change).await? != after {
        return Err(changes_by_itself(change));
    }
    if changed {
        audit.note_change(format!("What {} shows was changed.", change.seen_on));
    }
    Ok(ChangeAttempt { changed, exchange })
}

/// The page of a change is another one each time, so it shows nothing.
fn changes_by_itself(change: &ChangeRecipe) -> AuditError {
    let because = format!(
        "{} has another text each time: use {{unique}} in the request of [[change]]",
        change.seen_on
    );
    AuditError::Unexpected(because)
}

/// What it means that a forged request changed nothing: a refusal, if the honest one still works.
pub(super) async fn refused(
    audit: &Audit,
    person: &mut Person<'_>,
    change: &ChangeRecipe,
    forged: &ChangeAttempt,
) -> Result<CheckAnswer, AuditError> {
    let status = forged.exchange.reply.status;
    let honest = attempt(audit, person, change, |prepared| prepared).await?;
    if honest.changed {
        let says =
            format!("It was answered {status} and changed nothing; the honest request works.");
        return Ok(CheckAnswer::Strong(says));
    }
    let says = format!(
        "The honest request was answered {} and changed nothing either.",
        honest.exchange.reply.status
    );
    Ok(CheckAnswer::CannotTell(says))
}

pub(super) fn uses_unique(change: &ChangeRecipe) -> bool {
    let json = change.request.json.as_ref().map(ToString::to_string);
    let mut texts = change.request.form.values().chain(json.as_ref());
    texts.any(|text| text.contains("{unique}"))
}

async fn text(
    audit: &Audit,
    person: &mut Person<'_>,
    change: &ChangeRecipe,
) -> Result<String, AuditError> {
    let (_, page) = person.visit(&audit.wire.path(&change.seen_on)).await?;
    let is_html = page
        .header("content-type")
        .is_some_and(|kind| kind.contains("html"));
    Ok(match is_html {
        true => FoundPage::read(&page.reply.body).text,
        false => page.reply.body,
    })
}

/// A text that no page has yet.
pub(super) fn unique() -> Result<String, AuditError> {
    let mut bytes = [0; 6];
    let random = getrandom::fill(&mut bytes);
    random.map_err(|error| AuditError::Unexpected(format!("no random bytes: {error}")))?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("audit-{hex}"))
}
