//! Writing `admin` into the role cookie. Worksheet 10.
//!
//! Stopped by `role-source` alone. Nobody is robbed here: the attacker edits his own cookie. Read
//! `src/defences/role_source.rs` next.

use async_trait::async_trait;

use super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct RoleCookieTampering;

const CARD: Card = Card {
    name: "role-cookie-tampering",
    title: "An administrator by editing a cookie",
    engine: Engine::Http,
    victim: "The portal: it keeps a list that only administrators may see.",
    means: "The attacker signs in to his own account, a student's, and sends the role cookie with \
            the value admin, as the browser's developer tools or curl let anyone do. Where he was \
            given no such cookie he adds one.",
    evidence: "The list of all sessions, which is for administrators, is answered to him.",
    stopped_by: &[&[Name::RoleSource]],
    when_stopped: "The portal looked his role up in its own record and answered 403.",
    shows: &["CK-TAMPER"],
    standards: &["ASVS 8.3.1", "CWE-302", "CWE-565", "CWE-784"],
};

#[async_trait]
impl Attack for RoleCookieTampering {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to his own account.");
        let mut attacker = scenario.actor("attacker");
        attacker.sign_in(ATTACKER).await?;

        scenario
            .narrate("He asks for the administrators' list and says in a cookie that he is one.");
        let edited = attacker.cookies_with(&attacker.cookie_name_for("role")?, "admin");
        let list = Call::get("/admin/sessions").with_cookie(Some(edited));
        let reply = attacker.call(list).await?;
        match reply.status {
            200 if reply.body.contains("active_sessions") => Ok(Outcome::Succeeded(format!(
                "The administrators' list was answered to {ATTACKER}: {}",
                reply.body
            ))),
            403 => Ok(Outcome::Stopped(CARD.when_stopped.into())),
            status => Err(ScenarioError::Unexpected(format!(
                "the list answered {status}"
            ))),
        }
    }
}
