//! Cracking the key of a signed cookie and signing another name with it. Worksheet 10.
//!
//! Stopped by `client-state`, which keeps the name on the server, and by `signing-key`, whose
//! random key is in no list. The portal checks the signature on every arm: the forgery works
//! because its signature is right. Read `src/defences/client_state.rs` next.

use std::time::Duration;

use async_trait::async_trait;

use super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::words::WORDS;
use super::{Attack, Card, Engine, Outcome};
use crate::base::clock::BenchTime;
use crate::client::caller::Call;
use crate::defences::policy::Name;
use crate::session::state_cookie::{self, SignedState};

pub(super) struct ForgedSignedCookie;

const ADMIN: &str = "admin";

/// A key that stands in tutorials. He tries it where he was given no cookie to test words on.
const TUTORIAL_KEY: &str = "secret123";

const CARD: Card = Card {
    name: "forged-signed-cookie",
    title: "A signed cookie, signed again",
    engine: Engine::Http,
    victim: "The administrator, who need not even be signed in.",
    means: "The attacker signs in to his own account and reads his own state cookie. On his own \
            computer he tries the words of a list until one gives the cookie's signature. With \
            that key he signs a state that names admin, and sends it beside his own session. \
            flask-unsign does the same with Flask's cookies.",
    evidence: "The dashboard that he gets greets admin.",
    stopped_by: &[&[Name::ClientState], &[Name::SigningKey]],
    when_stopped: "The session's record says who he is; the portal does not ask the cookie.",
    shows: &["CK-KEY", "CK-TAMPER"],
    standards: &["ASVS 13.3.1", "CWE-321", "CWE-565", "CWE-642"],
};

#[async_trait]
impl Attack for ForgedSignedCookie {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to his own account and looks at his cookies.");
        let mut attacker = scenario.actor("attacker");
        attacker.sign_in(ATTACKER).await?;
        let name = attacker.cookie_beside("state")?;
        let key = match attacker.caller().cookie(&name) {
            Some((_, own)) => match crack(&own) {
                Some(key) => {
                    scenario.narrate(format!(
                        "Offline, the word {key} gives his cookie's signature."
                    ));
                    key
                }
                None => {
                    let because = "No word of the list is the key that signed his cookie.";
                    return Ok(Outcome::Stopped(because.into()));
                }
            },
            None => {
                scenario.narrate(format!(
                    "There is no state cookie. He signs one with {TUTORIAL_KEY}."
                ));
                TUTORIAL_KEY
            }
        };

        let forged = sign_as(ADMIN, key.as_bytes());
        let cookies = attacker.cookies_with(&name, &forged);
        let forgery = Call::get("/dashboard").with_cookie(Some(cookies));
        Ok(match attacker.greeted_as(forgery).await? {
            Some(user) if user == ADMIN => Outcome::Succeeded(format!(
                "The key was {key}, and the dashboard greets {user}."
            )),
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}

/// The word whose signature the cookie carries. Nobody is asked, so nobody can count the guesses.
fn crack(cookie: &str) -> Option<&'static str> {
    WORDS
        .into_iter()
        .find(|word| state_cookie::verify(cookie, word.as_bytes()).is_some())
}

/// A state cookie in the name of `user`.
fn sign_as(user: &str, key: &[u8]) -> String {
    let state = SignedState {
        large_text: false,
        user: user.into(),
    };
    state_cookie::sign(&state, key, BenchTime::now(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_list_is_found_and_a_random_key_is_not() {
        assert_eq!(crack(&sign_as(ATTACKER, b"secret123")), Some("secret123"));
        assert_eq!(crack(&sign_as(ATTACKER, &[7; 32])), None);
    }
}
