//! Trying a list of passwords at the sign-in form.
//!
//! Stopped by `throttle` alone. A slow hash does not stop it: the portal does that work for whoever
//! asks. Read `src/defences/throttle.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::word_list::WORDS;
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct PasswordGuessing;

const CARD: Card = Card {
    name: "password-guessing",
    title: "Guessing a password at the sign-in form",
    engine: Engine::Http,
    victim: "Has a password that stands in word lists.",
    means: "The attacker knows the victim's user name. A program of his sends the sign-in form \
            once for every word of a list, as fast as the portal answers.",
    evidence: "One of the words signs him in, and he is greeted as the victim.",
    stopped_by: &[&[Name::Throttle]],
    when_stopped: "After five failures the portal answered 429 and looked at no more passwords.",
    shows: &["AU-RATE"],
    standards: &["ASVS 6.3.1", "CWE-307", "CWE-799"],
};

#[async_trait]
impl Attack for PasswordGuessing {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let count = WORDS.len();
        scenario.narrate(format!(
            "The attacker tries a list of {count} words, one after the other."
        ));
        let mut attacker = scenario.actor("attacker");
        attacker.get("/login").await?;
        for word in WORDS {
            match attacker.try_password(VICTIM, word).await?.status {
                401 => continue,
                429 => return Ok(Outcome::Stopped(CARD.when_stopped.into())),
                303 => {}
                status => {
                    let unusual = format!("the sign-in form answered {status}");
                    return Err(ScenarioError::Unexpected(unusual));
                }
            }
            return Ok(match attacker.greeted_as(Call::get("/dashboard")).await? {
                Some(user) if user == VICTIM => {
                    Outcome::Succeeded(format!("The word {word} opens {user}'s dashboard."))
                }
                _ => Outcome::Stopped("The right word opened no session of the victim.".into()),
            });
        }
        Ok(Outcome::Stopped(
            "No word of the list is the password.".into(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::password_storage::DEMO_PASSWORDS;

    #[test]
    fn the_right_word_stands_in_the_list_behind_the_fifth() {
        let (_, password) = DEMO_PASSWORDS
            .iter()
            .find(|(user, _)| *user == VICTIM)
            .unwrap();
        let place = WORDS.iter().position(|word| word == password).unwrap();
        assert!(place >= 5, "{place}");
    }
}
