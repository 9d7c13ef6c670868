//! Using a copied token after its owner signed out. Worksheet 13.
//!
//! Start: the attacker holds a copy of the access token from before.
//!
//! Why it works: a token proves itself, so no server has to remember it. What nobody remembers,
//! nobody can end. On the weak arm of `jwt-revocation` the sign-out makes the page forget the
//! token, and nothing else happens.
//!
//! Proof: after a sign-out that the API confirmed, the copy still works in the victim's name.
//!
//! Stopped by `jwt-revocation` alone. Not stopped by `jwt-expiry`: the fifteen minutes are not
//! over. Not by `sign-out`: it ends a session, and this token belongs to none. Not by
//! `token-storage`: the copy is no longer in the victim's browser.
//!
//! Refused for this program: a copy of the refresh token. It has a record on the server, its
//! family, so it is a bad example of something that nobody remembers. `refresh_replay.rs` is about
//! it.
//!
//! Source: ASVS 7.4.1, which names the denylist among its ways, CWE-613. Read
//! `src/defences/jwt_revocation.rs` next.

use super::super::scenario::{Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{answer, judge, sign_in, with_token};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct ReplayAfterLogout;

const CARD: Card = Card {
    name: "replay-after-logout",
    title: "Replaying a token after the sign-out",
    engine: Engine::Http,
    victim: "Signed in for a token, signs out, and believes that it is over.",
    means: "The attacker copied the token before: from a log, from an unlocked computer, by a \
            script on the page.",
    evidence: "After the sign-out the profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtRevocation]],
    when_stopped: "The sign-out put the token on the denylist.",
    shows: &["JWT-REVOKE"],
    standards: &["ASVS 7.4.1", "CWE-613"],
};

#[async_trait]
impl Attack for ReplayAfterLogout {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The victim signs in, and the attacker copies the token.");
        let mut victim = scenario.actor("victim");
        // One copied token. The portal has no list of issued tokens, which is the point of tokens:
        // any server can check one alone.
        let token = sign_in(&mut victim, VICTIM).await?.access;

        scenario.narrate("The victim signs out.");
        // The victim's page forgets its token. The copy does not.
        let bye = victim
            .call(with_token("POST", "/jwt/logout", &token))
            .await?;
        answer("the sign-out", &bye)?;

        scenario.narrate("The attacker sends the copy.");
        // On the weak arm of `jwt-revocation` the token stays valid until `exp`, so the sign-out is
        // a promise about one browser. On the strong arm the portal notes the token's `jti` in a
        // denylist until then, and asks it at every request. That brings back the state on the
        // server that tokens were to avoid; `replay_after_sign_out.rs` shows how a session does it.
        judge(&CARD, &mut scenario.actor("attacker"), &token, VICTIM).await
    }
}
