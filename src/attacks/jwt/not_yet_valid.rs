//! Using a token before its time.
//!
//! Start: the attacker holds a genuine token that a partner dated ahead.
//!
//! Why it works: an issuer may hand a token out before it is valid and rely on `nbf`. The weak
//! `jwt-not-before` does not read it.
//!
//! Proof: today the API works for a token that is valid from the year 2100 on.
//!
//! Stopped by `jwt-not-before` alone: the signature is right, and everything else is as it should
//! be. Not stopped by `jwt-expiry`: it looks at the other end, and `exp` is even later. Not by
//! `jwt-issuer` or `jwt-audience`: the token names the portal in both.
//!
//! Refused for this program: a token for tomorrow. The clock of a bench can be moved past tomorrow,
//! and then the token would be valid. It cannot be moved to the year 2100.
//!
//! Source: ASVS 9.2.1, RFC 7519 §4.1.5, CWE-358. Read `src/defences/jwt_not_before.rs` next.

use async_trait::async_trait;
use serde_json::json;

use super::super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, partner_token};
use crate::defences::policy::Name;

pub(in crate::attacks) struct NotYetValid;

const CARD: Card = Card {
    name: "not-yet-valid",
    title: "A token for tomorrow",
    engine: Engine::Http,
    victim: "The portal: an account is to be opened tomorrow, and its token is out already.",
    means: "A partner who shares the key signs a token for the attacker's own account that looks \
            like the portal's, and is valid from the year 2100 on. The attacker sends it today.",
    evidence: "The profile says today that the attacker is logged in.",
    stopped_by: &[&[Name::JwtNotBefore]],
    when_stopped: "The token is not valid yet.",
    shows: &["JWT-NBF"],
    standards: &["ASVS 9.2.1", "CWE-358"],
};

#[async_trait]
impl Attack for NotYetValid {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The partner signs a token that is valid from the year 2100 on.");
        let mut attacker = scenario.actor("attacker");
        // The partner shares the key, so the signature is right; issuer and audience look right as
        // well. Only `nbf` says that the token does not count yet.
        let token = partner_token(&mut attacker, ATTACKER, json!({ "nbf": YEAR_2100 })).await?;

        scenario.narrate("The attacker sends it today.");
        // Rights that begin on a day (a course, a contract) leak early where nobody compares `nbf`
        // with the clock. The strong arm of `jwt-not-before` compares it and allows five seconds,
        // because dates in tokens are whole seconds. Those five seconds are of no use to an
        // attacker; the few minutes that RFC 7519 allows may be.
        judge(&CARD, &mut attacker, &token, ATTACKER).await
    }
}

/// Its first second. No clock of the lab can be moved as far.
const YEAR_2100: u64 = 4_102_444_800;
