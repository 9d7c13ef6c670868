//! Cookie tossing: the sibling sets the attacker's own session beside the victim's, and the victim
//! goes on in the attacker's account without noticing.
//!
//! Start: the attacker has their own account and one other host of the portal's site. They know
//! nothing of the victim's session.
//!
//! Why it works: a cookie does not say who set it. The tossed one has the variant's path, which is
//! longer than `/`, so browsers send it first, whichever is older (RFC 6265bis §5.8.3). The portal
//! takes the first of the two.
//!
//! Proof: the victim's own browser is greeted as mallory, although the victim signed in and never
//! signed out.
//!
//! Stopped by `host-prefix`: the browser refuses a `__Host-` cookie with a Domain. Stopped by
//! `duplicate-cookies`: the portal refuses a request with two session cookies. Not stopped by
//! `rotation`: mallory's id is fresh and belongs to mallory. Not by `http-only` or `csp`: the
//! sibling needs no script. Not by `csrf-token`: the token of mallory's session fits mallory's
//! session.
//!
//! Refused for this program: a tossed cookie with the path `/`. Of two cookies with equal paths the
//! older one comes first, so the result would depend on who was earlier. And a victim without a
//! session: then the tossed cookie is the only one, and `duplicate-cookies` would have nothing to
//! refuse.
//!
//! Source: RFC 6265bis §4.2.2 (a server should not rely on the order of cookies), §8.6, CWE-565.
//! Read `src/defences/duplicate_cookies.rs` next.

use async_trait::async_trait;

use super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::base::addresses::BESIDE_SIBLING;
use crate::defences::policy::Name;

pub(super) struct CookieTossing;

const CARD: Card = Card {
    name: "cookie-tossing",
    title: "A cookie tossed from a sibling host",
    engine: Engine::Browser,
    victim: "Signed in at portal.localhost; opens a page of notes.portal.localhost.",
    means: "The sibling sets mallory's session cookie with Domain=portal.localhost and the \
            variant's Path.",
    evidence: "The victim's next request runs as mallory.",
    stopped_by: &[&[Name::HostPrefix], &[Name::DuplicateCookies]],
    when_stopped: "The browser refused a __Host- cookie with a Domain, or the portal refused a \
                   request with two session cookies.",
    shows: &["CK-HOST", "CK-DUP"],
    standards: &["ASVS 3.3.3", "CWE-565", "CWE-346", "WSTG-SESS-02"],
};

#[async_trait]
impl Attack for CookieTossing {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal_at(scenario.scheme().await?, BESIDE_SIBLING);
        scenario.narrate("The victim signs in at portal.localhost.");
        // The victim has a good session with a good id. Nothing of it is stolen or changed.
        let victim = scenario.browser_actor("victim").await?;
        victim.sign_in(&portal, VICTIM).await?;

        scenario.narrate(
            "The victim opens the sibling's page, which also sets mallory's session cookie.",
        );
        // The victim's own cookie is host-only and stays. The tossed one has a Domain and a longer
        // Path, so both have the same name and both are sent.
        victim.visit(&scenario.sibling_page("/tossing")).await?;
        // The sibling's page sends an ordinary `Set-Cookie`. No script is needed, so a strict `csp`
        // of the portal changes nothing.
        victim.follow(".bait form:first-child button").await?;

        scenario.narrate("The victim opens the dashboard again.");
        // The tossed cookie comes first, and on the weak arm of `duplicate-cookies` the first one
        // counts. Frameworks differ: some take the first, some the last, and few refuse. What the
        // victim enters from here on is stored in mallory's account, as after `login_csrf.rs`.
        // `costs/tossed_duplicate.rs` shows the price of the refusal: the owner is shut out until
        // the tossed cookie is gone.
        Ok(match victim.greeted_as(&portal).await? {
            Some(user) if user == ATTACKER => {
                Outcome::Succeeded(format!("The victim's next request runs as {user}."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
