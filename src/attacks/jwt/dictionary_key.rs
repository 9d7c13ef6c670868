//! Guessing the secret that signs tokens. Worksheet 12.
//!
//! Stopped by `jwt-key` where signatures are verified: a verifier that checks none accepts a wrong
//! one. Read `src/defences/jwt_key.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct DictionaryKey;

const CARD: Card = Card {
    name: "dictionary-key",
    title: "The secret is in a word list",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker signs in to his own account. On his own computer he tries the words of a \
            list until one gives his token's signature, as john and hashcat do. With that word he \
            signs a token in the victim's name. Where no word fits he signs with one that stands \
            in tutorials.",
    evidence: "The profile says that he is logged in as the victim.",
    stopped_by: &[&[Name::JwtKey, Name::JwtSignature]],
    when_stopped: "No word of the list is the secret.",
    shows: &["JWT-WEAKKEY", "JWT-HARDKEY"],
    standards: &[
        "ASVS 13.3.1",
        "CWE-321",
        "CWE-326",
        "CWE-521",
        "CWE-1391",
        "WSTG-SESS-10",
    ],
};

#[async_trait]
impl Attack for DictionaryKey {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to his own account and takes his token home.");
        let mut attacker = scenario.actor("attacker");
        let own = own_parts(&mut attacker, ATTACKER).await?;
        let word = own.cracked();
        scenario.narrate(match word {
            Some(word) => format!("The word {word} gives his token's signature."),
            None => format!("No word of his list fits. He tries {TUTORIAL_KEY} all the same."),
        });

        scenario.narrate("He signs a token in the victim's name.");
        let secret = word.unwrap_or(TUTORIAL_KEY);
        let token = own.in_the_name_of(VICTIM).hs256(secret.as_bytes())?;
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}

/// A key that stands in tutorials.
const TUTORIAL_KEY: &str = "secret";
