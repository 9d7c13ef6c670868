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
            exist, and signs it with no bytes at all. jwt_tool tries that as well.",
    evidence: "The profile says that the attacker is logged in as the victim.",
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
        scenario.narrate("The attacker signs in to their own account and decodes the token.");
        let mut attacker = scenario.actor("attacker");
        // Their own token shows the form that the API expects: the claims, the header, the name of
        // the key.
        let own = own_parts(&mut attacker, ATTACKER).await?;

        scenario
            .narrate("The attacker names a key that does not exist, and signs with an empty one.");
        // `kid` is a name that the verifier looks up, and the attacker writes it. On the weak arm
        // of `jwt-kid` an unknown name gives an empty key, because the program that looks it up has
        // no other value for "not found".
        let forged = own.in_the_name_of(VICTIM).with_header("kid", "no-such-key");
        // HMAC with an empty key is a signature that anyone can compute. On the strong arm the name
        // is looked up in a fixed map, and what is not in it ends the request before any signature
        // is computed.
        judge(&CARD, &mut attacker, &forged.hs256(b"")?, VICTIM).await
    }
}
