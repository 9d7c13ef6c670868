//! Writing `admin` into the role cookie. Worksheet 10.
//!
//! Start: the attacker has an ordinary account. Nothing is stolen: they edit their own cookie.
//!
//! Why it works: the weak `role-source` asks the browser what its user may do. Whatever a browser
//! stores, its owner can change.
//!
//! Proof: the portal sends a student the list that is for administrators.
//!
//! Stopped by `role-source` alone. Not stopped by `http-only`: it hides the cookie from scripts,
//! not from its owner. Not by `secure`, `host-prefix` or `same-site`: the attacker sends the
//! request themselves and obeys no rule of a browser. Not by `csrf-token`: nothing is forged in
//! another user's name.
//!
//! Refused for this program: a role in the address or in a hidden field of a form. It is the same
//! mistake in another place. A cookie shows it best, because a cookie looks as if it belonged to
//! the server.
//!
//! Source: ASVS 8.3.1 (rights are decided at a trusted layer), CWE-565, CWE-784. Read
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
    means: "The attacker signs in to their own account, a student's, and sends the role cookie \
            with the value admin, as the browser's developer tools or curl let anyone do. Where \
            there is no such cookie they add one.",
    evidence: "The list of all sessions, which is for administrators, is sent to the attacker.",
    stopped_by: &[&[Name::RoleSource]],
    when_stopped: "The portal looked the role up in its own record and answered 403.",
    shows: &["CK-TAMPER"],
    standards: &["ASVS 8.3.1", "CWE-302", "CWE-565", "CWE-784"],
};

#[async_trait]
impl Attack for RoleCookieTampering {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to their own account.");
        let mut attacker = scenario.actor("attacker");
        // A student's session, honestly opened. The attacker changes none of it.
        attacker.sign_in(ATTACKER).await?;

        scenario.narrate(
            "The attacker asks for the administrators' list, with a cookie that says `admin`.",
        );
        // A cookie is text in the user's hands. HttpOnly hides it from scripts, not from its owner,
        // who can send any header with curl.
        let edited = attacker.cookies_with(&attacker.cookie_name_for("role")?, "admin");
        let list = Call::get("/admin/sessions").with_cookie(Some(edited));
        // On the weak arm of `role-source` the portal believes the cookie. On the strong arm it
        // looks the role up by the session's user, and the cookie has no say. Signing the cookie is
        // a half measure: it would stop the edit, but an old cookie would keep rights that were
        // taken away, as `jwt/stale_role.rs` shows with a token. And a signature is only as good as
        // its key (`forged_signed_cookie.rs`).
        let reply = attacker.call(list).await?;
        match reply.status {
            // The list holds the keys of other users' sessions. With a weak `at-rest` those are the
            // ids themselves, so a student who edits one word can become another user who is signed
            // in.
            200 if reply.body.contains("active_sessions") => Ok(Outcome::Succeeded(format!(
                "The administrators' list was answered to {ATTACKER}: {}",
                reply.body
            ))),
            // 403, because the portal knows who asks and knows that they may not. A 404 would hide
            // that the list exists; the portal does not claim that.
            403 => Ok(Outcome::Stopped(CARD.when_stopped.into())),
            status => Err(ScenarioError::Unexpected(format!(
                "the list answered {status}"
            ))),
        }
    }
}
