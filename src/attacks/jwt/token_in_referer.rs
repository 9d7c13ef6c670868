//! Leaking a token to the next site by its address.
//!
//! Start: the attacker owns a site to which a page of the portal links. The victim opened that page
//! by an address with a token.
//!
//! Why it works: the weak `jwt-transport` accepts `?access_token=`, and the page opens by such an
//! address. The weak `referrer` asks the browser to pass whole addresses on.
//!
//! Proof: the attacker's own client is logged in as the victim with the token from the Referer.
//!
//! Stopped by `jwt-transport` and by `referrer`, each alone: defence in depth. Not stopped by
//! `token-storage`: the token is in the address, not in a storage. Not by `csp`: it does not limit
//! the links that a user follows. Not by `jwt-expiry`, for the minutes that the token still has.
//!
//! Refused for this program: sending the Referer from a client that imitates a browser. What a
//! browser sends is its own decision, so this needs a real one.
//!
//! Source: RFC 6750 §2.3 (a token should not be in the query), ASVS 14.2.1, CWE-598. Read
//! `src/defences/jwt_transport.rs` next.

use super::super::scenario::{SCRIPT_PATIENCE, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, sign_in};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct TokenInReferer;

const CARD: Card = Card {
    name: "token-in-referer",
    title: "A token that leaks by Referer",
    engine: Engine::Browser,
    victim: "Opened the page by an address that contains the token, such as a bookmark.",
    means: "A link on that page leads to another site, which belongs to the attacker. The browser \
            sends it the address that the visitor comes from.",
    evidence: "With the token in the Referer the profile says that the attacker is logged in as \
               the victim.",
    stopped_by: &[&[Name::JwtTransport], &[Name::Referrer]],
    when_stopped: "No page opens by an address with a token, or the browser did not send it to the \
                   other site.",
    shows: &["JWT-QUERY", "HDR-REFERRER"],
    standards: &["ASVS 14.2.1", "ASVS 3.4.5", "CWE-598", "CWE-200"],
};

#[async_trait]
impl Attack for TokenInReferer {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario
            .narrate("The victim has a token, and opens the page by an address that contains it.");
        let token = sign_in(&mut scenario.actor("victim"), VICTIM).await?.access;
        // The victim's token is theirs by right. The mistake is the place where it is: an address
        // is written to the history, to logs and to the Referer.
        let portal = scenario.portal(scenario.scheme().await?);
        let victim = scenario.browser_actor("victim").await?;
        victim
            .visit(&format!("{portal}/jwt/?access_token={token}"))
            .await?;
        // On the strong arm of `jwt-transport` no page opens by such an address, so there is no
        // link to follow.
        if !victim.run::<bool>(THERE_IS_A_LINK).await? {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        }
        scenario.narrate("The victim follows the link to the other site.");
        // An ordinary link to an ordinary site. The victim cannot see that a header goes with it.
        victim.follow("a.outside").await?;

        scenario.narrate("The attacker, who owns that site, reads where the visitor came from.");
        // No script runs and nobody is deceived. `referrer` makes the browser send the origin only;
        // it closes this way, and the logs remain.
        let loot = scenario.wait_for_loot(SCRIPT_PATIENCE).await?;
        let referers = loot.iter().filter_map(|loot| loot.referer.as_deref());
        let mut tokens = referers.filter_map(|referer| referer.split_once("access_token="));
        let Some((_, leaked)) = tokens.next() else {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        };
        let leaked = leaked.split('&').next().unwrap_or_default();
        // The token works from any computer until it expires. Compare `id_in_referer.rs`: the same
        // leak with a session id, which the server could at least end.
        judge(&CARD, &mut scenario.actor("attacker"), leaked, VICTIM).await
    }
}

/// The page shows its link to the other site only where it opened.
const THERE_IS_A_LINK: &str = "!!document.querySelector('a.outside')";
