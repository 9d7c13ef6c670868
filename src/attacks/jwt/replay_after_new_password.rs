//! Using a token from before a new password. Worksheet 13.
//!
//! Stopped by `jwt-revocation` alone. Read `src/defences/jwt_revocation.rs` next.

use super::super::scenario::{Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, sign_in};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct ReplayAfterNewPassword;

const CARD: Card = Card {
    name: "replay-after-new-password",
    title: "A token that outlives the password",
    engine: Engine::Http,
    victim: "Suspects that somebody got in, and changes the password.",
    means: "The attacker has a token from before: copied, or issued to him for the old password.",
    evidence: "After the change the profile says that he is logged in as the victim.",
    stopped_by: &[&[Name::JwtRevocation]],
    when_stopped: "The new password ended every token that is older.",
    shows: &["JWT-REVOKE", "JWT-RTLIFE"],
    standards: &["ASVS 7.4.1", "CWE-613"],
};

#[async_trait]
impl Attack for ReplayAfterNewPassword {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker knows the victim's password and gets a token with it.");
        let mut attacker = scenario.actor("attacker");
        let token = sign_in(&mut attacker, VICTIM).await?.access;

        scenario.narrate("The victim changes the password.");
        let mut victim = scenario.actor("victim");
        victim.sign_in(VICTIM).await?;
        victim.change_password(VICTIM, "a new one for me").await?;

        scenario.narrate("The attacker sends the token that he has had all along.");
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}
