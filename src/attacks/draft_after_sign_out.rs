//! What the sign-out leaves in the browser: the board keeps an unfinished notice in `localStorage`,
//! and the next user of the computer reads it there. Worksheet 09.
//!
//! Start: the attacker sits down at a browser that the victim has used and signed out of.
//!
//! Why it works: `localStorage` belongs to the origin, not to a session or a user. It has no expiry
//! date. The sign-out removes a cookie, and on its strong arm a record on the server, and nothing
//! else.
//!
//! Proof: the attacker reads the sentence that the victim began and never posted.
//!
//! Stopped by `clear-site-data` alone: the answer to the sign-out has the browser delete it. Not
//! stopped by `sign-out`: it ends the session, not the storage. Not by `no-store`: that is about
//! copies of answers, and a script wrote this text. Not by `http-only`: it is no cookie.
//!
//! Refused for this program: reading the draft by an injected script.
//! `jwt/xss_reads_local_storage.rs` shows that. Here nobody attacks the page, and that is the
//! point: an honest user looks, and it is there.
//!
//! Source: ASVS 14.3.1 (client data is cleared at the end of a session), CWE-922. Read
//! `src/defences/clear_site_data.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::base::addresses::BESIDE_SIBLING;
use crate::defences::policy::Name;

pub(super) struct DraftAfterSignOut;

/// What the victim has begun to write.
const DRAFT: &str = "The exam questions are in room 17";

const CARD: Card = Card {
    name: "draft-after-sign-out",
    title: "A draft that stays after the sign-out",
    engine: Engine::Browser,
    victim: "Began a notice on a shared computer, signed out, and left.",
    means: "The attacker sits down at the same browser and looks at what pages of the portal's \
            origin have stored.",
    evidence: "The attacker reads the victim's unfinished notice.",
    stopped_by: &[&[Name::ClearSiteData]],
    when_stopped: "The answer to the sign-out had the browser delete all that the portal's scripts \
                   had stored.",
    shows: &["LO-CSD"],
    standards: &["ASVS 14.3.1", "CWE-922", "WSTG-CLNT-12"],
};

#[async_trait]
impl Attack for DraftAfterSignOut {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        // The header also clears the cookies of the whole host. So this uses a host name on which
        // the portal is alone.
        let portal = scenario.portal_at(scenario.scheme().await?, BESIDE_SIBLING);
        scenario.narrate("The victim signs in, begins a notice, and signs out.");
        let mut computer = scenario.browser_actor("victim").await?;
        computer.sign_in(&portal, VICTIM).await?;
        computer.visit(&format!("{portal}/board")).await?;
        // The page stores the draft in `localStorage`, so that a closed tab loses nothing. It is a
        // convenience that nobody thinks of as data of the session.
        computer.window().fill_in("#text", DRAFT).await?;
        computer.until("localStorage.length > 0").await?;
        // The end of a session touches the cookie and the record. `localStorage` is no part of
        // either, so it stays as it is until a script or a user deletes it.
        computer.sign_out().await?;

        scenario.narrate("The attacker sits down at the same browser and opens the portal.");
        computer.now_used_by("attacker");
        computer.visit(&format!("{portal}/")).await?;
        // Anyone at this browser who opens the portal's origin can read it, signed in or not: the
        // developer tools list it. On the strong arm the answer to the sign-out has
        // `Clear-Site-Data`, and the browser deletes it. A script that deletes its own data at the
        // sign-out helps as well, until the next feature forgets it.
        let stored: String = computer.run("JSON.stringify({...localStorage})").await?;
        Ok(if stored.contains(DRAFT) {
            Outcome::Succeeded(format!("The browser still holds {stored}."))
        } else {
            Outcome::Stopped(CARD.when_stopped.into())
        })
    }
}
