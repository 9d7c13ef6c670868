//! Leading a victim who signed in over TLS to the portal in clear. Worksheet 04.
//!
//! Stopped by `transport` alone. Whether the cookie leaves the browser in clear is `secure`'s work,
//! which a browser does; it excepts `localhost`, so that is proved on `lab.test`. Here the server
//! alone decides: does it answer? Read `src/defences/transport.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::facts::Scheme;
use crate::defences::policy::Name;

pub(super) struct PlainHttpDowngrade;

const CARD: Card = Card {
    name: "plain-http-downgrade",
    title: "From TLS down to plain http",
    engine: Engine::Http,
    victim: "Signed in over TLS.",
    means: "The attacker shares the victim's Wi-Fi and reads it. He gets the victim to open an \
            http:// address of the portal, by a link or a picture in any page. On localhost curl, \
            Chromium and Firefox send even a Secure cookie along.",
    evidence: "The portal answers in clear with the victim's page, for anyone on the line to read.",
    stopped_by: &[&[Name::Transport]],
    when_stopped: "Nothing of the session came back in clear, only the way to https.",
    shows: &["LO-DOWNGRADE", "HJ-SNIFF"],
    standards: &["ASVS 12.2.1", "CWE-319", "WSTG-SESS-09"],
};

#[async_trait]
impl Attack for PlainHttpDowngrade {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let mut victim = scenario.actor("victim");
        scenario.narrate("The victim signs in over TLS.");
        victim.sign_in(VICTIM).await?;

        scenario.narrate("The victim's browser is led to the http:// address of the dashboard.");
        let in_clear = Call::get("/dashboard").over(Scheme::Http);
        Ok(match victim.greeted_as(in_clear).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("{user}'s dashboard went over the line in clear."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
