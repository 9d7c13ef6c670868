//! Using a copied cookie long after its owner last did. Worksheet 08.
//!
//! Start: the attacker holds a copy of the cookie. How they got it is another attack's subject.
//!
//! Why it works: a session without a limit waits for its owner, and for anyone else. The portal
//! cannot see that the owner went home.
//!
//! Proof: six idle minutes after the last request, the copy is greeted as the victim.
//!
//! Stopped by `idle-timeout` alone. Not stopped by `absolute-timeout`: an hour has not passed. Not
//! by `persistence`: an age in the cookie binds the browser that keeps it, and the attacker's copy
//! is a line of text. Not by `sign-out`: nobody signs out.
//!
//! Refused for this program: waiting for real minutes, and reading the session's record to see
//! whether it is still there. The clock of the bench moves, and the evidence is an answer of the
//! portal.
//!
//! Source: ASVS 7.3.1, CWE-613, WSTG-SESS-07, RFC 6265bis §4.1.2.1 (a server must not rely on the
//! client's expiry). Read `src/defences/idle_timeout.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct ReplayAfterIdleLimit;

/// A minute more than the strong arm allows.
const IDLE_MINUTES: u64 = 6;

const CARD: Card = Card {
    name: "replay-after-idle-limit",
    title: "Replaying a cookie of a forgotten session",
    engine: Engine::Http,
    victim: "Signed in, walked away without signing out, and sends no more requests.",
    means: "The attacker copied the cookie while the session was open, and comes back to it later.",
    evidence: "After six minutes without a request the portal greets the attacker as the victim.",
    stopped_by: &[&[Name::IdleTimeout]],
    when_stopped: "The session was unused for more than five minutes, so the server ended it.",
    shows: &["TO-IDLE"],
    standards: &["ASVS 7.3.1", "CWE-613", "WSTG-SESS-07"],
};

#[async_trait]
impl Attack for ReplayAfterIdleLimit {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The victim signs in.");
        let mut victim = scenario.actor("victim");
        // The last request that the victim sends. From here the idle time counts.
        victim.sign_in(VICTIM).await?;
        scenario.narrate("The attacker copies the victim's cookie. The victim walks away.");
        // How the copy was made does not matter here: by script, over the air, at the unlocked
        // computer. From now on only the server can end the session.
        let copied = victim.caller().cookie_header();
        // The bench's clock moves ahead, so that nobody has to wait. The server compares times, and
        // it cannot tell the difference.
        scenario.advance_clock(IDLE_MINUTES).await?;

        scenario.narrate("The attacker sends the copied cookie.");
        // On the weak arm of `idle-timeout` an unused session stays open until the sign-out that
        // never comes. On the strong arm the server compares the last use with the time of this
        // request, and removes the record. A timer in the page and `Max-Age` in the cookie were
        // refused as defences: they tell the victim's browser, and the attacker's client does not
        // listen. An attacker who returns within the limit is not stopped:
        // `replay_after_absolute_limit.rs`.
        let replay = Call::get("/dashboard").with_cookie(copied);
        Ok(match scenario.actor("attacker").greeted_as(replay).await? {
            Some(user) if user == VICTIM => Outcome::Succeeded(format!(
                "After {IDLE_MINUTES} idle minutes the cookie still opens {user}'s dashboard."
            )),
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
