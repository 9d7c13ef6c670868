//! Using a refresh token as an access token.
//!
//! Stopped by `jwt-type` alone: the token is genuine and has not expired. Read
//! `src/defences/jwt_type.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, sign_in};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct RefreshAsAccess;

const CARD: Card = Card {
    name: "refresh-as-access",
    title: "A refresh token that opens everything",
    engine: Engine::Http,
    victim: "The portal: its access tokens end after 15 minutes, its refresh tokens after a week.",
    means: "The attacker sends a refresh token, his own here, where an access token belongs, a day \
            after it was issued.",
    evidence: "A day later the profile says that he is logged in, without a refresh.",
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
        scenario.narrate("The attacker signs in to his own account and keeps the refresh token.");
        let mut attacker = scenario.actor("attacker");
        let refresh = sign_in(&mut attacker, ATTACKER).await?.refresh;
        scenario.advance_clock(24 * 60).await?;

        scenario.narrate("He sends it where an access token belongs.");
        judge(&CARD, &mut attacker, &refresh, ATTACKER).await
    }
}
