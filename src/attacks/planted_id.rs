//! Session fixation by a planted cookie: the sibling sets an id that the attacker knows, and the
//! victim signs in with it. Worksheet 06.
//!
//! `fixation.rs` shows the server's half. Here a real browser takes the planted cookie: a host may
//! set one for the domain above it, unless its name begins with `__Host-`.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::base::addresses::BESIDE_SIBLING;
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct PlantedId;

const CARD: Card = Card {
    name: "planted-id",
    title: "Session fixation by a sibling's cookie",
    engine: Engine::Browser,
    victim: "Not signed in; opens a page of notes.portal.localhost, then signs in at \
             portal.localhost.",
    means: "The attacker fetches an anonymous id and has the sibling set it with \
            Domain=portal.localhost.",
    evidence: "With the planted id the attacker's own client is greeted as the victim.",
    stopped_by: &[&[Name::Rotation], &[Name::HostPrefix]],
    when_stopped: "The browser refused a __Host- cookie with a Domain, or the sign-in gave the \
                   session another id.",
    shows: &["SID-ROTATE", "CK-HOST"],
    standards: &[
        "ASVS 7.2.4",
        "ASVS 3.3.3",
        "CWE-384",
        "CWE-565",
        "WSTG-SESS-03",
    ],
};

#[async_trait]
impl Attack for PlantedId {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal_at(scenario.scheme().await?, BESIDE_SIBLING);
        scenario.narrate("The victim opens the sibling's page, which plants an id.");
        let victim = scenario.browser_actor("victim").await?;
        victim.visit(&scenario.sibling_page("/fixation")).await?;
        victim.follow(".bait form:first-child button").await?;
        let line: String = victim
            .run("document.querySelector('#planted code').textContent")
            .await?;
        let planted = line.strip_prefix("Set-Cookie: ").unwrap_or(&line);
        let planted = planted.split(';').next().unwrap_or_default().to_owned();

        scenario.narrate("He signs in at the portal.");
        // Where the id is renewed, the planted cookie still stands before the new one and opens
        // nothing: then the victim is kept out. That is a nuisance, not the attack.
        victim.try_to_sign_in(&portal, VICTIM).await?;

        scenario
            .narrate("On his own computer the attacker opens the dashboard with the planted id.");
        let mut attacker = scenario.actor("attacker");
        let replay = Call::get("/dashboard").with_cookie(Some(planted));
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The planted id opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
