//! Leading a victim who signed in over TLS to the portal over plain HTTP. Worksheet 04.
//!
//! Start: the attacker reads along on the victim's network and can show them a link or a picture.
//!
//! Why it works: the weak `transport` serves the same pages over both schemes. TLS protects only
//! what is sent over it.
//!
//! Proof: the victim's dashboard arrives in an answer that was never encrypted.
//!
//! Stopped by `transport` alone: plain HTTP gets a redirect and nothing else. Not stopped by
//! `secure`, on this host: whether the cookie leaves the browser unencrypted is the browser's
//! decision, and curl, Chromium and Firefox make an exception for `localhost`.
//! `secure_cookie_over_http.rs` shows that part on `lab.test`. Here the server alone decides: does
//! it answer? Not by `http-only` or `same-site`: neither is about the line.
//!
//! Refused for this program: breaking TLS, with a false certificate. The victim would have to click
//! through a warning. A link needs nothing of that kind.
//!
//! Source: ASVS 12.2.1 (TLS, without a fallback), CWE-319, WSTG-SESS-09. Read
//! `src/defences/transport.rs` next.

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
    means: "The attacker shares the victim's Wi-Fi and reads along. They get the victim to open an \
            http:// address of the portal, by a link or a picture in any page. On localhost curl, \
            Chromium and Firefox send even a Secure cookie along.",
    evidence: "The portal answers unencrypted with the victim's page, for anyone on the line to \
               read.",
    stopped_by: &[&[Name::Transport]],
    when_stopped: "The answer was a redirect to https, and nothing of the session was in it.",
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

        // The attacker does not break TLS. They make the browser not use it: one picture with an
        // http:// address in any page is enough, and the victim sees nothing.
        scenario.narrate("The victim's browser is led to the http:// address of the dashboard.");
        // On the weak arm the portal answers over both schemes, because "the login page uses TLS"
        // once seemed enough. On the strong arm plain HTTP gets a redirect to https and nothing
        // else. A redirect protects the page, not the cookie that already came with the request.
        // For that, look at `src/defences/secure.rs` and at HSTS in `src/defences/transport.rs`.
        let unencrypted = Call::get("/dashboard").over(Scheme::Http);
        // It is the victim's own client that reads the page here. That is enough as evidence: what
        // an unencrypted answer contains, everyone on the line reads as well.
        Ok(match victim.greeted_as(unencrypted).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("{user}'s dashboard was sent unencrypted."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
