//! Naming a key that does not exist. Worksheet 12.
//!
//! Start: the attacker has an ordinary account, and so a genuine token. They have no key, and need
//! none.
//!
//! Why it works: the weak `jwt-kid` has an answer for every name. For an unknown name the answer is
//! a key of no bytes, and everyone has that key.
//!
//! Proof: the API works in the victim's name for a token that was signed with an empty secret.
//!
//! Stopped by `jwt-kid` alone: a token without a key is refused before its signature would be
//! looked at. Not stopped by `jwt-signature`: under the empty key the signature is right. Not by
//! `jwt-key`: the good key is never used. Not by `jwt-key-source`: the token brings no key, only a
//! name.
//!
//! Refused for this program: leaving `kid` out. Here that has the same effect. Other verifiers then
//! try every key they have, which is another flaw.
//!
//! Source: RFC 8725 §3.10 (`kid` is input from a stranger), ASVS 9.1.3, CWE-347. Read
//! `src/defences/jwt_kid.rs` next.

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
