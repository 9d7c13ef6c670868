//! Cookie overflow: a script writes so many cookies that the browser deletes the session cookie,
//! `HttpOnly` or not, and then plants the attacker's own.
//!
//! Start: the attacker has an ordinary account, so they can post on the board and have a session id
//! to plant.
//!
//! Why it works: a browser keeps a limited number of cookies for each site and deletes the oldest
//! beyond it. `HttpOnly` and `__Host-` say who may read or write a cookie, not that it stays. Once
//! it is gone, its name is free.
//!
//! Proof: the victim's browser is greeted as mallory. A lost cookie alone would prove little,
//! because the victim would just sign in again. The proof is that the attacker's cookie is in its
//! place.
//!
//! Stopped by `output` and by `csp`, because each keeps the script from running. Not stopped by
//! `http-only`: the script neither reads nor overwrites the cookie. Not by `host-prefix` with
//! `__Host-`: a script of the portal's own host may set such a name. Only a name that begins with
//! `__Host-Http-` cannot be planted again by script, an arm of `host-prefix` for custom policies.
//!
//! Refused for this program: `localhost`, where the overflow would delete the cookies of the
//! student's other projects. It happens on `portal.localhost`. Overflow from the sibling was
//! refused as well: it could not set a `__Host-` name, so it would show less.
//!
//! Source: RFC 6265bis §8.6 and §5.7 (the order of eviction), CWE-565, CWE-79.

use async_trait::async_trait;

use super::scenario::{ATTACKER, SCRIPT_PATIENCE, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::attacks::payloads;
use crate::base::addresses::BESIDE_SIBLING;
use crate::defences::policy::Name;

pub(super) struct CookieOverflow;

const CARD: Card = Card {
    name: "cookie-overflow",
    title: "A cookie pushed out and planted again",
    engine: Engine::Browser,
    victim: "Signed in at portal.localhost; opens the notice board.",
    means: "The attacker posts a notice with a script. It overflows the jar, sets mallory's \
            session under the name of the victim's cookie, and removes its own traces.",
    evidence: "The victim's next request runs as mallory: the cookie was not only lost but planted \
               again.",
    stopped_by: &[&[Name::Output], &[Name::Csp]],
    when_stopped: "The board showed the script as text, or the browser refused to run it. HttpOnly \
                   and __Host- would not have helped.",
    shows: &["CK-OVERFLOW", "CK-HOSTHTTP"],
    standards: &["CWE-565", "CWE-79", "RFC 6265bis §8.6"],
};

#[async_trait]
impl Attack for CookieOverflow {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal_at(scenario.scheme().await?, BESIDE_SIBLING);
        scenario
            .narrate("On another computer the attacker signs in as mallory and posts a notice.");
        let mut attacker = scenario.actor("attacker");
        // The attacker needs a session in their own account: its id is what the script plants at
        // the end.
        attacker.sign_in(ATTACKER).await?;
        // The script contains mallory's id in plain text, on a board that everyone reads. That
        // costs the attacker nothing: the session is there for the victim to use.
        let (name, id) = attacker.session_cookie()?;
        // The script cannot read an `HttpOnly` cookie and cannot overwrite it. It can make the
        // browser delete it: a jar has a limit for each site, and the oldest cookies go first. Then
        // the name is free.
        let script = payloads::overflow(&name, &id);
        attacker.post_notice(&script).await?;

        scenario.narrate("The victim signs in and opens the notice board.");
        let victim = scenario.browser_actor("victim").await?;
        // The victim has a good session, with every attribute that the variant gives it. The attack
        // does not depend on how it was obtained.
        victim.sign_in(&portal, VICTIM).await?;
        // Nothing unusual appears on the page. The script also removes the cookies that it filled
        // the jar with, so a look at the developer tools shows one session cookie, as before.
        victim.visit(&format!("{portal}/board")).await?;
        // Filling the jar takes a moment. Where the script was stopped, the mark never appears, and
        // the attack looks at the dashboard without it.
        let done = "document.documentElement.dataset.done";
        victim
            .until_or(&format!("{done} === '0'"), SCRIPT_PATIENCE)
            .await?;
        if victim.run(&format!("{done} !== undefined")).await? {
            victim.until(&format!("{done} === '1'")).await?;
        }

        scenario.narrate("The victim opens the dashboard.");
        // A denial of service would be the smaller harm. The victim now works in mallory's account
        // and enters data there that mallory can read. Only `output` and `csp` stop this; a name
        // that begins with `__Host-Http-` stops the second half, because scripts may not set it.
        Ok(match victim.greeted_as(&portal).await? {
            Some(user) if user == ATTACKER => {
                Outcome::Succeeded(format!("The victim's next request runs as {user}."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
