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
        // A link has no body and no hidden field. It works only where a GET has an effect, which
        // HTTP forbids (RFC 9110, section 9.2.1).
        let page = scenario.attacker_page("/csrf-link");
        // `Lax` sends cookies with a top-level GET, or no link to a signed-in page would work.
        // Token and origin are asked for unsafe methods only. So the strong arm of `safe-methods`
        // is the one thing that stops this line: a GET changes nothing.
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
