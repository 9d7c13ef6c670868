//! What all forgeries on the victim's credit have in common: the victim is signed in, opens the
//! attacker's page in the same window, and does there what the page is made for.
//!
//! `csrf_form.rs`, `csrf_from_sibling.rs` and `csrf_link.rs` differ in the page alone. That is why
//! they can be compared: the same victim, the same browser and the same evidence, and only the way
//! of the request changes.
//!
//! A forged request works because a cookie is ambient authority (RFC 6265bis §8.2): the browser
//! adds it to every request for the portal, whichever page asked for that request. The attacker
//! never holds the cookie. They use it where it is.

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
    // The amount before, so that the forgery is measured by what it took, not by what a page said.
    let before = victim.credit(portal).await?;

    scenario.narrate(format!(
        "In the same window the victim opens {page} and clicks there."
    ));
    // The same browser, so the same cookie jar. The attacker never sees the cookie; the browser
    // decides by itself whether to add it to the request that the page makes.
    victim.visit(page).await?;
    // The press is a real click. The page could also submit its form by itself (`?go=1` does), so
    // the click is no protection. It makes the program wait for a step that a student can see.
    victim.follow(press).await?;

    scenario.narrate("The victim goes back to the portal.");
    // The evidence is read on the portal, not in the answer to the forged request: the attacker
    // does not get that answer, and does not need it. What counts is the effect.
    let after = victim.credit(portal).await?;
    Ok(Outcome::of_credit(before, after, when_stopped))
}
