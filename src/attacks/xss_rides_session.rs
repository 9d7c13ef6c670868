//! XSS rides the session: a script in a notice sends the transfer from the victim's own page, with
//! the page's own token. Worksheet 03.
//!
//! Start: the attacker has an ordinary account and may post on the board that the victim reads.
//!
//! Why it works: a script in the portal's page has the portal's origin. The browser and the portal
//! treat whatever it does as the user's own doing.
//!
//! Proof: the victim's credit falls, and no cookie left the browser.
//!
//! Stopped by `output` and by `csp`, because only these two keep the script from running. Not
//! stopped by `http-only`: the script does not read the cookie. Not by `csrf-token`: the script
//! reads the token out of the page, as the portal's own form does. Not by `request-origin` or
//! `same-site`: the request comes from the portal itself.
//!
//! Refused for this program: sending the page's contents to the attacker. That is also possible,
//! but the foreign request could be stopped by a rule about addresses, and a reader might take such
//! a rule for the cure. This script talks to the portal only.
//!
//! Source: ASVS 1.2.1, ASVS 3.4.3, CWE-79.

use async_trait::async_trait;

use super::scenario::{ATTACKER, SCRIPT_PATIENCE, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::attacks::payloads;
use crate::defences::policy::Name;

pub(super) struct XssRidesSession;

const CARD: Card = Card {
    name: "xss-rides-session",
    title: "A script that acts as the victim",
    engine: Engine::Browser,
    victim: "Signed in; opens the notice board.",
    means: "The attacker posts a notice with a script, which posts the transfer form with the \
            token that it finds in the page.",
    evidence: "The victim's credit falls although no cookie was read.",
    stopped_by: &[&[Name::Output], &[Name::Csp]],
    when_stopped: "The board showed the script as text, or the browser refused to run it.",
    shows: &["XSS-RIDE", "XSS-RUN", "HDR-CSP"],
    standards: &["ASVS 1.2.1", "ASVS 3.4.3", "CWE-79"],
};

#[async_trait]
impl Attack for XssRidesSession {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal(scenario.scheme().await?);
        scenario.narrate("The attacker signs in as mallory and posts a notice with a script.");
        let mut attacker = scenario.actor("attacker");
        // The attacker is one user among others. What they write should be data to every other
        // user's browser, and here it is program.
        attacker.sign_in(ATTACKER).await?;
        // The script fetches nothing from outside and sends nothing outside. It reads the CSRF
        // token from the page that it is in, as the portal's own form does, and posts the transfer.
        attacker.post_notice(&payloads::ride_session()).await?;

        scenario.narrate("The victim signs in, reads their credit and opens the notice board.");
        let victim = scenario.browser_actor("victim").await?;
        victim.sign_in(&portal, VICTIM).await?;
        // The cookie stays where it is. `http-only` protects the cookie; what the attacker wants is
        // what the cookie allows.
        let before = victim.credit(&portal).await?;
        victim.visit(&format!("{portal}/board")).await?;

        scenario.narrate("Some time later the victim reads their credit again.");
        // The portal sees its own origin, the right token and the right cookie: `request-origin`,
        // `csrf-token` and `same-site` all agree that this is the victim. Only defences that keep
        // the script from running help: `output` first, `csp` as the second line. The script needs
        // the open page, so its harm ends with the page; a stolen cookie's harm does not.
        let after = victim
            .credit_once_it_changed(&portal, before, SCRIPT_PATIENCE)
            .await?;
        Ok(Outcome::of_credit(before, after, CARD.when_stopped))
    }
}
