//! Session fixation: the attacker chooses the id, the victim signs in with it. Worksheet 06.
//!
//! Victim: not signed in, with an anonymous session that the attacker chose. Means: plant a cookie.
//! Evidence: the attacker is greeted as the victim. Stopped by `rotation` alone, because the sign-in
//! then abandons the planted id. HttpOnly, Secure and SameSite do nothing: nothing is stolen, and no
//! request comes from another site. Read `src/defences/rotation.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct Fixation;

const CARD: Card = Card {
    name: "fixation",
    title: "Session fixation by an anonymous id",
    engine: Engine::Http,
    victim: "Not signed in; has the attacker's cookie in the browser, and signs in later.",
    means: "The attacker opens the sign-in page and gets an anonymous id. They plant it in the \
            victim's browser: at a shared computer, or with a cookie set by a sibling host.",
    evidence: "With the planted id the attacker's own browser is greeted as the victim.",
    stopped_by: &[&[Name::Rotation]],
    when_stopped: "The portal issued a new id at sign-in, so the planted one is no longer \
                   accepted.",
    shows: &["SID-ROTATE", "SID-PREPOST"],
    standards: &["ASVS 7.2.4", "CWE-384", "WSTG-SESS-03"],
};

#[async_trait]
impl Attack for Fixation {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        // The portal gives every visitor a session, because its sign-in form needs one for the CSRF
        // token. So the attacker gets a valid id without an account.
        scenario.narrate("The attacker opens the sign-in page and keeps its anonymous id.");
        let mut attacker = scenario.actor("attacker");
        attacker.get("/login").await?;
        let (name, planted) = attacker.session_cookie()?;

        // The attacker never learns a secret here. They choose it beforehand. At a shared computer
        // they use the developer tools; from afar they need a cookie that a sibling host sets
        // (`planted_id.rs`).
        scenario
            .narrate("The attacker plants this id in the victim's browser. The victim signs in.");
        let mut victim = scenario.actor("victim");
        victim.plant(&format!("{name}={planted}; Path=/; Secure"));
        // This line decides. On the weak arm of `rotation` the portal writes "student123" into the
        // record that it already has, under the id that the attacker knows. On the strong arm it
        // makes a new id, which only the victim's browser receives, and removes the old record.
        victim.sign_in(VICTIM).await?;

        scenario.narrate("The attacker opens the dashboard with the planted id.");
        // The replay carries the planted cookie only. A success means that the attacker is the
        // victim in every later request as well, until the session ends.
        let replay = Call::get("/dashboard").with_cookie(Some(format!("{name}={planted}")));
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The planted id opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
