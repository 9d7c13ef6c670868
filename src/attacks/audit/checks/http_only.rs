//! Whether scripts can read the session cookie: the attribute `HttpOnly`.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::cookie_line_rule::CookieLineRule;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct HttpOnlyCheck;

const CARD: CheckCard = CheckCard {
    name: "http-only",
    title: "The session cookie is hidden from scripts",
    subject: CheckSubject::Defence(Name::HttpOnly),
    gains: "A script that an attacker brings into a page reads the session id and sends it away; the attacker is then the user.",
    keys: &["CK-HTTPONLY", "XSS-STEAL"],
    standards: &[],
    requests: 0,
    sign_ins: 0,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for HttpOnlyCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let rule = CookieLineRule {
            holds: |cookie| cookie.http_only().unwrap_or(false),
            strong: "The line has HttpOnly.",
            weak: "The Set-Cookie line of the session has no HttpOnly.",
        };
        Ok(rule.judge(audit))
    }
}
