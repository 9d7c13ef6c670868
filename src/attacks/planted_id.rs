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
        // Cookies do not follow origins. Any host may set a cookie for the domain above it, so
        // notes.portal.localhost can set one that portal.localhost receives. The portal cannot see
        // who set it: the `Cookie` header has names and values only.
        let victim = scenario.browser_actor("victim").await?;
        victim.visit(&scenario.sibling_page("/fixation")).await?;
        victim.follow(".bait form:first-child button").await?;
        // The attacker's page shows the line that it set. The attacker knows the id, of course:
        // they fetched it before.
        let line: String = victim
            .run("document.querySelector('#planted code').textContent")
            .await?;
        let planted = line.strip_prefix("Set-Cookie: ").unwrap_or(&line);
        let planted = planted.split(';').next().unwrap_or_default().to_owned();

        scenario.narrate("The victim signs in at the portal.");
        // Where the sign-in renews the id, the browser still sends the planted cookie before the
        // new one, and the portal does not accept it. The victim cannot work. That is a nuisance,
        // and less than the attacker wants.
        victim.try_to_sign_in(&portal, VICTIM).await?;

        scenario
            .narrate("On another computer the attacker opens the dashboard with the planted id.");
        let mut attacker = scenario.actor("attacker");
        // `host-prefix` stops the planting: a browser accepts a `__Host-` name only without a
        // Domain, so only the host itself can set it. `rotation` stops the use: the sign-in makes a
        // new id. Either is enough; a portal should have both, because old browsers know no
        // prefixes and one forgotten sign-in path lacks the rotation.
        let replay = Call::get("/dashboard").with_cookie(Some(planted));
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The planted id opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
