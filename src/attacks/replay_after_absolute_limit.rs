//! Keeping a stolen session alive with a request every few minutes. Worksheet 08.
//!
//! Start: the attacker holds a copy of the cookie, and a script that never sleeps.
//!
//! Why it works: an idle limit measures use, and the attacker's requests are use. The portal sees
//! one busy user.
//!
//! Proof: more than an hour after the sign-in, the copy is greeted as the victim.
//!
//! Stopped by `absolute-timeout` alone. Not stopped by `idle-timeout`: each request moves it. Not
//! by `rotation`: the rights of the session never change, so its id does not change either.
//!
//! Refused for this program: one request after an hour. A strong `idle-timeout` would end that
//! session first, and the two limits could not be told apart.
//!
//! Source: ASVS 7.3.2, CWE-613, WSTG-SESS-07. Read `src/defences/absolute_timeout.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct ReplayAfterAbsoluteLimit;

/// The pause between two requests: a minute less than the strong `idle-timeout` allows.
const PAUSE_MINUTES: u64 = 4;
/// As many as it takes to get beyond the hour that the strong arm allows.
const REQUESTS: u64 = 16;

const CARD: Card = Card {
    name: "replay-after-absolute-limit",
    title: "Keeping a stolen session alive",
    engine: Engine::Http,
    victim: "Signed in once, and never came back to sign out.",
    means: "The attacker copied the cookie while the session was open. The attacker's script loads \
            the dashboard every four minutes, so that the session is never idle.",
    evidence: "More than an hour after the sign-in the portal greets the attacker as the victim.",
    stopped_by: &[&[Name::AbsoluteTimeout]],
    when_stopped: "An hour after the sign-in the session ended, however often it was used.",
    shows: &["TO-ABS"],
    standards: &["ASVS 7.3.2", "CWE-613", "WSTG-SESS-07"],
};

#[async_trait]
impl Attack for ReplayAfterAbsoluteLimit {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The victim signs in.");
        let mut victim = scenario.actor("victim");
        victim.sign_in(VICTIM).await?;
        scenario.narrate(
            "The attacker copies the victim's cookie. A script uses it every few minutes.",
        );
        // The attacker has the same cookie as the victim, so the portal counts both as the same
        // user who is active.
        let copied = victim.caller().cookie_header();
        let mut attacker = scenario.actor("attacker");
        for _ in 0..REQUESTS {
            // Four minutes is less than the idle limit. Each request begins those five minutes
            // anew, so `idle-timeout` alone never ends a session that is kept busy.
            scenario.advance_clock(PAUSE_MINUTES).await?;
            let replay = Call::get("/dashboard").with_cookie(copied.clone());
            // On the strong arm of `absolute-timeout` the server compares with the time of the
            // sign-in, which no request can move. The price is that honest users must sign in again
            // (`costs/busy_user.rs`). A new id every few minutes was refused as a substitute: the
            // thief gets the new id as well as the owner does.
            if attacker.greeted_as(replay).await?.as_deref() != Some(VICTIM) {
                return Ok(Outcome::Stopped(CARD.when_stopped.into()));
            }
        }
        // The session outlived every request so far, and nothing but the attacker's patience ends
        // it now. The victim may be on holiday.
        let minutes = REQUESTS * PAUSE_MINUTES;
        Ok(Outcome::Succeeded(format!(
            "{minutes} minutes after the sign-in the cookie still opens {VICTIM}'s dashboard."
        )))
    }
}
