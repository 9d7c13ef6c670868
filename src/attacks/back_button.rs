//! The Back button after sign-out: the next user of the computer presses Back and reads what the
//! browser has kept of the victim's pages. Worksheet 09.
//!
//! Start: the attacker sits down at a computer that the victim has left, with the browser still
//! open. They have no password and no cookie.
//!
//! Why it works: the portal is not asked, so nothing that it decides at the sign-out matters.
//! Browsers keep whole pages alive for Back (back/forward cache), and copies of answers (HTTP
//! cache).
//!
//! Proof: the victim's dashboard appears although the network is off. It can only come from the
//! browser.
//!
//! Stopped by `no-store` alone, which forbids both copies. Chromium makes an exception for the
//! first one in some cases, and undoes it when an `HttpOnly` cookie is deleted, which the sign-out
//! does: one more reason to have both. Not stopped by `sign-out`: the record is gone, and nobody
//! looks for it. Not by `clear-site-data`: the page that sends the sign-out enters the back/forward
//! cache after the browser has obeyed the header.
//!
//! Refused for this program: pressing Back with the network on. The page might ask the portal again
//! and show the sign-in form, and nobody could say whether the browser had kept a copy.
//!
//! Source: ASVS 14.3.2, CWE-525. Read `src/defences/no_store.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::defences::policy::Name;

pub(super) struct BackButton;

const CARD: Card = Card {
    name: "back-button",
    title: "Back after the sign-out",
    engine: Engine::Browser,
    victim: "Signed in at a shared computer, read the dashboard, signed out, and left.",
    means: "The attacker sits down at the same browser and presses Back.",
    evidence: "The victim's dashboard is on the screen again.",
    stopped_by: &[&[Name::NoStore]],
    when_stopped: "The browser had kept nothing of the page and had to ask the portal again.",
    shows: &["LO-CACHE"],
    standards: &["ASVS 14.3.2", "CWE-525", "CWE-524", "WSTG-ATHN-06"],
};

#[async_trait]
impl Attack for BackButton {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal(scenario.scheme().await?);
        scenario.narrate("The victim signs in, reads the dashboard and signs out.");
        let mut computer = scenario.browser_actor("victim").await?;
        computer.sign_in(&portal, VICTIM).await?;
        // The victim reads: they open the dashboard from the menu. Measured with Chromium 156 on a
        // busy machine: the page that the sign-in itself leads to comes back even with `no-store`,
        // if the sign-out follows at once. Chromium does not yet count the cookie's deletion there.
        // A page that was opened by a link is always discarded.
        computer.visit(&format!("{portal}/dashboard")).await?;
        // The attack marks the page in its memory. A page that comes back with this mark was kept
        // alive (back/forward cache); a copy of the answer would come back without it.
        computer.run::<bool>("window.wasKept = true").await?;
        // The victim does what they were taught. The cookie is gone from the browser, and on the
        // strong arm of `sign-out` the record is gone from the server. What the browser has kept of
        // the pages is neither.
        computer.sign_out().await?;

        scenario.narrate(
            "The attacker sits down at the same browser, pulls the plug, and presses Back. Without \
             a network no script of the page can ask the portal whether the session is still open.",
        );
        computer.now_used_by("attacker");
        computer.window().go_offline().await?;
        // Without a network nothing can come from the portal. Whatever appears now was stored in
        // the browser, so the attack proves where the leak is. The attacker needs no tool and no
        // knowledge: one button.
        computer.go_back().await?;
        // Browsers store twice: whole pages in memory, and copies of answers on disk. The mark from
        // above tells which one brought the page back.
        let greeting = computer.greeting().await?;
        let kept: bool = computer.run("window.wasKept === true").await?;
        // On the strong arm of `no-store` every page of a signed-in user has `Cache-Control:
        // no-store`, and the browser stores none of it. `private` was refused: it keeps shared
        // caches out and leaves the copy in this browser. Next: `draft_after_sign_out.rs`, about
        // what scripts store.
        Ok(match greeting {
            Some(user) => Outcome::Succeeded(format!(
                "{user}'s dashboard is back, from the {}.",
                if kept {
                    "back/forward cache"
                } else {
                    "ordinary cache of answers"
                }
            )),
            None => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
