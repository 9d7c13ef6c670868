//! Signing in with what a stolen backup holds as a password.
//!
//! Start: the attacker has read a copy of the accounts once. They cannot write, and they need no
//! session.
//!
//! Why it works: the weak `password-storage` keeps the password itself. What the portal can read, a
//! reader of its disk can read as well.
//!
//! Proof: the stored text, typed into the sign-in form unchanged, signs the attacker in.
//!
//! Stopped by `password-storage` alone: what is stored is then a hash, and the sign-in form wants
//! the password. Not stopped by `at-rest`: it hashes session ids, not passwords. Not by `throttle`:
//! the attacker needs one attempt.
//!
//! Refused for this program: guessing the password offline from its hash. The victim's password is
//! in every list, so the guess would succeed on both arms, and the matrix could not show what the
//! hash does. The hash makes each guess expensive. A good password withstands that, and a frequent
//! one does not.
//!
//! Source: ASVS 11.4.2 (a password hashing function), CWE-256, CWE-916. Read
//! `src/defences/password_storage.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct StolenPasswordTable;

const CARD: Card = Card {
    name: "stolen-password-table",
    title: "Passwords out of a stolen backup",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker reads a copy of the accounts, the lab's page /leak/VARIANT, and types the \
            stored text into the sign-in form, unchanged. They do not guess offline here. A weak \
            password falls to that under Argon2id as well, only more slowly.",
    evidence: "With the stolen text the attacker signs in and is greeted as the victim.",
    stopped_by: &[&[Name::PasswordStorage]],
    when_stopped: "The backup holds a hash, and the sign-in form takes a password. A weak password \
                   can still be guessed from the hash, at a price for each guess.",
    shows: &["AU-PWHASH"],
    standards: &["ASVS 11.4.2", "CWE-256", "CWE-916"],
};

#[async_trait]
impl Attack for StolenPasswordTable {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker reads a stolen backup of the accounts.");
        // The table of accounts is the prize of a stolen database: passwords are reused on other
        // sites, so this theft outlives every session and every reset of this portal.
        let backup = scenario.stolen_backup().await?;
        let accounts = backup["accounts"].as_array();
        let of_victim =
            accounts.and_then(|all| all.iter().find(|account| account["user"] == VICTIM));
        // The record names the form that the password has: {"plain": "…"} or {"argon2id": "…"}.
        let forms = of_victim.and_then(|account| account["record"]["password"].as_object());
        // Where neither form is there, the backup itself is broken, and that says nothing about the
        // defence.
        let Some(stored) = forms.and_then(|forms| forms.values().next()?.as_str()) else {
            let missing = "the victim's password is not in the backup";
            return Err(ScenarioError::Unexpected(missing.into()));
        };

        scenario.narrate(format!(
            "The password of {VICTIM} is stored as {stored}. The attacker types that text."
        ));
        // On the weak arm the stored text is the password, so the sign-in form cannot tell thief
        // and owner apart. On the strong arm it is an Argon2id hash. The form hashes what is typed
        // and compares, so the hash itself is only a wrong password. Encryption instead of hashing
        // was refused, because the key would be in the same backup sooner or later.
        let mut attacker = scenario.actor("attacker");
        attacker.get("/login").await?;
        // `throttle` does not matter here: the attacker needs one attempt, and it is the right one.
        // Nothing in the request differs from the owner's own sign-in.
        attacker.try_password(VICTIM, stored).await?;
        // Being greeted is the evidence, not the status of the form: a redirect alone could lead
        // anywhere.
        Ok(match attacker.greeted_as(Call::get("/dashboard")).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The stolen text signs the attacker in as {user}."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
