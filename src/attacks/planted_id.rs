//! Session fixation by a planted cookie: the sibling sets an id that the attacker knows, and the
//! victim signs in with it. Worksheet 06.
//!
//! `fixation.rs` shows the server's half. Here a real browser takes the planted cookie.
//!
//! Start: the attacker controls one other host of the portal's site and can bring the victim there.
//! They have no account and never touch the victim's computer.
//!
//! Why it works: a host may set a cookie for the domain above it. The browser sends that cookie to
//! the portal like one of the portal's own.
//!
//! Proof: the attacker's own client opens the dashboard with the id that it had before the victim
//! came. Two things are shown at once: that the cookie could be planted, and that the id outlived
//! the sign-in.
//!
//! Stopped by `host-prefix`, which prevents the planting, and by `rotation`, which makes the
//! planted id worthless. Not stopped by `duplicate-cookies`: the victim has no other session cookie
//! when they sign in, and the attacker's own request has one. Not by `same-site`: the planted line
//! contains no such attribute, and the attacker chooses what it contains.
//!
//! Refused for this program: planting the id by a script on the portal, because then `output` and
//! `csp` would stop it, and those have nothing to do with fixation.
//!
//! Source: RFC 6265bis §8.6 (siblings can write cookies) and §4.1.3.2 (`__Host-`), ASVS 3.3.3,
//! CWE-384.

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
        // The answer to this click sets the cookie: an ordinary `Set-Cookie` line with
        // `Domain=portal.localhost` and the variant's path. The click is for students who do it by
        // hand. A real attacker's page would set the cookie at the first visit.
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
        // So the program does not insist on a greeting after this sign-in: only the attacker's
        // request below counts.
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
