//! Guessing the secret that signs tokens. Worksheet 12.
//!
//! Start: the attacker has an ordinary account, one token and a list of words.
//!
//! Why it works: HS256 is as strong as its secret. A secret that a person chose is in lists, and
//! the token itself tells a right guess from a wrong one.
//!
//! Proof: the API works in the victim's name for a token with a perfectly right signature.
//!
//! Stopped by `jwt-key` together with `jwt-signature`: a verifier that checks no signature accepts
//! a wrong one. Not stopped by `throttle`: the guesses are made offline. Not by `jwt-algorithm`:
//! HS256 is the algorithm of this key. Not by `key-rotation`: the next key is a word again, and a
//! crack takes seconds.
//!
//! Refused for this program: guessing online, one forged token for each word. It works, and it
//! leaves a refusal in the journal for each guess. Nobody who has a token needs that.
//!
//! Source: RFC 8725 §3.5 (no passwords as keys), RFC 7518 §3.2 (a key as long as the hash),
//! CWE-1391 (weak credentials). Read `src/defences/jwt_key.rs` next.

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
    means: "The attacker signs in to their own account. Offline they try the words of a list until \
            one gives the token's signature, as john and hashcat do. With that word they sign a \
            token in the victim's name. Where no word fits, they sign with a key from tutorials.",
    evidence: "The profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtKey, Name::JwtSignature]],
    when_stopped: "No word of the list is the secret.",
    shows: &["JWT-WEAKKEY", "JWT-HARDKEY"],
    standards: &["CWE-326", "CWE-1391", "RFC 8725 §3.5", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for DictionaryKey {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to their own account and copies the token.");
        let mut attacker = scenario.actor("attacker");
        let own = own_parts(&mut attacker, ATTACKER).await?;
        // Every token that the API issues is a test for guesses: header and payload are readable,
        // so the attacker computes signatures until one matches. The portal is not asked, so it
        // cannot throttle and does not notice.
        let word = own.cracked();
        scenario.narrate(match word {
            Some(word) => format!("The word {word} gives the token's signature."),
            None => {
                format!("No word of the list fits. The attacker tries {TUTORIAL_KEY} all the same.")
            }
        });

        scenario.narrate("The attacker signs a token in the victim's name.");
        // Where no word fits, the attack still sends a token, signed with a wrong key. So a portal
        // that verifies nothing does not count as safe.
        let secret = word.unwrap_or(TUTORIAL_KEY);
        // With the key the attacker is the issuer: any user, any role, any time. On the strong arm
        // of `jwt-key` the key is random and 256 bits long, as RFC 7518 §3.2 demands for HS256. A
        // pair of keys (ES256) helps in another way: then nobody shares a secret that a person
        // could have chosen. It has its own trap (`key_confusion.rs`).
        let token = own.in_the_name_of(VICTIM).hs256(secret.as_bytes())?;
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}

/// A key from tutorials. Such keys are copied into real programs, so they are the first line of
/// every list (CWE-1391).
const TUTORIAL_KEY: &str = "secret";
