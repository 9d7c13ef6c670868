//! Cutting the signature off. Worksheet 12.
//!
//! Stopped by `jwt-none` alone, which asks for a signature whatever the header says. Read
//! `src/defences/jwt_none.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct EmptySignature;

const CARD: Card = Card {
    name: "empty-signature",
    title: "A token with its signature cut off",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker decodes his own token, writes the victim's name into the payload and cuts \
            the signature off. The header still says HS256.",
    evidence: "The profile says that he is logged in as the victim.",
    stopped_by: &[&[Name::JwtNone]],
    when_stopped: "A token without a signature is refused, whatever its header says.",
    shows: &["JWT-NONE"],
    standards: &["ASVS 9.1.2", "CWE-347", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for EmptySignature {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to his own account and decodes his token.");
        let mut attacker = scenario.actor("attacker");
        let forged = own_parts(&mut attacker, ATTACKER)
            .await?
            .in_the_name_of(VICTIM);

        scenario.narrate("He writes the victim's name into it and cuts the signature off.");
        judge(&CARD, &mut attacker, &forged.signed_with(""), VICTIM).await
    }
}
