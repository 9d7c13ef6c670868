//! Guessing another user's id from the attacker's own. Worksheet 07.
//!
//! Stopped by `id-source` alone. Read `src/defences/id_source.rs` next.

use async_trait::async_trait;

use super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct IdPrediction;

/// How many ids after their own the attacker tries.
const TRIED: u64 = 5;

const CARD: Card = Card {
    name: "id-prediction",
    title: "Predicting another user's session id",
    engine: Engine::Http,
    victim: "Signs in some time after the attacker, on another computer.",
    means: "The attacker signs in to their own account three times and looks at the session ids.",
    evidence: "With a predicted id the attacker is greeted as the victim.",
    stopped_by: &[&[Name::IdSource]],
    when_stopped: "The ids are random: three of them say nothing about the next.",
    shows: &["SID-ENTROPY"],
    standards: &["ASVS 7.2.3", "CWE-330", "CWE-340", "WSTG-SESS-01"],
};

#[async_trait]
impl Attack for IdPrediction {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in three times and collects the ids.");
        // An account of their own gives the attacker as many samples as they want, and nobody
        // notices.
        let mut ids = Vec::new();
        // Each sign-in is from an empty jar, or the portal would reuse the session.
        let mut name = String::new();
        for _ in 0..3 {
            let mut attacker = scenario.actor("attacker");
            attacker.sign_in(ATTACKER).await?;
            let (found, id) = attacker.session_cookie()?;
            name = found;
            ids.push(id);
        }
        scenario.narrate("The victim signs in.");
        // The attacker and the victim have no contact at all. No cookie is stolen and no link is
        // sent, so neither the victim nor any attribute of the cookie can help.
        scenario.actor("victim").sign_in(VICTIM).await?;

        // Three numbers that rise are enough to see a counter. On the strong arm of `id-source` an
        // id is 128 random bits or more from the system's generator. Hashing the counter was
        // refused: the attacker can hash as well. So was seeding a generator with the time, because
        // the time is known to within seconds.
        let Some(next) = predict(&ids) else {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        };
        scenario.narrate(format!(
            "The ids rise evenly. The attacker tries {next} and those that follow."
        ));
        let mut attacker = scenario.actor("attacker");
        // Other users sign in as well, so the attacker tries a few ids. Against a counter five are
        // enough. Against 2^128 no number of tries is, and `throttle` would not see them anyway: it
        // counts sign-ins, not cookies.
        for id in next..next + TRIED {
            // A wrong guess costs one request and has no consequence. A log full of unknown ids is
            // the only trace.
            let guess = Call::get("/dashboard").with_cookie(Some(format!("{name}={id}")));
            if attacker.greeted_as(guess).await?.as_deref() == Some(VICTIM) {
                let evidence = format!("The predicted id {id} opens {VICTIM}'s dashboard.");
                return Ok(Outcome::Succeeded(evidence));
            }
        }
        Ok(Outcome::Stopped(
            "The portal accepts none of the predicted ids.".into(),
        ))
    }
}

/// The id that should come next, if the ids are numbers that rise.
fn predict(ids: &[String]) -> Option<u64> {
    let numbers: Vec<u64> = ids
        .iter()
        .map(|id| id.parse().ok())
        .collect::<Option<_>>()?;
    numbers.is_sorted().then_some(numbers.last()? + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rising_numbers_are_predicted_and_random_text_is_not() {
        let ids = |list: [&str; 3]| list.map(str::to_owned).to_vec();
        assert_eq!(predict(&ids(["1001", "1003", "1005"])), Some(1006));
        assert_eq!(predict(&ids(["x1", "x2", "x3"])), None);
    }
}
