//! Login CSRF: a form on another site signs the victim in to the attacker's own account. The
//! attacker can read whatever the victim types there.
//!
//! Start: the attacker has an account on the portal, with its password, and a web site. The victim
//! is not signed in.
//!
//! Why it works: a sign-in is also a change that a form can cause. It brings no cookie, it makes
//! the portal set one.
//!
//! Proof: the portal greets the victim as mallory. That is the whole attack; the harm is what the
//! victim then enters.
//!
//! Stopped by `csrf-token`: the sign-in form needs a token that belongs to the visitor's anonymous
//! session. Stopped by `request-origin`: the form was on another site. Not stopped by `same-site`:
//! it decides whether an old cookie is sent, and no old cookie is needed. Not by `rotation`: the
//! new id goes to the victim's browser, in mallory's name.
//!
//! Refused for this program: planting mallory's cookie. It has the same effect and needs a host of
//! the portal's site (`cookie_tossing.rs`). Here any site will do.
//!
//! Source: ASVS 3.5.1 (a request proves that it is the application's own), CWE-352, WSTG-SESS-05.

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
                   anonymous session, or was on another site.",
    shows: &["CSRF-LOGIN"],
    standards: &["ASVS 3.5.1", "CWE-352", "WSTG-SESS-05"],
};

#[async_trait]
impl Attack for LoginCsrf {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal(scenario.scheme().await?);
        scenario.narrate("The victim opens the attacker's page and presses its button.");
        // The victim is not signed in, so there is no session to ride. The attacker gives them one:
        // the form has mallory's name and password, which the attacker knows.
        let victim = scenario.browser_actor("victim").await?;
        // The victim is not signed in, so there is no session to ride. The attacker gives them one:
        // the form has mallory's name and password, which the attacker knows. Nothing is stolen;
        // something is given.
        victim.visit(&scenario.attacker_page("/login-csrf")).await?;
        // `SameSite` decides whether a cookie is sent along, and this form needs none. It must be
        // refused before the sign-in: by a token that belongs to the anonymous session
        // (`csrf-token`) or by its origin.
        victim.follow(".bait button").await?;

        scenario.narrate("Later the victim opens the portal, which greets them by a name.");
        // The harm comes later: a card number, a message or a search is now stored in mallory's
        // account. The victim would have to notice the wrong name. Each request from here on is
        // honest, so no later check can find anything.
        Ok(match victim.greeted_as(&portal).await? {
            Some(user) if user == ATTACKER => {
                Outcome::Succeeded(format!("The portal greets the victim as {user}."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
