//! A forged POST that a form field turns into a GET.
//!
//! Start: the attacker controls the sibling. The victim is signed in, on a portal whose checks of
//! token and origin may both be on.
//!
//! Why it works: the weak `safe-methods` obeys a field `_method` and lets a GET transfer. Token and
//! origin are asked of unsafe methods only, and `_method` makes the request a safe one before they
//! look. Two conveniences, each harmless to its author, switch all CSRF checks off together.
//!
//! Proof: exactly the forged amount is missing from the victim's credit.
//!
//! Stopped by `safe-methods` alone. Not stopped by `csrf-token` or `request-origin`: they are never
//! asked. Not by `same-site`: the sibling is the same site.
//!
//! Refused for this program: a link, which is `csrf_link.rs`. The POST shows that even a portal
//! that checks every POST can be fooled about what a POST is. A form on another site was refused
//! because `same-site` would stop it.
//!
//! Source: ASVS 3.5.2 and 3.5.3, CWE-352, CWE-650. Read `src/defences/safe_methods.rs` next.

use async_trait::async_trait;

use super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct MethodOverride;

/// What the attacker takes.
const AMOUNT: u64 = 100;

const CARD: Card = Card {
    name: "method-override",
    title: "A POST that calls itself a GET",
    engine: Engine::Http,
    victim: "Signed in at portal.localhost, opens a page of the sibling notes.portal.localhost.",
    means: "The attacker controls the sibling. A form on its page posts to the portal: the \
            transfer is in the address, and the first field is _method=get. Chromium, Firefox and \
            Safari send it with the victim's cookies, whatever SameSite says, and add the \
            sibling's Origin and Sec-Fetch-Site: same-site.",
    evidence: "The victim's own dashboard shows less credit than before.",
    stopped_by: &[&[Name::SafeMethods]],
    when_stopped: "The portal did not obey _method: the request ran as the POST that it was, with \
                   the checks of a POST, and a POST reads no transfer out of the address.",
    shows: &["CSRF-METHOD", "CSRF-GET", "CSRF-SIBLING"],
    standards: &["ASVS 3.5.2", "ASVS 3.5.3", "CWE-352", "CWE-650"],
};

#[async_trait]
impl Attack for MethodOverride {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The victim signs in.");
        let mut victim = scenario.actor_beside_sibling("victim");
        victim.sign_in(VICTIM).await?;
        // No browser is needed: the cookie, the Origin and Sec-Fetch-Site of such a form are known
        // for all browsers that the card names, and the server alone decides what they mean.
        let before = victim.credit().await?;

        scenario.narrate("The victim opens the sibling's page, and the form on it submits itself.");
        // The transfer is in the address, as in `csrf_link.rs`. But a POST may carry a body, and
        // frameworks that emulate PUT and DELETE read the method from it.
        let address = format!("/transfer?to={ATTACKER}&amount={AMOUNT}");
        // The checks of token and origin ask "is the method unsafe?". The body says GET, and the
        // portal believes it before the checks look. So one hidden field switches all CSRF checks
        // off.
        let forged = Call::form(address, &[("_method", "get")]);
        victim.post_from_sibling(forged).await?;

        scenario.narrate("The victim looks at the dashboard.");
        // On the strong arm of `safe-methods` the method is the one in the request line, and a
        // transfer is read from the body of a POST only. Rocket, Rails and Symfony have
        // such a field; look for `_method` in yours.
        let after = victim.credit().await?;
        // The exact amount is asked for: only this forgery takes a hundred.
        Ok(if after + AMOUNT == before {
            Outcome::Succeeded(format!(
                "The victim's credit fell from {before} to {after}."
            ))
        } else {
            Outcome::Stopped(CARD.when_stopped.into())
        })
    }
}
