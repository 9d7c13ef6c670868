//! Writing another name into a token. Worksheet 11.
//!
//! Start: the attacker has an ordinary account, and so a genuine token. They have no key.
//!
//! Why it works: the weak `jwt-signature` decodes a token and believes it. Then a token is a form
//! that its sender fills in.
//!
//! Proof: the API works in the victim's name for a token that the portal never issued.
//!
//! Stopped by `jwt-signature` alone: here the flaw is the missing check itself. Not stopped by
//! `jwt-key`: the best key is useless where nobody verifies. Not by `jwt-expiry`, `jwt-issuer` or
//! `jwt-audience`: all these claims are genuine, and a forger could write them as well. Not by
//! `jwt-claims`: the name is looked up, and it is the victim's.
//!
//! Refused for this program: a random signature in place of the old one. It is equally wrong. The
//! old one shows that a signature which was right once proves nothing about other text.
//!
//! Source: ASVS 9.1.1 (the signature is validated before the contents are used), RFC 8725 §3.3,
//! CWE-347. Read `src/defences/jwt_signature.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct EditedPayload;

const CARD: Card = Card {
    name: "edited-payload",
    title: "A token with another name in it",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker signs in to their own account, decodes the token, writes the victim's \
            name into the payload and encodes it again. The signature stays as it was, and so is \
            wrong.",
    evidence: "The profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtSignature]],
    when_stopped: "The signature is not that of the payload.",
    shows: &["JWT-NOSIG"],
    standards: &["ASVS 9.1.1", "CWE-347", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for EditedPayload {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to their own account and decodes the token.");
        let mut attacker = scenario.actor("attacker");
        // A JWT is encoded, not encrypted. base64url hides nothing, so the attacker reads and edits
        // it with any editor.
        let forged = own_parts(&mut attacker, ATTACKER)
            .await?
            .in_the_name_of(VICTIM);

        scenario.narrate(
            "The attacker writes the victim's name into it and leaves the signature as it was.",
        );
        // The old signature no longer fits the new payload, and the attacker does not care: they
        // hope that nobody checks. On the weak arm of `jwt-signature` the API only decodes the
        // token. Libraries have a function for that, often the shorter name, and its result looks
        // verified. On the strong arm the payload is read after the signature was checked.
        let token = forged.signed_with(forged.old_signature());
        // The profile is the evidence: it says in whose name the API works for this token. From
        // here every address of the API is open in the victim's name.
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}
