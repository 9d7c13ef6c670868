//! Login CSRF: a form on another site signs the victim in to the attacker's own account. What he
//! types there, the attacker reads.
//!
//! The form brings no cookie, it makes the portal set one, so `SameSite` does not help. The sign-in
//! form needs a token that belongs to the visitor's anonymous session, or a look at the origin.

use async_trait::async_trait;

use super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::{Attack, Card, Engine, Outcome};
use crate::defences::policy::Name;

pub(super) struct LoginCsrf;

const CARD: Card = Card {
    name: "login-csrf",
    title: "Sign-in to the attacker's account",
    engine: Engine::Browser,
    victim: "Not signed in; opens the attacker's page.",
    means: "A form on another site with the attacker's own name and password.",
    evidence: "The portal greets the victim as mallory.",
    stopped_by: &[&[Name::CsrfToken], &[Name::RequestOrigin]],
    when_stopped: "The portal refused the sign-in: its form lacked the token of the visitor's \
                   anonymous session, or stood on another site.",
    shows: &["CSRF-LOGIN"],
    standards: &["ASVS 7.6.2", "CWE-352"],
};

#[async_trait]
impl Attack for LoginCsrf {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal(scenario.scheme().await?);
        scenario.narrate("The victim opens the attacker's page and presses its button.");
        let victim = scenario.browser_actor("victim").await?;
        victim.visit(&scenario.attacker_page("/login-csrf")).await?;
        victim.follow(".bait button").await?;

        scenario.narrate("Later he opens the portal, which seems to know him.");
        Ok(match victim.greeted_as(&portal).await? {
            Some(user) if user == ATTACKER => {
                Outcome::Succeeded(format!("The portal greets the victim as {user}."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
