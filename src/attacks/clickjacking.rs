//! Clickjacking: the sibling shows the portal in an invisible frame over its own button, and the
//! victim's click lands on the portal's. Worksheet 14.
//!
//! Start: the attacker controls the sibling. The victim is signed in and clicks on something there.
//!
//! Why it works: the portal lets any page frame it, and a link may fill in its transfer form. What
//! is missing is one press, and the victim gives it.
//!
//! Proof: the victim's credit falls by the amount in the frame's address.
//!
//! Stopped by `framing` alone. Not stopped by `csrf-token`, `request-origin` or `same-site`: the
//! click presses the real button of the real page, so the token is right and the origin is the
//! portal's. Not by `csp`: that line says what the portal's page may load, not who may frame it.
//!
//! Refused for this program: a frame on another site. Browsers that block third-party cookies load
//! it without a cookie, and the frame would show the sign-in page. A `click()` by the sibling's
//! script was refused because it is impossible: the frame is another origin.
//!
//! Source: ASVS 3.4.6, CWE-1021. Read `src/defences/framing.rs` next.

use async_trait::async_trait;

use super::scenario::{SCRIPT_PATIENCE, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::base::addresses::BESIDE_SIBLING;
use crate::defences::policy::Name;

pub(super) struct Clickjacking;

const CARD: Card = Card {
    name: "clickjacking",
    title: "A click for somebody else",
    engine: Engine::Browser,
    victim: "Signed in at portal.localhost; clicks on a page of notes.portal.localhost.",
    means: "The sibling frames the dashboard with the transfer form filled in, invisible, over \
            its own button.",
    evidence: "The victim's credit falls by the amount in the frame's address.",
    stopped_by: &[&[Name::Framing]],
    when_stopped: "The browser showed no portal in the frame, so there was no button to press.",
    shows: &["HDR-FRAME"],
    standards: &["ASVS 3.4.6", "CWE-1021", "WSTG-CLNT-09"],
};

#[async_trait]
impl Attack for Clickjacking {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal_at(scenario.scheme().await?, BESIDE_SIBLING);
        scenario.narrate("The victim signs in at portal.localhost and reads their credit.");
        let victim = scenario.browser_actor("victim").await?;
        // The portal's cookie may have every attribute. The frame below belongs to the portal's own
        // site, so the browser sends even a `Strict` cookie with it.
        victim.sign_in(&portal, VICTIM).await?;
        let before = victim.credit(&portal).await?;

        scenario.narrate("The victim opens the sibling's page and clicks on its button.");
        // The sibling's page has a harmless button. Above it is the portal in a frame with opacity
        // 0, moved so that its transfer button is in the same place. The form in it is filled in by
        // the frame's address.
        victim
            .visit(&scenario.sibling_page("/clickjacking"))
            .await?;
        // The click is a real click of the real user on the real page. Token, origin and cookie are
        // right, so no check of the request can find anything wrong with it. Only the browser can
        // refuse to show the page in a frame, and only if the portal asks for that: `framing` sends
        // `frame-ancestors 'none'`. A script that breaks out of frames was refused, because the
        // sandbox attribute switches it off.
        victim.click(".lure").await?;

        scenario.narrate("The victim goes back to the portal.");
        let after = victim
            .credit_once_it_changed(&portal, before, SCRIPT_PATIENCE)
            .await?;
        Ok(Outcome::of_credit(before, after, CARD.when_stopped))
    }
}
