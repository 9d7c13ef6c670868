//! CSRF by a link: where a GET changes something, one click on another site is enough. Worksheet 05.
//!
//! `SameSite=Lax` lets the cookie through, because following a link is what it allows, and a GET
//! asks for no token. Read `src/defences/safe_methods.rs` next.

use async_trait::async_trait;

use super::forged_request::forge;
use super::scenario::{Scenario, ScenarioError};
use super::{Attack, Card, Engine, Outcome};
use crate::defences::policy::Name;

pub(super) struct CsrfLink;

const CARD: Card = Card {
    name: "csrf-link",
    title: "A link on another site that transfers",
    engine: Engine::Browser,
    victim: "Signed in, no matter for how long; follows a link in the same browser.",
    means: "A link to the portal's transfer with receiver and amount in the address.",
    evidence: "The victim's credit falls by the amount in the link.",
    stopped_by: &[&[Name::SafeMethods]],
    when_stopped: "A GET only reads, so the link changed nothing. The cookie did travel along.",
    shows: &["CSRF-GET"],
    standards: &["ASVS 3.5.3", "CWE-352", "CWE-650", "WSTG-SESS-05"],
};

#[async_trait]
impl Attack for CsrfLink {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal(scenario.scheme().await?);
        let page = scenario.attacker_page("/csrf-link");
        forge(
            scenario,
            &portal,
            &page,
            ".bait a.button",
            CARD.when_stopped,
        )
        .await
    }
}
