//! Writing another name into a token. Worksheet 11.
//!
//! Stopped by `jwt-signature` alone: here the flaw is the missing check itself. Read
//! `src/defences/jwt_signature.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct EditedPayload;

const CARD: Card = Card {
    name: "edited-payload",
    title: "A token with another name in it",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker signs in to his own account, decodes his token, writes the victim's name \
            into the payload and encodes it again. The signature stays as it was, and so is wrong.",
    evidence: "The profile says that he is logged in as the victim.",
    stopped_by: &[&[Name::JwtSignature]],
    when_stopped: "The signature is not that of the payload.",
    shows: &["JWT-NOSIG"],
    standards: &["ASVS 9.1.1", "CWE-347", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for EditedPayload {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to his own account and decodes his token.");
        let mut attacker = scenario.actor("attacker");
        let forged = own_parts(&mut attacker, ATTACKER)
            .await?
            .in_the_name_of(VICTIM);

        scenario.narrate("He writes the victim's name into it and leaves the signature as it was.");
        let token = forged.signed_with(forged.old_signature());
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}
