//! A long-lived cookie: the victim closes the browser of a shared computer without signing out, and
//! the next user opens it again. Worksheet 02.
//!
//! Start: the attacker has the same computer and the same profile of the browser, later. They have
//! no password.
//!
//! Why it works: with an expiry date the browser writes the cookie to its disk, and the next start
//! reads it again. It does not ask who sits at the keyboard.
//!
//! Proof: a browser that was really ended and started again is greeted as the victim, without a
//! sign-in.
//!
//! Stopped by `persistence` alone. Not stopped by `sign-out`: the victim did not sign out. Not by
//! `idle-timeout` or `absolute-timeout`: the next user comes within minutes. Not by `http-only` or
//! `secure`: the browser itself sends the cookie where it belongs.
//!
//! Refused for this program: a private window, which forgets its cookies either way, and a copy of
//! the profile's files, because some browsers encrypt the cookies in them. The program ends a
//! browser and starts another one on the same profile.
//!
//! Source: CWE-539, WSTG-SESS-02. RFC 6265bis §5.5 recommends that browsers keep no cookie for more
//! than 400 days, which is long enough. Read `src/defences/persistence.rs` next.

use std::sync::Arc;

use async_trait::async_trait;

use super::browser_actor::BrowserActor;
use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::browser::{Browser, BrowserError};
use crate::defences::policy::Name;

pub(super) struct LongLivedCookie;

const CARD: Card = Card {
    name: "long-lived-cookie",
    title: "A cookie that outlives the browser",
    engine: Engine::Browser,
    victim: "Signed in at a shared computer; closed the browser without signing out.",
    means: "The attacker sits down at the same computer and starts the browser.",
    evidence: "After the restart the portal greets the attacker as the victim.",
    stopped_by: &[&[Name::Persistence]],
    when_stopped: "The cookie had no expiry date, so the browser forgot it when it was closed. \
                   Browsers that restore their windows may keep it all the same.",
    shows: &["CK-PERSIST"],
    standards: &["CWE-539", "RFC 6265bis §5.5", "WSTG-SESS-02"],
};

#[async_trait]
impl Attack for LongLivedCookie {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal(scenario.scheme().await?);
        let failed = |error: std::io::Error| BrowserError::Start(error.to_string());
        // A real profile on a real disk: a private window would forget its cookies either way, and
        // the attack would prove nothing.
        let profile = tempfile::tempdir().map_err(failed)?;
        let computer = scenario.browser()?.settings().clone();
        let computer = computer.with_profile(profile.path());

        scenario.narrate("The victim signs in at a shared computer, then closes the browser.");
        let browser = Arc::new(Browser::start(computer.clone()).await?);
        let victim = BrowserActor::at(scenario.transcript(), browser.clone(), "victim").await?;
        // Nobody ticked a box here. On the weak arm every session is remembered.
        victim.sign_in(&portal, VICTIM).await?;
        // Closing the window is all that the victim does. Many users believe that this is a
        // sign-out.
        drop(victim);
        close(browser).await?;

        scenario.narrate("The attacker starts the browser of that computer and opens the portal.");
        // On the weak arm of `persistence` the cookie has a `Max-Age`, so the browser wrote it to
        // the profile, and the next user of that profile has it. On the strong arm it has no date
        // and ends with the browser. The server's session is open in both cases: only a timeout on
        // the server ends it, so read `src/defences/idle_timeout.rs` as well.
        let browser = Arc::new(Browser::start(computer).await?);
        let attacker = BrowserActor::at(scenario.transcript(), browser.clone(), "attacker").await?;
        // The attacker types no password. The browser adds the cookie that it found in the profile.
        let greeted = attacker.greeted_as(&portal).await?;
        drop(attacker);
        close(browser).await?;
        Ok(match greeted {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("After the restart the portal still greets {user}."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}

/// Closes the browser. An actor who still has a window of it keeps it open.
async fn close(browser: Arc<Browser>) -> Result<(), BrowserError> {
    match Arc::into_inner(browser) {
        Some(browser) => browser.close().await,
        None => Ok(()),
    }
}
