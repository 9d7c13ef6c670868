//! Ignoring a condition that the issuer set.
//!
//! Start: the attacker holds a genuine token for one use.
//!
//! Why it works: `crit` names members of the header that a verifier must understand. The weak
//! `jwt-crit` ignores what it does not know, as most JSON code does. The restriction is gone
//! without an error.
//!
//! Proof: the API accepts the token twice. The first use is what the issuer intended; the second is
//! the attack.
//!
//! Stopped by `jwt-crit` alone. Not stopped by `jwt-signature`: it proves that the issuer wrote the
//! condition, and nobody reads it. Not by `jwt-revocation`: the token is on no list.
//!
//! Refused for this program: a condition that the portal could check. Then the question would be
//! whether it does, and not what it does with an unknown one.
//!
//! Source: RFC 7515 §4.1.11, RFC 7519 §7.2, CWE-358, CWE-347. Read `src/defences/jwt_crit.rs` next.

use async_trait::async_trait;
use serde_json::json;

use super::super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, opened_as, partner_token};
use crate::defences::policy::Name;

pub(in crate::attacks) struct UnknownCrit;

const CARD: Card = Card {
    name: "unknown-crit",
    title: "A condition that nobody checked",
    engine: Engine::Http,
    victim: "The portal: it takes tokens from a partner who shares its key.",
    means: "The issuer of a token sets a condition: it counts only once, says crit. The portal has \
            never heard of that condition. The attacker sends the token twice.",
    evidence: "The profile says twice that the attacker is logged in, by a token for one use.",
    stopped_by: &[&[Name::JwtCrit]],
    when_stopped: "The portal does not know the condition, so it refused the token.",
    shows: &["JWT-CRIT"],
    standards: &["CWE-347", "CWE-358"],
};

#[async_trait]
impl Attack for UnknownCrit {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The issuer signs a token that counts only once, by a condition in crit.");
        let mut attacker = scenario.actor("attacker");
        // `crit` lists header parameters that a verifier must understand (RFC 7515, section
        // 4.1.11). It is the issuer's way to say: if you cannot check this, refuse.
        let token = partner_token(&mut attacker, ATTACKER, json!({ "crit": ["one-use"] })).await?;

        scenario.narrate("The attacker sends it twice.");
        // The first use is what the issuer intended.
        opened_as(&mut attacker, &token).await?;
        // On the strong arm of `jwt-crit` an unknown condition is a refusal, at the first use
        // already. That may be inconvenient. But a verifier that does not know a condition cannot
        // know what it gives away by ignoring it.
        judge(&CARD, &mut attacker, &token, ATTACKER).await
    }
}
