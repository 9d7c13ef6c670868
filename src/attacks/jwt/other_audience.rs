//! Sending a token on that was meant for another service.
//!
//! Start: the attacker runs a small service to which users send tokens. Here the token is their
//! own, which is enough to show what the API accepts.
//!
//! Why it works: one issuer signs for many services, and each of them receives tokens. The weak
//! `jwt-audience` accepts them all, so the least careful service decides how safe the others are.
//!
//! Proof: the API works for a token that names another service in `aud`.
//!
//! Stopped by `jwt-audience` alone. Not stopped by `jwt-issuer`: the issuer is the right one. Not
//! by `jwt-signature`: the token is genuine. Not by `jwt-type`: it is an access token, for another
//! place.
//!
//! Refused for this program: a victim who signs in to the attacker's service. It shows the same
//! check with more steps. The card of the attack says so.
//!
//! Source: ASVS 9.2.3, RFC 8725 §3.9, RFC 7519 §4.1.3, CWE-345. Read `src/defences/jwt_audience.rs`
//! next.

use async_trait::async_trait;
use serde_json::json;

use super::super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, partner_token};
use crate::defences::policy::Name;

pub(in crate::attacks) struct OtherAudience;

const CARD: Card = Card {
    name: "other-audience",
    title: "A token for another service",
    engine: Engine::Http,
    victim: "The portal: it takes tokens from a partner who shares its key.",
    means: "The attacker runs a small service that also accepts tokens. They send a token that was \
            issued for that service on to the portal. Here it is their own, signed by the partner \
            who shares the key.",
    evidence: "The profile says that the attacker is logged in, by a token that was meant for \
               another service.",
    stopped_by: &[&[Name::JwtAudience]],
    when_stopped: "The token is meant for another service.",
    shows: &["JWT-AUD", "JWT-MUTEX"],
    standards: &["ASVS 9.2.3", "ASVS 9.2.4", "CWE-345"],
};

#[async_trait]
impl Attack for OtherAudience {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("A token is issued for another service.");
        let mut attacker = scenario.actor("attacker");
        // Every service that a user signs in to receives a token of that user. A malicious one can
        // keep it and use it elsewhere.
        let elsewhere = json!({ "aud": "https://notes.partner.example" });
        let token = partner_token(&mut attacker, ATTACKER, elsewhere).await?;

        scenario.narrate("The attacker sends it on to the portal.");
        // On the weak arm of `jwt-audience` a token for the notes service opens the portal. On the
        // strong arm `aud` must name the portal. The issuer wrote it under the signature, so the
        // attacker cannot add a name. The claim is useless where services share one audience, which
        // is the usual shortcut.
        judge(&CARD, &mut attacker, &token, ATTACKER).await
    }
}
