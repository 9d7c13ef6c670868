//! Whether the session cookie is also sent unencrypted: the attribute `Secure`.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::cookie_line_rule::CookieLineRule;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct SecureCheck;

const CARD: CheckCard = CheckCard {
    name: "secure",
    title: "The session cookie is sent over https only",
    subject: CheckSubject::Defence(Name::Secure),
    gains: "Anyone on the network reads the session id as soon as one request goes over plain http, and is then the user.",
    keys: &["CK-SECURE"],
    standards: &[],
    requests: 0,
    sign_ins: 0,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for SecureCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let rule = CookieLineRule {
            holds: |cookie| cookie.secure().unwrap_or(false),
            strong: "The line has Secure.",
            weak: "The Set-Cookie line of the session has no Secure.",
        };
        Ok(rule.judge(audit))
    }
}
