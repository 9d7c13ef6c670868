//! Cutting the signature off. Worksheet 12.
//!
//! Start: the attacker has an ordinary account, and so a genuine token. They have no key.
//!
//! Why it works: the weak `jwt-none` treats a token without a signature as one that needs none. The
//! header still says HS256, so a verifier that only looks for the word `none` notices nothing.
//!
//! Proof: the API works in the victim's name for a token that ends in a dot.
//!
//! Stopped by `jwt-none` alone, which asks for a signature whatever the header says. Not stopped by
//! `jwt-signature`: the weak arm finds nothing to verify and goes on. Not by `jwt-algorithm`: the
//! algorithm in the header is the right one.
//!
//! Refused for this program: leaving the last dot out. That is no token by its form (RFC 7515
//! §7.1), and every variant refuses it.
//!
//! Source: ASVS 9.1.1, RFC 8725 §3.1, CWE-347. Read `src/defences/jwt_none.rs` next.

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
    means: "The attacker decodes their own token, writes the victim's name into the payload and \
            cuts the signature off. The header still says HS256.",
    evidence: "The profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtNone]],
    when_stopped: "A token without a signature is refused, whatever its header says.",
    shows: &["JWT-NONE"],
    standards: &["ASVS 9.1.1", "CWE-347", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for EmptySignature {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to their own account and decodes the token.");
        let mut attacker = scenario.actor("attacker");
        // The claims of a real token are the best template: nothing in the forgery looks unusual
        // except what the attacker changed.
        let forged = own_parts(&mut attacker, ATTACKER)
            .await?
            .in_the_name_of(VICTIM);

        scenario
            .narrate("The attacker writes the victim's name into it and cuts the signature off.");
        // The header promises HS256 and nothing follows the last dot. A verifier that checks a
        // signature "if there is one" finds none and continues. The strong arm of `jwt-none`
        // decides by what it expects: an algorithm that signs, and a signature that is not empty.
        judge(&CARD, &mut attacker, &forged.signed_with(""), VICTIM).await
    }
}
