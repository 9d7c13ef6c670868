//! Signing in with what a stolen backup holds as a password.
//!
//! Stopped by `password-storage` alone: what is stored is then a hash, and the sign-in form wants
//! the password. Read `src/defences/password_storage.rs` next.

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
    means: "The attacker reads a copy of the accounts, the lab's page /leak/VARIANT, and types \
            what stands there into the sign-in form, as it stands. What he does not do here: guess \
            offline. A weak password falls to that under Argon2id too, only slower.",
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
        let backup = scenario.stolen_backup().await?;
        let accounts = backup["accounts"].as_array();
        let of_victim =
            accounts.and_then(|all| all.iter().find(|account| account["user"] == VICTIM));
        // The record names the form that the password has: {"plain": "…"} or {"argon2id": "…"}.
        let forms = of_victim.and_then(|account| account["record"]["password"].as_object());
        let Some(stored) = forms.and_then(|forms| forms.values().next()?.as_str()) else {
            let missing = "the victim's password is not in the backup";
            return Err(ScenarioError::Unexpected(missing.into()));
        };

        scenario.narrate(format!(
            "Beside {VICTIM} stands {stored}. He types it as the password."
        ));
        let mut attacker = scenario.actor("attacker");
        attacker.get("/login").await?;
        attacker.try_password(VICTIM, stored).await?;
        Ok(match attacker.greeted_as(Call::get("/dashboard")).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The stolen text signs him in as {user}."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
