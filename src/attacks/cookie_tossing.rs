//! Cookie tossing: the sibling sets the attacker's own session beside the victim's, and the victim
//! goes on in the attacker's account without noticing.
//!
//! A cookie says nothing of who set it. The tossed one has the variant's path, which is longer than
//! `/`, so browsers send it first, whichever is older.

use async_trait::async_trait;

use super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::base::addresses::BESIDE_SIBLING;
use crate::defences::policy::Name;

pub(super) struct CookieTossing;

const CARD: Card = Card {
    name: "cookie-tossing",
    title: "A cookie tossed from a sibling host",
    engine: Engine::Browser,
    victim: "Signed in at portal.localhost; opens a page of notes.portal.localhost.",
    means: "The sibling sets mallory's session cookie with Domain=portal.localhost and the \
            variant's Path.",
    evidence: "The victim's next request runs as mallory.",
    stopped_by: &[&[Name::HostPrefix], &[Name::DuplicateCookies]],
    when_stopped: "The browser refused a __Host- cookie with a Domain, or the portal refused a \
                   request with two session cookies.",
    shows: &["CK-HOST", "CK-DUP"],
    standards: &["ASVS 3.3.3", "CWE-565", "CWE-346", "WSTG-SESS-02"],
};

#[async_trait]
impl Attack for CookieTossing {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal_at(scenario.scheme().await?, BESIDE_SIBLING);
        scenario.narrate("The victim signs in at portal.localhost.");
        let victim = scenario.browser_actor("victim").await?;
        victim.sign_in(&portal, VICTIM).await?;

        scenario
            .narrate("He opens the sibling's page, which sets mallory's session cookie as well.");
        victim.visit(&scenario.sibling_page("/tossing")).await?;
        victim.follow(".bait form:first-child button").await?;

        scenario.narrate("He opens his dashboard again.");
        Ok(match victim.greeted_as(&portal).await? {
            Some(user) if user == ATTACKER => {
                Outcome::Succeeded(format!("The victim's next request runs as {user}."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
