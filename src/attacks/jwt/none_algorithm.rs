//! Saying in the header that a token has no signature. Worksheet 12.
//!
//! Start: the attacker has an ordinary account, and so a genuine token to copy the claims from.
//!
//! Why it works: the header says how to verify the token, and the sender writes the header. The
//! weak `jwt-none` lets it say "not at all".
//!
//! Proof: the API works in the victim's name for a token that was made without any key.
//!
//! Stopped by `jwt-none` alone: such a token is refused before its signature would be looked at.
//! Not stopped by `jwt-signature`: there is no signature to verify, and the weak arm does not come
//! to that check. Not by `jwt-algorithm` or `jwt-key`: no key is looked for.
//!
//! Refused for this program: `none` with the old signature left in place. RFC 7518 §3.6 wants the
//! signature empty, and a verifier that refuses the extra bytes would seem to refuse `none`.
//!
//! Source: RFC 8725 §3.1 (a list of allowed algorithms), ASVS 9.1.2, CWE-347, CWE-757. Read
//! `src/defences/jwt_none.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct NoneAlgorithm;

const CARD: Card = Card {
    name: "none-algorithm",
    title: "A token that says it is not signed",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker decodes their own token, writes the victim's name into the payload and \
            none into the header, and leaves the signature empty. Where none is refused they try \
            None, NONE and nOnE.",
    evidence: "The profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtNone]],
    when_stopped: "No spelling of none is an algorithm that signs.",
    shows: &["JWT-NONE"],
    standards: &["ASVS 9.1.2", "CWE-347", "CWE-757", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for NoneAlgorithm {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to their own account and decodes the token.");
        let mut attacker = scenario.actor("attacker");
        // The attacker's own token shows which claims the API wants to see.
        let own = own_parts(&mut attacker, ATTACKER).await?;

        scenario.narrate(
            "The attacker writes the victim's name into it, says that it is not signed, and tries \
             several spellings.",
        );
        // `none` is an algorithm of RFC 7518, for tokens whose channel already protects them. A
        // verifier that obeys the header lets the attacker choose it. Refusing the word `none` is a
        // list of what is forbidden, and a list of spellings is never complete. The strong arm of
        // `jwt-none` lists what is allowed instead: the algorithms that sign. Names of algorithms
        // are case-sensitive (RFC 7515 §4.1.1), so no other spelling is on the list.
        for spelling in SPELLINGS {
            let forged = own
                .clone()
                .in_the_name_of(VICTIM)
                .with_header("alg", spelling);
            // The signature is empty, as `none` requires. Nothing in this token needs a key, so
            // nothing about the portal's keys can stop it.
            let outcome = judge(&CARD, &mut attacker, &forged.signed_with(""), VICTIM).await?;
            if outcome.succeeded() {
                return Ok(outcome);
            }
        }
        // Every spelling was refused. A verifier that compares with a list of allowed algorithms
        // does not need to know any of them.
        Ok(Outcome::Stopped(CARD.when_stopped.into()))
    }
}

/// A filter that knows the first misses the others. The weak arm of this portal accepts the first
/// one; libraries that compared with "none" only were open to the second.
pub(in crate::attacks) const SPELLINGS: [&str; 4] = ["none", "None", "NONE", "nOnE"];
