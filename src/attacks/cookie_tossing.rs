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
        // The victim has a good session with a good id. Nothing of it is stolen or changed.
        let victim = scenario.browser_actor("victim").await?;
        victim.sign_in(&portal, VICTIM).await?;

        scenario.narrate(
            "The victim opens the sibling's page, which also sets mallory's session cookie.",
        );
        // The victim's own cookie is host-only and stays. The tossed one has a Domain and a longer
        // Path, so both have the same name and both are sent.
        victim.visit(&scenario.sibling_page("/tossing")).await?;
        // The sibling's page sends an ordinary `Set-Cookie`. No script is needed, so a strict `csp`
        // of the portal changes nothing.
        victim.follow(".bait form:first-child button").await?;

        scenario.narrate("The victim opens the dashboard again.");
        // Browsers send the cookie with the longer path first (RFC 6265, section 5.4), and most
        // frameworks use the first or the last of two without a word. `duplicate-cookies` refuses
        // such a request. `host-prefix` prevents it: the browser does not accept a `__Host-` cookie
        // with a Domain. What the victim now enters is stored in mallory's account, as after
        // `login_csrf.rs`.
        Ok(match victim.greeted_as(&portal).await? {
            Some(user) if user == ATTACKER => {
                Outcome::Succeeded(format!("The victim's next request runs as {user}."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
