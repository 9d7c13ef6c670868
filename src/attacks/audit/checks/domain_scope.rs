//! Whether the session cookie also goes to sibling hosts: the attribute `Domain`.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject, Worst};
use super::super::cookie_line_rule::CookieLineRule;
use super::super::mends::CheckMend;
use super::super::wire::AuditError;
use crate::defences::Elsewhere;
use crate::defences::policy::Name;

pub(super) struct DomainScopeCheck;

const CARD: CheckCard = CheckCard {
    name: "domain-scope",
    title: "The session cookie goes to its own host only",
    subject: CheckSubject::Other {
        worst: Worst::Note,
        near: Name::HostPrefix,
    },
    gains: "Every host of the domain receives the session id; the weakest of them is enough to lose it.",
    keys: &["CK-DOMAIN"],
    standards: &["ASVS 3.3.3", "CWE-668", "RFC 6265bis §4.1.2.3"],
    requests: 0,
    sign_ins: 0,
    needs: &[],
    mend: Some(&MEND),
};

const MEND: CheckMend = CheckMend {
    general: "Send the session cookie without Domain.",
    elsewhere: Elsewhere {
        flask: "SESSION_COOKIE_DOMAIN = None, the default since Flask 2.3",
        express: "session({ cookie: {} }) without domain, the default",
        django: "SESSION_COOKIE_DOMAIN = None, the default",
        spring: "Leave server.servlet.session.cookie.domain unset, the default",
        rocket: "Cookie::build((name, value)) without domain(), the default",
    },
};

#[async_trait]
impl Check for DomainScopeCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let rule = CookieLineRule {
            holds: |cookie| cookie.domain().is_none(),
            strong: "The line has no Domain, so browsers keep the cookie for this host.",
            weak: "The Set-Cookie line of the session has a Domain.",
        };
        Ok(rule.judge(audit))
    }
}
