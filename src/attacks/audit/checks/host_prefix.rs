//! Whether a sibling host can set a cookie of the session's name: the prefix `__Host-`.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::cookie_line_rule::CookieLineRule;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct HostPrefixCheck;

const CARD: CheckCard = CheckCard {
    name: "host-prefix",
    title: "Only the host itself can set the session cookie",
    subject: CheckSubject::Defence(Name::HostPrefix),
    gains: "Somebody who controls another host of the same site plants a session cookie of their choice in the user's browser.",
    keys: &["CK-HOST"],
    standards: &[],
    requests: 0,
    sign_ins: 0,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for HostPrefixCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let rule = CookieLineRule {
            holds: |cookie| cookie.name().starts_with("__Host-"),
            strong: "The name begins with __Host-.",
            weak: "The name of the session cookie has no prefix, so a sibling host can set a cookie of that name.",
        };
        Ok(rule.judge(audit))
    }
}
