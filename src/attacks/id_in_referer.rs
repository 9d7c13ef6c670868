//! An id in the address leaks by Referer: the victim's page has the session id in its address, and
//! a link on it leads to the attacker.
//!
//! Start: the attacker owns a site to which the portal links. They need no account, and the
//! victim's only action is one ordinary click.
//!
//! Why it works: the weak `carrier` writes the id into an address, for convenience. The weak
//! `referrer` asks the browser to show whole addresses to every site. Browsers cut the address down
//! to the origin by themselves, so both weak arms are needed.
//!
//! Proof: the id from the Referer, sent from another client without any cookie, opens the victim's
//! dashboard.
//!
//! Stopped by `carrier` (no address holds an id, and none is accepted there) and by `referrer` (the
//! browser sends nothing to other origins). Not stopped by `http-only` or `secure`: the copy in the
//! address has no attributes. Not by `csp`: it limits what a page loads, not which links a user
//! follows.
//!
//! Refused for this program: reading the id from a log or a history. It leaks there as well, but
//! the attacker would need access to a server or to the victim's computer. A picture from the
//! attacker's site was refused because `csp` blocks foreign pictures, and then `csp` would seem to
//! be the cure.
//!
//! Source: ASVS 14.2.1 (no session token in an address), ASVS 3.4.5, CWE-598, WSTG-SESS-04. Read
//! `src/defences/carrier.rs` next.

use async_trait::async_trait;

use super::scenario::{SCRIPT_PATIENCE, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct IdInReferer;

const CARD: Card = Card {
    name: "id-in-referer",
    title: "A session id that leaks by Referer",
    engine: Engine::Browser,
    victim: "Signed in; opened the dashboard by the address for other devices, which contains the \
             session id.",
    means: "A link on the dashboard leads to a partner's site, which belongs to the attacker.",
    evidence: "With the id in the Referer the attacker's own client is greeted as the victim.",
    stopped_by: &[&[Name::Carrier], &[Name::Referrer]],
    when_stopped: "There was no id in the address, or the browser did not send it to the other \
                   site.",
    shows: &["SID-URL", "HDR-REFERRER"],
    standards: &[
        "ASVS 14.2.1",
        "ASVS 3.4.5",
        "CWE-598",
        "CWE-200",
        "WSTG-SESS-04",
    ],
};

#[async_trait]
impl Attack for IdInReferer {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal(scenario.scheme().await?);
        scenario.narrate(
            "The victim signs in, and follows the link for other devices where there is one.",
        );
        let victim = scenario.browser_actor("victim").await?;
        // The sign-in also sets a cookie. The address for other devices is a convenience beside it.
        victim.sign_in(&portal, VICTIM).await?;
        // The weak arm of `carrier` offers an address that contains the id. Addresses are copied,
        // sent by mail, stored in histories and written to the server's logs. The Referer is only
        // the fastest of these ways.
        if victim.run("!!document.querySelector('a.device')").await? {
            victim.follow("a.device").await?;
        }
        scenario.narrate("The victim follows the link to the partner's site.");
        victim.follow("a.partner").await?;

        scenario.narrate(
            "The attacker, who owns the partner's site, reads where the visitor came from.",
        );
        // The header is sent by the browser, so no script and no mistake of the victim is needed.
        let loot = scenario.wait_for_loot(SCRIPT_PATIENCE).await?;
        let referers = loot.iter().filter_map(|loot| loot.referer.as_deref());
        let mut ids = referers.filter_map(|referer| referer.split_once("sid=").map(|(_, id)| id));
        // Browsers today send only the origin to other sites by default. The weak arm of `referrer`
        // asks for `unsafe-url`, which sends the whole address.
        let Some(id) = ids.next().and_then(|rest| rest.split('&').next()) else {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        };
        // On the strong arm of `carrier` the id is in a cookie only, and an id in an address is
        // ignored. `referrer` cuts the header off for other origins; it closes this one way and
        // none of the others.
        let mut attacker = scenario.actor("attacker");
        // The request has no cookie at all: the id in the address is enough, as it was for the
        // victim's other device.
        let replay = Call::get(format!("/dashboard?sid={id}")).with_cookie(None);
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The leaked id opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
