//! What all forgeries on the victim's credit have in common: the victim is signed in,
//! opens the attacker's page in the same window, and does there what the page is made for.

use super::Outcome;
use super::scenario::{Scenario, ScenarioError, VICTIM};

/// Signs the victim in at `portal`, opens `page`, clicks on what `press` selects there, and returns
/// whether the victim's credit fell.
///
/// # Errors
/// The browser or the portal fails.
pub(super) async fn forge(
    scenario: &Scenario,
    portal: &str,
    page: &str,
    press: &str,
    when_stopped: &str,
) -> Result<Outcome, ScenarioError> {
    scenario.narrate(format!(
        "The victim signs in at {portal}/ and reads their credit."
    ));
    let victim = scenario.browser_actor("victim").await?;
    victim.sign_in(portal, VICTIM).await?;
    let before = victim.credit(portal).await?;

    scenario.narrate(format!(
        "In the same window the victim opens {page} and clicks there."
    ));
    // The same browser, so the same cookie jar. The attacker never sees the cookie; the browser
    // decides by itself whether to add it to the request that the page makes.
    victim.visit(page).await?;
    victim.follow(press).await?;

    scenario.narrate("The victim goes back to the portal.");
    // The evidence is read on the portal, not in the answer to the forged request: the attacker
    // does not get that answer, and does not need it. What counts is the effect.
    let after = victim.credit(portal).await?;
    Ok(Outcome::of_credit(before, after, when_stopped))
}
