//! Using a token after its time. Worksheet 13.
//!
//! Start: the attacker finds a copy of a token an hour after it was issued.
//!
//! Why it works: a token has no record on the server that could end. Only its own `exp` ends it,
//! and the weak `jwt-expiry` does not read that.
//!
//! Proof: an hour later the API still works in the victim's name, for a token of fifteen minutes.
//!
//! Stopped by `jwt-expiry` alone. Not stopped by `jwt-revocation`: nobody signs out, so the token
//! is on no list. Not by `jwt-signature`: the token is genuine. Not by `idle-timeout`: a token has
//! no session that could be idle.
//!
//! Refused for this program: changing `exp` in the token. Then the signature is wrong, and another
//! check would refuse it.
//!
//! Source: ASVS 9.2.1, RFC 7519 §4.1.4, RFC 6750 §5.3 (bearer tokens are short-lived), CWE-613.
//! Read `src/defences/jwt_expiry.rs` next.

use super::super::scenario::{Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, sign_in};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct ExpiredToken;

const CARD: Card = Card {
    name: "expired-token",
    title: "A token that was good an hour ago",
    engine: Engine::Http,
    victim: "Signed in for a token, and went away.",
    means: "The attacker finds the token in a log or on a computer that was left open, an hour \
            after it was issued. Access tokens are valid for 15 minutes.",
    evidence: "An hour later the profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtExpiry]],
    when_stopped: "The token had expired.",
    shows: &["JWT-EXP"],
    standards: &["ASVS 9.2.1", "CWE-613", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for ExpiredToken {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The victim signs in and gets a token.");
        // A bearer token works for anyone who has it. Logs, histories and open screens are where
        // tokens are found, mostly late.
        let copied = sign_in(&mut scenario.actor("victim"), VICTIM).await?.access;
        // An hour is four times the lifetime, so no leeway for wrong clocks could explain a
        // success.
        scenario.advance_clock(60).await?;

        scenario.narrate("The attacker finds the token and sends it.");
        // On the weak arm of `jwt-expiry` the token has a date and nobody reads it, so it is valid
        // forever. On the strong arm an hour is too late. A short lifetime limits the harm and does
        // not end it at once; `replay_after_logout.rs` is about the minutes that remain.
        judge(&CARD, &mut scenario.actor("attacker"), &copied, VICTIM).await
    }
}
