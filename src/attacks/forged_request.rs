//! What all forgeries on the victim's credit have in common: he is signed in, opens the attacker's
//! page in the same window, and does there what the page is made for.

use super::Outcome;
use super::scenario::{Scenario, ScenarioError, VICTIM};

/// Signs the victim in at `portal`, has him open `page` and click on what `press` selects there, and
/// says whether his credit fell.
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
        "The victim signs in at {portal}/, and reads his credit."
    ));
    let victim = scenario.browser_actor("victim").await?;
    victim.sign_in(portal, VICTIM).await?;
    let before = victim.credit(portal).await?;

    scenario.narrate(format!(
        "In the same window he opens {page} and clicks there."
    ));
    victim.visit(page).await?;
    victim.follow(press).await?;

    scenario.narrate("He goes back to the portal.");
    let after = victim.credit(portal).await?;
    Ok(Outcome::of_credit(before, after, when_stopped))
}
