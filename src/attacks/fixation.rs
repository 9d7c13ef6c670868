//! Session fixation: the attacker chooses the id, the victim signs in with it. Worksheet 06.
//!
//! Stopped by `rotation` alone: the planted id is dead after the sign-in. HttpOnly, Secure and
//! SameSite do nothing here, because nothing is stolen. Read `src/defences/rotation.rs` next.

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
    means: "The attacker opens the sign-in page and gets an anonymous id of his own. He plants it \
            in the victim's browser: at a shared computer, or with a cookie set by a sibling host.",
    evidence: "With the planted id the attacker's own browser is greeted as the victim.",
    stopped_by: &[&[Name::Rotation]],
    when_stopped: "The portal issued a new id at sign-in, so the planted one opens nothing.",
    shows: &["SID-ROTATE", "SID-PREPOST"],
    standards: &["ASVS 7.2.4", "CWE-384", "WSTG-SESS-03"],
};

#[async_trait]
impl Attack for Fixation {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario
            .narrate("The attacker opens the sign-in page and keeps the anonymous id he is given.");
        let mut attacker = scenario.actor("attacker");
        attacker.get("/login").await?;
        let (name, planted) = attacker.session_cookie()?;

        scenario.narrate("He plants this id in the victim's browser. The victim signs in.");
        let mut victim = scenario.actor("victim");
        victim.plant(&format!("{name}={planted}; Path=/; Secure"));
        victim.sign_in(VICTIM).await?;

        scenario.narrate("The attacker opens the dashboard with the id that he planted.");
        let replay = Call::get("/dashboard").with_cookie(Some(format!("{name}={planted}")));
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The planted id opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
