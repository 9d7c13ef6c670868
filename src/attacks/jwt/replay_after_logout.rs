//! Using a copied token after its owner signed out. Worksheet 13.
//!
//! Stopped by `jwt-revocation` alone. Read `src/defences/jwt_revocation.rs` next.

use super::super::scenario::{Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{answer, judge, sign_in, with_token};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct ReplayAfterLogout;

const CARD: Card = Card {
    name: "replay-after-logout",
    title: "Replaying a token after the sign-out",
    engine: Engine::Http,
    victim: "Signed in for a token, signs out, and believes that it is over.",
    means: "The attacker copied the token before: from a log, from an unlocked computer, by a \
            script on the page.",
    evidence: "After the sign-out the profile says that he is logged in as the victim.",
    stopped_by: &[&[Name::JwtRevocation]],
    when_stopped: "The sign-out put the token on the denylist.",
    shows: &["JWT-REVOKE"],
    standards: &["ASVS 7.4.1", "CWE-613"],
};

#[async_trait]
impl Attack for ReplayAfterLogout {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The victim signs in, and the attacker copies the token.");
        let mut victim = scenario.actor("victim");
        let token = sign_in(&mut victim, VICTIM).await?.access;

        scenario.narrate("The victim signs out.");
        let bye = victim
            .call(with_token("POST", "/jwt/logout", &token))
            .await?;
        answer("the sign-out", &bye)?;

        scenario.narrate("The attacker sends the copy.");
        judge(&CARD, &mut scenario.actor("attacker"), &token, VICTIM).await
    }
}
