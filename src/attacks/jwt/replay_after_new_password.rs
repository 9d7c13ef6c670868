//! Using a token from before a new password. Worksheet 13.
//!
//! Start: the attacker knew the old password and has a token from that time.
//!
//! Why it works: a token is proof of a sign-in that was right once. The verifier compares a
//! signature and dates, and none of them changes with the password.
//!
//! Proof: after the change the API still works in the victim's name for the old token.
//!
//! Stopped by `jwt-revocation` alone. Not stopped by `sessions-on-password-change`: it ends
//! sessions, and a token names none. Not by `jwt-expiry`, for the minutes that remain. Not by a
//! denylist of single tokens: the portal does not know which tokens it has issued.
//!
//! Refused for this program: a copy of a token that the victim got. It would be refused in the same
//! way. A token that was issued to the attacker shows that not even a theft is needed.
//!
//! Source: ASVS 7.4.3 (a change of the password can end all other sessions), CWE-613. Compare
//! `old_session_after_password_change.rs`, the same attack with a session.

use super::super::scenario::{Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, sign_in};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct ReplayAfterNewPassword;

const CARD: Card = Card {
    name: "replay-after-new-password",
    title: "A token that outlives the password",
    engine: Engine::Http,
    victim: "Suspects that somebody got in, and changes the password.",
    means: "The attacker has a token from before: copied, or issued for the old password.",
    evidence: "After the change the profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtRevocation]],
    when_stopped: "The new password ended every token that is older.",
    shows: &["JWT-REVOKE", "JWT-RTLIFE"],
    standards: &["ASVS 7.4.3", "CWE-613"],
};

#[async_trait]
impl Attack for ReplayAfterNewPassword {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker knows the victim's password and gets a token with it.");
        let mut attacker = scenario.actor("attacker");
        // Issued to the attacker in the victim's name: the password was known, so everything about
        // this token is genuine.
        let token = sign_in(&mut attacker, VICTIM).await?.access;

        scenario.narrate("The victim changes the password.");
        let mut victim = scenario.actor("victim");
        victim.sign_in(VICTIM).await?;
        // The victim does not know which tokens exist, and neither does the portal. So it cannot
        // put them on a list one by one.
        victim.change_password(VICTIM, "a new one for me").await?;

        scenario.narrate("The attacker sends the token from before the change.");
        // The strong arm of `jwt-revocation` notes one time for the account: tokens issued before
        // it are refused. That costs one look-up for each request, and no list that grows. Refresh
        // tokens must fall as well, or the attacker simply gets new access tokens; so the change of
        // the password also removes their families.
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}
