//! Cracking the key of a signed cookie and signing another name with it. Worksheet 10.
//!
//! Start: the attacker has an ordinary account, a list of words, and a computer of any kind.
//!
//! Why it works: the weak `client-state` lets a cookie say who the user is, and trusts it because
//! of its signature. The weak `signing-key` makes that signature with a word that is in lists. The
//! portal checks the signature on every arm: the forgery works because its signature is right.
//!
//! Proof: the attacker's own session is greeted as admin, an account whose password they never
//! knew.
//!
//! Stopped by `client-state`, which keeps the name on the server, and by `signing-key`, whose
//! random key is in no list. Not stopped by `http-only`: the attacker reads their own cookie. Not
//! by `throttle`: the guesses are made offline. Not by `role-source`: the forged name brings the
//! role of its account.
//!
//! Refused for this program: changing the name and keeping the old signature. The portal refuses
//! that on every arm. Replaying a copied state cookie was refused because it needs no key, and the
//! key is the subject.
//!
//! Source: ASVS 13.3.1 (secrets do not belong in the source), CWE-321, CWE-565, RFC 6265bis §8.3.
//! Read `src/defences/client_state.rs` next.

use std::time::Duration;

use async_trait::async_trait;

use super::scenario::{ATTACKER, Scenario, ScenarioError};
use super::word_list::WORDS;
use super::{Attack, Card, Engine, Outcome};
use crate::base::clock::BenchTime;
use crate::client::caller::Call;
use crate::defences::policy::Name;
use crate::session::state_cookie::{self, SignedState};

pub(super) struct ForgedSignedCookie;

const ADMIN: &str = "admin";

/// A key from tutorials, for the case that there is no cookie to test words on. The attack still
/// sends a forgery then: a portal that writes no state cookie might read one nevertheless.
const TUTORIAL_KEY: &str = "secret123";

const CARD: Card = Card {
    name: "forged-signed-cookie",
    title: "A signed cookie, signed again",
    engine: Engine::Http,
    victim: "The administrator, who need not even be signed in.",
    means: "The attacker signs in to their own account and reads their own state cookie. Offline \
            they try the words of a list until one gives the cookie's signature. With that key \
            they sign a state that names admin, and send it beside their own session. flask-unsign \
            does the same with Flask's cookies.",
    evidence: "The dashboard greets the attacker as admin.",
    stopped_by: &[&[Name::ClientState], &[Name::SigningKey]],
    when_stopped: "The session's record says who the user is; the portal does not ask the cookie.",
    shows: &["CK-KEY", "CK-TAMPER"],
    standards: &["ASVS 13.3.1", "CWE-321", "CWE-565", "CWE-642"],
};

#[async_trait]
impl Attack for ForgedSignedCookie {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to their own account and looks at the cookies.");
        let mut attacker = scenario.actor("attacker");
        // The attacker's own account is enough. Every user of the portal gets such a sample, with a
        // signature by the same key.
        attacker.sign_in(ATTACKER).await?;
        // The portal stores its state in this cookie so that the server needs no memory of it.
        // Flask, Rails and Django each offer that.
        let name = attacker.cookie_name_for("state")?;
        // One cookie with its signature is all that an offline attack needs: it tells right guesses
        // from wrong ones. No request goes to the portal, so no throttle and no log can see it, and
        // a graphics card tries millions of words in a second. On the strong arm of `signing-key`
        // the key is 32 random bytes, and no list has it.
        let key = match attacker.caller().cookie(&name) {
            Some((_, own)) => match crack(&own) {
                Some(key) => {
                    scenario.narrate(format!(
                        "Offline, the word {key} gives the cookie's signature."
                    ));
                    key
                }
                None => {
                    let because = "No word of the list is the key that signed the cookie.";
                    return Ok(Outcome::Stopped(because.into()));
                }
            },
            None => {
                scenario.narrate(format!(
                    "There is no state cookie. The attacker signs one with {TUTORIAL_KEY}."
                ));
                TUTORIAL_KEY
            }
        };

        // Signed means that nobody without the key changed it. It means neither secret nor true.
        // With the key the attacker is the server.
        let forged = sign_as(ADMIN, key.as_bytes());
        let cookies = attacker.cookies_with(&name, &forged);
        // The session cookie is the attacker's own and stays valid. Only the state beside it is
        // forged. On the strong arm of `client-state` the record on the server says who the user
        // is, so even a right signature changes nothing.
        let forgery = Call::get("/dashboard").with_cookie(Some(cookies));
        // Changing the key would end this forgery and every honest cookie with it. Only
        // `client-state` removes the reason to forge.
        Ok(match attacker.greeted_as(forgery).await? {
            Some(user) if user == ADMIN => Outcome::Succeeded(format!(
                "The key was {key}, and the dashboard greets {user}."
            )),
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}

/// The word whose signature the cookie has. The portal is not asked, so it cannot count the
/// guesses. A signature that is slow to compute would only delay this: the portal has to compute it
/// at each request, and the attacker once for each word.
fn crack(cookie: &str) -> Option<&'static str> {
    WORDS
        .into_iter()
        .find(|word| state_cookie::verify(cookie, word.as_bytes()).is_some())
}

/// A state cookie in the name of `user`. The cookie's date is that of the attacker's computer: the
/// signature covers it, and the attacker has the key.
fn sign_as(user: &str, key: &[u8]) -> String {
    let state = SignedState {
        large_text: false,
        portal: None,
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
