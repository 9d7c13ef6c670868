//! Whether the session cookie goes with forms of other sites: the attribute `SameSite`. Without it each
//! browser follows its own default, and Firefox has none.

use async_trait::async_trait;
use cookie_store::RawCookie;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckSubject};
use super::super::cookie_line_rule::CookieLineRule;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct SameSiteCheck;

const CARD: CheckCard = CheckCard {
    name: "same-site",
    title: "The session cookie stays away from forms of other sites",
    subject: CheckSubject::Defence(Name::SameSite),
    gains: "A page of another site posts a form with the user's cookie, and the application does what the form says, where no other layer refuses it.",
    keys: &["CK-SAMESITE", "CK-LAXPOST"],
    standards: &[],
    requests: 0,
    sign_ins: 0,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for SameSiteCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let rule = CookieLineRule {
            holds: |cookie| matches!(said(cookie), Some("lax" | "strict")),
            strong: "The line has SameSite=Lax or Strict.",
            weak: "The Set-Cookie line of the session has no SameSite, or None.",
        };
        Ok(rule.judge(audit))
    }
}

/// The attribute's value in lower case.
fn said(cookie: &RawCookie<'_>) -> Option<&'static str> {
    let value = cookie.same_site()?.to_string().to_ascii_lowercase();
    ["lax", "strict", "none"]
        .into_iter()
        .find(|known| *known == value)
}
