//! Bringing a token of another issuer.
//!
//! Start: the attacker has an account at a partner that shares the portal's key.
//!
//! Why it works: with a shared secret each holder can sign for all. The signature proves that one
//! of them signed, and the weak `jwt-issuer` does not ask which.
//!
//! Proof: the API works for a token that another service issued by its own rules.
//!
//! Stopped by `jwt-issuer` alone: the key is shared, so the signature is right. Not stopped by
//! `jwt-signature` or `jwt-key`. Not by `jwt-audience`: the partner writes the portal into `aud`,
//! because the token is meant to be used here.
//!
//! Refused for this program: a partner that writes the portal's own name into `iss`. It has the
//! key, so no check of claims can stop that. Sharing a key is trusting its other holders, and
//! separate keys are the cure.
//!
//! Source: RFC 8725 §3.8 (the key must belong to the issuer), RFC 9068 §4, ASVS 9.1.3, CWE-345,
//! CWE-346. Read `src/defences/jwt_issuer.rs` next.

use async_trait::async_trait;
use serde_json::json;

use super::super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, partner_token};
use crate::defences::policy::Name;

pub(in crate::attacks) struct OtherIssuer;

const CARD: Card = Card {
    name: "other-issuer",
    title: "A token that somebody else issued",
    engine: Engine::Http,
    victim: "The portal: it takes tokens from a partner who shares its key.",
    means: "A partner who shares the key issues a token in their own name, for an account that \
            they let in by their own rules. The attacker brings it to the portal.",
    evidence: "The profile says that the attacker is logged in, by a token that the portal never \
               issued.",
    stopped_by: &[&[Name::JwtIssuer]],
    when_stopped: "The token does not come from the portal.",
    shows: &["JWT-ISS"],
    standards: &["ASVS 9.1.3", "CWE-345", "CWE-346"],
};

#[async_trait]
impl Attack for OtherIssuer {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The partner issues a token in their own name.");
        let mut attacker = scenario.actor("attacker");
        let partner = json!({ "iss": "https://partner.example" });
        // Two services with one shared secret can each sign for the other. The signature proves
        // that somebody with the key signed it, not who. The partner has done nothing wrong: it
        // issued a token in its own name.
        let token = partner_token(&mut attacker, ATTACKER, partner).await?;

        scenario.narrate("The attacker brings it to the portal.");
        // The partner may let anyone register under any name, also under the name of a portal's
        // user. On the strong arm of `jwt-issuer` the API accepts its own name in `iss` only.
        // Better still is a key for each issuer, so that nobody can write another's name.
        judge(&CARD, &mut attacker, &token, ATTACKER).await
    }
}
