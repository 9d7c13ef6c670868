//! CSRF by a link: where a GET changes something, one click on another site is enough. Worksheet
//! 05.
//!
//! Start: the attacker can show the victim a link, on a page or in a mail. They need no site, no
//! script and no form.
//!
//! Why it works: the weak `safe-methods` lets a GET transfer. Browsers and servers treat a GET as
//! harmless, so every later check lets it pass.
//!
//! Proof: the victim's credit falls after one click.
//!
//! Stopped by `safe-methods` alone. Three defences look suitable and are not. `same-site`: `Lax`
//! sends the cookie with a link, because following links is what it allows. `csrf-token`: a GET
//! requires no token. `request-origin`: it asks about unsafe methods only, because links from other
//! sites are normal.
//!
//! Refused for this program: a picture with the same address. It needs no click, but the request is
//! in the background, and where third-party cookies are blocked it carries no cookie.
//!
//! Source: ASVS 3.5.3, CWE-352, CWE-650, RFC 9110 §9.2.1 (safe methods). Read
//! `src/defences/safe_methods.rs` next.

use async_trait::async_trait;

use super::forged_request::forge;
use super::scenario::{Scenario, ScenarioError};
use super::{Attack, Card, Engine, Outcome};
use crate::defences::policy::Name;

pub(super) struct CsrfLink;

const CARD: Card = Card {
    name: "csrf-link",
    title: "A link on another site that transfers",
    engine: Engine::Browser,
    victim: "Signed in, no matter for how long; follows a link in the same browser.",
    means: "A link to the portal's transfer with receiver and amount in the address.",
    evidence: "The victim's credit falls by the amount in the link.",
    stopped_by: &[&[Name::SafeMethods]],
    when_stopped: "A GET only reads, so the link changed nothing. The cookie did travel along.",
    shows: &["CSRF-GET"],
    standards: &["ASVS 3.5.3", "CWE-352", "CWE-650", "WSTG-SESS-05"],
};

#[async_trait]
impl Attack for CsrfLink {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal(scenario.scheme().await?);
        // A link has no body and no hidden field. The whole transfer is in its address, so it works
        // only where a GET has an effect. The same address also works in a mail, in a chat and in a
        // redirect.
        let page = scenario.attacker_page("/csrf-link");
        // `Lax` sends cookies with a top-level GET, or no link to a signed-in page would work.
        // `Strict` would withhold it here, and a portal that needs `Strict` for that has the wrong
        // method. Requiring the token on GET as well would put the token into addresses. So the
        // strong arm of `safe-methods` is the cure: a GET changes nothing.
        forge(
            scenario,
            &portal,
            &page,
            ".bait a.button",
            CARD.when_stopped,
        )
        .await
    }
}
