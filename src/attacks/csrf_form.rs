//! CSRF by a form: a page on another site posts a transfer to the portal, and the victim's browser
//! adds their cookie by itself, or does not. Worksheet 05.
//!
//! The form moves the whole window, because requests in the background carry no cookie where
//! third-party cookies are blocked. Without a `SameSite` attribute Chromium sends the cookie only
//! while its value is younger than two minutes; here it is some seconds old. Read
//! `csrf_from_sibling.rs` next, where `SameSite` has no say.

use async_trait::async_trait;

use super::forged_request::forge;
use super::scenario::{Scenario, ScenarioError};
use super::{Attack, Card, Engine, Outcome};
use crate::defences::policy::Name;

pub(super) struct CsrfForm;

const CARD: Card = Card {
    name: "csrf-form",
    title: "Forged form from another site",
    engine: Engine::Browser,
    victim: "Signed in within the last two minutes; opens the attacker's page in the same browser.",
    means: "A page on another site with a form that posts to the portal. The browser fills in the \
            cookie; the attacker never sees it.",
    evidence: "The victim's credit falls by the amount in the attacker's form.",
    stopped_by: &[
        &[Name::CsrfToken],
        &[Name::RequestOrigin],
        &[Name::SameSite],
    ],
    when_stopped: "The form came without the token, from an origin that the portal does not know, \
                   or without the cookie: each of them is enough.",
    shows: &[
        "CSRF-NONE",
        "CSRF-ORIGIN",
        "CSRF-FETCHMETA",
        "CK-SAMESITE",
        "CK-LAXPOST",
    ],
    standards: &["ASVS 3.5.1", "CWE-352", "CWE-1275", "WSTG-SESS-05"],
};

#[async_trait]
impl Attack for CsrfForm {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        // The scheme is the one that people use to reach the variant. A browser counts the scheme
        // as part of the site.
        let portal = scenario.portal(scenario.scheme().await?);
        // The page is the attacker's own, so its form can name any address, any field and any
        // value. What it cannot do is read an answer or the victim's pages: that is why a secret in
        // the portal's own form helps (`csrf-token`).
        let page = scenario.attacker_page("/csrf-form");
        // Three defences refuse this request, each alone. `same-site`: the browser leaves the
        // cookie out, because the form is on another site. `request-origin`: the browser writes the
        // true `Origin`, and the portal compares it. `csrf-token`: the field is missing, and the
        // attacker cannot know its value.
        forge(scenario, &portal, &page, "#trap button", CARD.when_stopped).await
    }
}
