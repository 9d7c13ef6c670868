//! Using rights that stand in an old token. Worksheet 13.
//!
//! Stopped by `jwt-claims` alone: nothing revokes a token at a demotion. Read
//! `src/defences/jwt_claims.rs` next.

use super::super::http_actor::HttpActor;
use super::super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{answer, sign_in, unexpected, with_token};
use crate::client::caller::Call;
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct StaleRole;

const CARD: Card = Card {
    name: "stale-role",
    title: "An administrator after the demotion",
    engine: Engine::Http,
    victim: "The portal: an administrator made somebody one, too, and took it back.",
    means: "The attacker was an administrator for a while and got a token then. After the demotion \
            he sends it once more.",
    evidence: "The list for administrators is answered to him.",
    stopped_by: &[&[Name::JwtClaims]],
    when_stopped: "His role was looked up, and he is a student.",
    shows: &["JWT-STALE", "JWT-SCOPE"],
    standards: &["ASVS 8.3.2", "CWE-613", "CWE-863"],
};

#[async_trait]
impl Attack for StaleRole {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("An administrator makes the attacker one, too.");
        let mut admin = scenario.actor("administrator");
        admin.sign_in("admin").await?;
        make(&mut admin, "admin").await?;
        let mut attacker = scenario.actor("attacker");
        let token = sign_in(&mut attacker, ATTACKER).await?.access;

        scenario.narrate("The administrator takes it back.");
        make(&mut admin, "student").await?;

        scenario.narrate("The attacker sends the token that he got meanwhile.");
        let reply = attacker
            .call(with_token("GET", "/jwt/admin", &token))
            .await?;
        match reply.status {
            200 => Ok(Outcome::Succeeded(format!(
                "The list for administrators was answered to {ATTACKER}: {}",
                reply.body
            ))),
            403 => Ok(Outcome::Stopped(CARD.when_stopped.into())),
            _ => Err(unexpected("the list", &reply)),
        }
    }
}

/// Gives the attacker's account a role, as the administrator's page would.
async fn make(admin: &mut HttpActor<'_>, role: &str) -> Result<(), ScenarioError> {
    let probe = admin.get("/csrf-token").await?;
    let token = answer("the CSRF token", &probe)?["csrf_token"].clone();
    let path = format!("/admin/users/{ATTACKER}/role");
    let mut call = Call::json(path, format!("{{\"role\":\"{role}\"}}"));
    if let Some(token) = token.as_str() {
        call = call.with("x-csrftoken", token);
    }
    let changed = admin.call(call).await?;
    answer("the new role", &changed).map(|_| ())
}
