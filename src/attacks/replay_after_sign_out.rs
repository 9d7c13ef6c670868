//! Using a copied cookie after its owner signed out. Worksheet 09.
//!
//! Start: the attacker holds a copy of the cookie from before the sign-out.
//!
//! Why it works: on the weak arm the sign-out is a request to the victim's browser: "forget this
//! cookie". The attacker's client received no such request, and the record on the server still has
//! that id.
//!
//! Proof: after a sign-out that the portal confirmed, the copy is greeted as the victim.
//!
//! Stopped by `sign-out` alone. Not stopped by `clear-site-data`: it cleans the victim's browser,
//! not the attacker's. Not by `persistence`, for the same reason. Timeouts end it later, not now.
//!
//! Refused for this program: stealing the cookie by a script first. The theft would have its own
//! defences, and a strong `http-only` would hide that the sign-out does nothing.
//!
//! Source: ASVS 7.4.1 (no further use after the sign-out), CWE-613, WSTG-SESS-06. Read
//! `src/defences/sign_out.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct ReplayAfterSignOut;

const CARD: Card = Card {
    name: "replay-after-sign-out",
    title: "Replaying a cookie after the sign-out",
    engine: Engine::Http,
    victim: "Signed in, signs out, and believes that the session is over.",
    means: "The attacker copied the cookie while the session was open: from an unlocked computer, \
            a backup of the browser's profile, or a log.",
    evidence: "With the copied cookie the attacker is greeted as the victim after the sign-out.",
    stopped_by: &[&[Name::SignOut]],
    when_stopped: "Signing out removed the session's record, so the copied cookie is no longer \
                   accepted.",
    shows: &["LO-SERVER"],
    standards: &["ASVS 7.4.1", "CWE-613", "WSTG-SESS-06"],
};

#[async_trait]
impl Attack for ReplayAfterSignOut {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The victim signs in.");
        let mut victim = scenario.actor("victim");
        // One session, one id, and two holders from the next line on.
        victim.sign_in(VICTIM).await?;
        scenario.narrate("The attacker copies the victim's cookie.");
        // The copy has everything that the session needs: an id is a bearer secret.
        let mut attacker = scenario.actor("attacker");
        attacker.copy_jar(&victim);

        scenario.narrate("The victim signs out.");
        // The sign-out is a form with a token, so the victim's page is loaded first. A link that
        // signs out by GET would let any site sign users out.
        victim.get("/dashboard").await?;
        // The victim does what they were taught. On both arms their browser loses the cookie and
        // they are told that they are logged out. The lab's page adds what became of the record; a
        // real portal's page does not, so its users see no difference.
        let bye = victim.submit("/logout", &[]).await?;
        if bye.status != 200 {
            return Err(ScenarioError::Unexpected(format!(
                "signing out answered {}",
                bye.status
            )));
        }

        scenario.narrate("The attacker sends the copied cookie.");
        // On the weak arm the portal only told the browser to delete its cookie; the record is
        // still there, and the copy is still its key. On the strong arm of `sign-out` the portal
        // deletes the record first, so every copy of the id is worthless at once. That is what a
        // session has over a token; `jwt/replay_after_logout.rs` shows what tokens need for the
        // same.
        Ok(match attacker.greeted_as(Call::get("/dashboard")).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The copied cookie still opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
