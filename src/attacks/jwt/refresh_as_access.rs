//! Using a refresh token as an access token.
//!
//! Start: the attacker holds a refresh token. Here it is their own; a stolen one works in the same
//! way.
//!
//! Why it works: both kinds are JWTs of one issuer, signed with one key. The weak `jwt-type` does
//! not ask which kind it has before it.
//!
//! Proof: a day later, when every access token of that sign-in has expired, the API still works,
//! and no refresh was made.
//!
//! Stopped by `jwt-type` alone: the token is genuine and has not expired. Not stopped by
//! `jwt-expiry`: the refresh token is valid for a week. Not by `refresh-rotation`: it notices a
//! token that is used twice for a refresh, and this one is never refreshed. Not by `jwt-audience`
//! or `jwt-issuer`: both are the portal's.
//!
//! Refused for this program: the other direction, an access token at the address for refreshing.
//! The portal refuses that under every policy.
//!
//! Source: ASVS 9.2.2 (the right kind of token for the purpose), RFC 8725 §3.11 and §3.12, RFC 9068
//! §4, CWE-345. Read `src/defences/jwt_type.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, sign_in};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct RefreshAsAccess;

const CARD: Card = Card {
    name: "refresh-as-access",
    title: "A refresh token used as an access token",
    engine: Engine::Http,
    victim: "The portal: its access tokens end after 15 minutes, its refresh tokens after a week.",
    means: "The attacker sends a refresh token, their own here, where an access token belongs, a \
            day after it was issued.",
    evidence: "A day later the profile says that the attacker is logged in, without a refresh.",
    stopped_by: &[&[Name::JwtType]],
    when_stopped: "The token is a refresh token, and the profile wants an access token.",
    shows: &["JWT-TYP", "JWT-MUTEX"],
    standards: &["ASVS 9.2.2", "CWE-345"],
};

#[async_trait]
impl Attack for RefreshAsAccess {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario
            .narrate("The attacker signs in to their own account and stores the refresh token.");
        let mut attacker = scenario.actor("attacker");
        // One sign-in gives both tokens. The access token is used everywhere and lives for minutes.
        // The refresh token is used at one address and lives for a week.
        let refresh = sign_in(&mut attacker, ATTACKER).await?.refresh;
        // The access token expired long ago. The refresh token is valid for a week, because only
        // one address should ever see it, where it can be refused and rotated.
        scenario.advance_clock(24 * 60).await?;

        scenario.narrate("The attacker sends it where an access token belongs.");
        // Both are JWTs of the same issuer with the same key. On the weak arm of `jwt-type` nobody
        // asks which kind it is, so a week is the real lifetime of an access token. On the strong
        // arm `typ` must be `at+jwt` (RFC 9068 §2.1). The signature covers the header, so the
        // attacker cannot change the kind. Next: `refresh_replay.rs`.
        judge(&CARD, &mut attacker, &refresh, ATTACKER).await
    }
}
