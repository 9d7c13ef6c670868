//! Staying signed in after the victim has changed the password. Worksheet 09.
//!
//! Start: the attacker knows the victim's password and has signed in with it.
//!
//! Why it works: a password is asked for once, at the sign-in. After that the session id is enough,
//! and a new password is another value in the account, which no session looks at.
//!
//! Proof: after the change the attacker's session, opened with the old password, is still greeted
//! as the victim.
//!
//! Stopped by `sessions-on-password-change` alone. Not stopped by `rotation`: it gives the victim's
//! own session a new id, and the attacker has another session. Not by `sign-out`: the victim's
//! sign-out ends the victim's session. Not by `password-storage` or `throttle`: the attacker
//! already knew the password.
//!
//! Refused for this program: a copy of the victim's cookie. A strong `rotation` renews the id of
//! the session that changes the password, so the copy would be refused for a reason that does not
//! help against an intruder with a session of another sign-in.
//!
//! Source: ASVS 7.4.3, CWE-613. Read `src/defences/sessions_on_password_change.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct OldSessionAfterPasswordChange;

const CARD: Card = Card {
    name: "old-session-after-password-change",
    title: "An intruder who outlives the password",
    engine: Engine::Http,
    victim: "Suspects that somebody knows the password, signs in and changes it.",
    means: "The attacker knew the old password and signed in with it, on another computer.",
    evidence: "After the change the portal still greets the attacker as the victim.",
    stopped_by: &[&[Name::SessionsOnPasswordChange]],
    when_stopped: "The new password ended every other session of the account, also the attacker's.",
    shows: &["LO-OTHERS"],
    standards: &["ASVS 7.4.3", "CWE-613"],
};

#[async_trait]
impl Attack for OldSessionAfterPasswordChange {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker knows the victim's password and signs in with it.");
        // The password leaked, was guessed or was told to a friend. Which of these does not matter
        // here.
        let mut attacker = scenario.actor("attacker");
        // From here on the attacker holds a session and no longer needs the password. For the
        // portal this is the owner at a second computer.
        attacker.sign_in(VICTIM).await?;

        scenario.narrate("The victim signs in on another computer and changes the password.");
        let mut victim = scenario.actor("victim");
        // The victim's session is another one than the attacker's, under another id, with the same
        // user in its record.
        victim.sign_in(VICTIM).await?;
        // The victim does the one thing that everybody recommends. It changes what the *next*
        // sign-in needs.
        victim.change_password(VICTIM, "a new one for me").await?;

        scenario.narrate("The attacker loads the dashboard in the same session as before.");
        // On the weak arm the attacker stays until a timeout. On the strong arm of
        // `sessions-on-password-change` the portal ends every session of the account except the one
        // that changed the password. The price is that the owner's phone is signed out as well
        // (`costs/other_devices.rs`).
        Ok(match attacker.greeted_as(Call::get("/dashboard")).await? {
            Some(user) if user == VICTIM => Outcome::Succeeded(format!(
                "The session from before the change still opens {user}'s dashboard."
            )),
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
