//! Naming a key that does not exist. Worksheet 12.
//!
//! Stopped by `jwt-kid` alone: a token without a key is refused before its signature would be
//! looked at. Read `src/defences/jwt_kid.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct BlankKey;

const CARD: Card = Card {
    name: "blank-key",
    title: "A key that does not exist",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker writes a token in the victim's name that names a key which does not \
            exist, and signs it with no bytes at all. jwt_tool tries that, too.",
    evidence: "The profile says that he is logged in as the victim.",
    stopped_by: &[&[Name::JwtKid]],
    when_stopped: "The token names no key of the API, so it was refused.",
    shows: &["JWT-KID"],
    standards: &["ASVS 9.1.3", "CWE-347", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for BlankKey {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to his own account and decodes his token.");
        let mut attacker = scenario.actor("attacker");
        let own = own_parts(&mut attacker, ATTACKER).await?;

        scenario.narrate("He names a key that does not exist, and signs with an empty one.");
        let forged = own.in_the_name_of(VICTIM).with_header("kid", "no-such-key");
        judge(&CARD, &mut attacker, &forged.hs256(b"")?, VICTIM).await
    }
}
