//! Trying a list of passwords at the sign-in form.
//!
//! Start: the attacker knows a user name (`login_enumeration.rs` finds one) and has a list of
//! frequent passwords.
//!
//! Why it works: the weak `throttle` answers every guess, as fast as it can. People choose
//! passwords that other people have chosen, so a short list is enough for many accounts.
//!
//! Proof: one of the words signs the attacker in as the victim.
//!
//! Stopped by `throttle` alone. Not stopped by `password-storage`: a slow hash costs the portal
//! time for each guess, and the portal does that work for anyone who asks. Not by `login-errors`:
//! the name is known. Not by `csrf-token`: the program loads the form and sends its token.
//!
//! Refused for this program: guessing from many addresses or in many sessions. The count belongs to
//! the account, so it would change nothing on the strong arm, and it is not needed on the weak one.
//! Locking the account is an arm of `throttle` and not its strong one:
//! `costs/stranger_locks_out.rs` measures why.
//!
//! Source: ASVS 6.3.1, CWE-307. Read `src/defences/throttle.rs` next.

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
    victim: "Has a password from the word lists.",
    means: "The attacker knows the victim's user name. A program sends the sign-in form once for \
            every word of a list, as fast as the portal answers.",
    evidence: "One of the words signs the attacker in, and they are greeted as the victim.",
    stopped_by: &[&[Name::Throttle]],
    when_stopped: "After five failures the portal answered 429 and looked at no more passwords.",
    shows: &["AU-RATE"],
    standards: &["ASVS 6.3.1", "CWE-307", "CWE-799", "WSTG-ATHN-03"],
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
        // One program, one session, the form's own token: for the portal this is a user who
        // mistypes.
        let mut attacker = scenario.actor("attacker");
        attacker.get("/login").await?;
        for word in WORDS {
            // All guesses are for one account. The other way round, one common password for many
            // accounts (password spraying), stays below any count by account; look at
            // `src/defences/throttle.rs` for what that means.
            match attacker.try_password(VICTIM, word).await?.status {
                // On the weak arm of `throttle` only the length of the list limits the tries. A
                // slow hash also makes each try expensive for the portal: it becomes a way to
                // exhaust the server.
                401 => continue,
                // On the strong arm the account has a count of failures, and after five of them
                // nobody looks at the password. Counting by address was refused: an attacker has
                // thousands of addresses, and a school has one. The price is that a stranger can
                // make the owner wait (`costs/stranger_locks_out.rs`).
                429 => return Ok(Outcome::Stopped(CARD.when_stopped.into())),
                303 => {}
                status => {
                    let unusual = format!("the sign-in form answered {status}");
                    return Err(ScenarioError::Unexpected(unusual));
                }
            }
            // The sign-in is a real one; nothing later can tell the attacker from the owner. A
            // second factor would, and this portal has none.
            return Ok(match attacker.greeted_as(Call::get("/dashboard")).await? {
                Some(user) if user == VICTIM => {
                    Outcome::Succeeded(format!("The word {word} opens {user}'s dashboard."))
                }
                _ => {
                    Outcome::Stopped("The right word did not open a session of the victim.".into())
                }
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
