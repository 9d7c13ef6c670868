//! Reading the API from another origin: a script on the sibling asks the portal's JSON API who is
//! signed in, with the victim's cookie, and the answer allows it to read.
//!
//! Start: the attacker controls the sibling. The victim is signed in and opens a page there.
//!
//! Why it works: a browser sends such a request in any case. What it withholds from the script is
//! the answer, unless a CORS header of the portal names the script's origin. Reflecting whatever
//! `Origin` says names them all.
//!
//! Proof: the victim's name arrives in the loot. Nothing but the answer contained it.
//!
//! Stopped by `cors` alone. Not stopped by `same-site`: the sibling is the same site, so even a
//! `Strict` cookie is sent. Not by `http-only`: the script reads the answer, not the cookie. Not by
//! `csrf-token` or `request-origin`: they guard changes, and this is a GET.
//!
//! Refused for this program: a script on another site. There `SameSite` or the blocking of
//! third-party cookies withholds the cookie, and the answer would be that of a stranger. That says
//! nothing about the header.
//!
//! Source: ASVS 3.4.2 (a fixed origin or a list of allowed ones), CWE-942, CWE-346. Read
//! `src/defences/cors.rs` next.

use async_trait::async_trait;

use super::scenario::{SCRIPT_PATIENCE, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::base::addresses::BESIDE_SIBLING;
use crate::defences::policy::Name;

pub(super) struct CorsRead;

const CARD: Card = Card {
    name: "cors-read",
    title: "A foreign page that reads the API",
    engine: Engine::Browser,
    victim: "Signed in at portal.localhost; opens a page of notes.portal.localhost.",
    means: "A script on the sibling fetches the portal's JSON API with credentials and sends what \
            it read to the attacker.",
    evidence: "The victim's name arrives at the attacker's site.",
    stopped_by: &[&[Name::Cors]],
    when_stopped: "The answer named no foreign origin, so the browser did not let the script read \
                   it. The request itself did reach the portal.",
    shows: &["CORS-REFLECT"],
    standards: &["ASVS 3.4.2", "CWE-942", "CWE-346", "WSTG-CLNT-07"],
};

#[async_trait]
impl Attack for CorsRead {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal_at(scenario.scheme().await?, BESIDE_SIBLING);
        scenario.narrate("The victim signs in at portal.localhost.");
        let victim = scenario.browser_actor("victim").await?;
        // The cookie is set for portal.localhost alone. The attacker's script never sees it; it
        // makes the browser use it.
        victim.sign_in(&portal, VICTIM).await?;

        scenario.narrate("The victim opens the sibling's page, whose script starts by itself.");
        // The script uses `fetch` with credentials. The sibling is the portal's own site, so even a
        // `Strict` cookie is sent with the request.
        let page = scenario.sibling_page("/cors");
        victim.visit(&format!("{page}&go=1")).await?;
        victim
            .until("document.getElementById('reader').dataset.done !== undefined")
            .await?;

        scenario.narrate("The attacker looks at the loot on their own site.");
        // The request reaches the portal on both arms. On the weak arm the answer repeats the
        // script's `Origin` in `Access-Control-Allow-Origin` and allows credentials, so the browser
        // gives the script the answer. On the strong arm no foreign origin is named, and the
        // browser withholds it. CORS is a permission, not a protection: without the header the
        // answer is protected already. It does not stop requests that change something; that is the
        // work of `csrf-token`.
        let loot = scenario.wait_for_loot(SCRIPT_PATIENCE).await?;
        // The script reports by a request that it may send but not read (`no-cors`): for the
        // attacker's own site that is enough. Where the portal refused, the report says only that
        // reading was blocked.
        let read = loot.iter().find_map(|loot| loot.query("read"));
        Ok(match read.filter(|read| read.contains(VICTIM)) {
            Some(read) => Outcome::Succeeded(format!("The script read {read}.")),
            None => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
