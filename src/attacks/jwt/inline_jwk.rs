//! Bringing the key along that verifies the token. Worksheet 12.
//!
//! Start: the attacker has an ordinary account and a pair of keys that they made.
//!
//! Why it works: the weak `jwt-key-source` takes the key from the token. A signature proves that
//! the holder of a key wrote the text. If the writer chooses the key, it proves nothing.
//!
//! Proof: the API works in the victim's name for a token that was signed by a stranger.
//!
//! Stopped by `jwt-key-source` together with `jwt-signature`: the header is ignored, and by the
//! portal's own key the signature is wrong. Not stopped by `jwt-algorithm`: the key that the token
//! brings is for ES256, and so is the token. Not by `jwt-kid`: the name leads to a key of the API,
//! and that key is not asked.
//!
//! Refused for this program: a symmetric key in `jwk`. RFC 7515 §4.1.3 speaks of a public key, so a
//! verifier may refuse the other kind by its form, which says nothing about trust.
//!
//! Source: RFC 7515 §4.1.3 (`jwk`), RFC 8725 §3.10, ASVS 9.1.3 (keys from configured sources),
//! CWE-347. Read `src/defences/jwt_key_source.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts};
use crate::attacks::forged_key_sets;
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct InlineJwk;

const CARD: Card = Card {
    name: "inline-jwk",
    title: "A token that brings its own key",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker makes a pair of keys. They sign a token in the victim's name with the \
            private one and put the public one into the header, as jwk.",
    evidence: "The profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtKeySource, Name::JwtSignature]],
    when_stopped: "The API verified with its own key, whatever the header brought along.",
    shows: &["JWT-JWK"],
    standards: &["ASVS 9.1.3", "CWE-347", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for InlineJwk {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to their own account and decodes the token.");
        let mut attacker = scenario.actor("attacker");
        let own = own_parts(&mut attacker, ATTACKER).await?;

        scenario.narrate("The attacker signs with their own key and sends its public half along.");
        // The header may hold a public key (`jwk`, RFC 7515, section 4.1.3). It says with which key
        // the signature fits. It does not say that anybody trusts that key.
        let forged = own
            .in_the_name_of(VICTIM)
            .with_header("kid", PORTALS_KEY)
            .with_header("jwk", forged_key_sets::public_jwk());
        // The signature is right, for the attacker's key. On the weak arm of `jwt-key-source` the
        // verifier takes the key from the message that it should judge. On the strong arm keys come
        // from the server's own configuration. The set has `jwt-signature` as well, because a
        // verifier that checks nothing accepts this token anyway.
        let token = forged.es256(forged_key_sets::signing_key())?;
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}

/// A verifier that ignores the header finds this key, and it is for the same algorithm. So on the
/// strong arm the token is refused for its signature, and not because a name or an algorithm is
/// unknown.
const PORTALS_KEY: &str = "es-1";
