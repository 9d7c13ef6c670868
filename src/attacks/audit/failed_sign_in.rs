//! Why a sign-in does not work, as far as the application says it: the status, the message of its page,
//! a CAPTCHA, a locked account.

use super::exchange::AuditExchange;
use super::html::FoundPage;
use super::overload::is_no_answer;
use super::plan::AuditAccount;
use super::wire::{AuditError, AuditWire};

/// How much of a page's message is quoted.
const LONGEST: usize = 160;

/// The error for a sign-in that was answered with `status` and led to the page `landed`. `form` is the
/// page with the form, where there is one.
pub(super) fn because(
    wire: &AuditWire,
    account: &AuditAccount,
    status: u16,
    landed: &AuditExchange,
    form: Option<&AuditExchange>,
) -> AuditError {
    if is_no_answer(status) {
        return AuditError::Overloaded(status);
    }
    let before = form.map(|form| FoundPage::read(&form.reply.body).text);
    let before = before.unwrap_or_default();
    let text = FoundPage::read(&landed.reply.body).text;
    let new = text.lines().filter(|line| !before.contains(line));
    let message: String = new.collect::<Vec<_>>().join(" ");
    let message: String = wire.mask.masked(&message).chars().take(LONGEST).collect();
    let said = match message.is_empty() {
        true => String::new(),
        false => format!(" \"{message}\""),
    };
    let pages = [form, Some(landed)];
    let pages = pages.into_iter().flatten();
    let asks_for_captcha = pages.into_iter().any(|page| {
        let page = page.reply.body.to_ascii_lowercase();
        CAPTCHAS.iter().any(|word| page.contains(word))
    });
    let next = if asks_for_captcha {
        "its page has a CAPTCHA, which no program solves: switch it off for the audit"
    } else if status == 423 || message.to_ascii_lowercase().contains("locked") {
        "the account is locked: unlock it, or name another one"
    } else {
        "check the name and the password, or say in [sign-in] and [signed-in] how it works, and in \
         [[sign-in-first]] which steps come before it"
    };
    AuditError::Unexpected(format!(
        "the sign-in of {} was answered {status}{said}, and nothing shows that it worked: {next}",
        account.user
    ))
}

/// What pages with a CAPTCHA have in a name, a class or an address.
const CAPTCHAS: [&str; 2] = ["captcha", "cf-turnstile"];
