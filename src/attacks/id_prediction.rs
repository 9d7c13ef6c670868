//! Guessing another user's id from the attacker's own. Worksheet 07.
//!
//! Start: the attacker has an account, which gives them as many ids as they want to look at.
//!
//! Why it works: the weak `id-source` counts. An id that follows from another is no secret,
//! although nobody ever reveals it.
//!
//! Proof: a cookie that the attacker computed, and nobody gave them, is greeted as the victim.
//!
//! Stopped by `id-source` alone. Not stopped by any attribute of the cookie (`http-only`, `secure`,
//! `same-site`, `host-prefix`): they guard the victim's copy, and the attacker makes a new one. Not
//! by `throttle`: it counts passwords. Not by `rotation`: the new id of the sign-in is the next
//! number. Not by `at-rest`: the portal hashes whatever arrives, so a right guess is found.
//!
//! Refused for this program: guesses at random. They hit a counter as well, after more requests,
//! and would hide the point: three samples predict the next id.
//!
//! Source: ASVS 7.2.3 (unique, from a secure generator, at least 128 bits), CWE-340, WSTG-SESS-01.
//! Read `src/defences/id_source.rs` next.

use async_trait::async_trait;

use super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct IdPrediction;

/// How many ids after their own the attacker tries.
pub(super) const TRIED: u64 = 5;

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
        // Their own account gives the attacker as many samples as they want, and nobody notices.
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
        // The attacker and the victim have no contact. Nothing is stolen and no link is sent, so
        // neither the victim's care nor any attribute of the cookie can help.
        scenario.actor("victim").sign_in(VICTIM).await?;

        // Three numbers that rise are enough to see a counter. On the strong arm of `id-source` an
        // id is 256 random bits from the operating system's generator, and the attack ends here.
        // Hashing the counter would not help: the attacker can hash as well. Neither would a
        // generator that is seeded with the time, because the time is known to within seconds.
        let Some(next) = predict(&ids) else {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        };
        scenario.narrate(format!(
            "The ids rise evenly. The attacker tries {next} and those that follow."
        ));
        let mut attacker = scenario.actor("attacker");
        // A sign-in uses one number or two: with a strong `rotation` the anonymous id and the new
        // one. Others may sign in between. So the attacker tries a few numbers, and five are enough
        // against a counter. Against 2^256 values no number of tries is.
        for id in next..next + TRIED {
            // A wrong guess costs one request and has no consequence for the attacker. The portal
            // writes each unknown id to the journal, which is the only trace.
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

/// The id that should come next, if the ids are numbers that rise. The lab's page `/ids` looks more
/// closely: it draws which bits of an id ever change.
pub(super) fn predict(ids: &[String]) -> Option<u64> {
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
