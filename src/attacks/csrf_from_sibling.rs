//! CSRF from the sibling: the same form on another host of the portal's own site. Worksheet 05.
//!
//! Start: the attacker controls one host below the same registered domain: a forgotten subdomain, a
//! customer's page, a hole in a small application.
//!
//! Why it works: `SameSite` is about sites, not about origins. `notes.portal.localhost` and
//! `portal.localhost` are one site, so the browser sends the cookie along, be it `Lax` or `Strict`.
//!
//! Proof: the victim's credit falls, as in `csrf_form.rs`.
//!
//! Stopped by `csrf-token` (the sibling cannot read the portal's pages, which are another origin)
//! and by `request-origin` (the browser writes the sibling's own origin). Not stopped by
//! `same-site`, which looks suitable and does nothing here. Not by `host-prefix`: no cookie is
//! planted.
//!
//! Refused for this program: another port of the portal's host. It is also the same site, but every
//! student's other projects are there, and "the same host" hides the point that a site is wider
//! than a host.
//!
//! Source: RFC 6265bis §8.8.1 (SameSite should not be the only defence against CSRF), CWE-352.
//! Compare `clickjacking.rs` and `cors_read.rs`, which use the same sibling.

use async_trait::async_trait;

use super::forged_request::forge;
use super::scenario::{Scenario, ScenarioError};
use super::{Attack, Card, Engine, Outcome};
use crate::base::addresses::BESIDE_SIBLING;
use crate::defences::policy::Name;

pub(super) struct CsrfFromSibling;

const CARD: Card = Card {
    name: "csrf-from-sibling",
    title: "Forged form from a sibling host",
    engine: Engine::Browser,
    victim: "Signed in at portal.localhost; opens a page of notes.portal.localhost.",
    means: "The attacker controls another host of the portal's site: a forgotten subdomain, or one \
            that users can write to.",
    evidence: "The victim's credit falls by the amount in the attacker's form.",
    stopped_by: &[&[Name::CsrfToken], &[Name::RequestOrigin]],
    when_stopped: "The cookie came along, SameSite or not. The portal refused the form for its \
                   missing token or its foreign origin.",
    shows: &["CSRF-SIBLING"],
    standards: &["CWE-352", "CWE-346", "RFC 6265bis §8.8.1"],
};

#[async_trait]
impl Attack for CsrfFromSibling {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal_at(scenario.scheme().await?, BESIDE_SIBLING);
        // The sibling is another origin and the same site. Subdomains are taken over when their
        // service is given up and the DNS entry stays.
        let page = scenario.sibling_page("/csrf-sibling");
        // `SameSite=Strict` sends the cookie here, by its definition, so a portal that relies on it
        // alone is open to every host of its domain. The token and the origin check see the
        // difference between two origins, which is the one that matters. `request-origin` must
        // therefore refuse `Sec-Fetch-Site: same-site` as well as `cross-site`.
        forge(scenario, &portal, &page, "#trap button", CARD.when_stopped).await
    }
}
