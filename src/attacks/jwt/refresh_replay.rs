//! Using a refresh token a second time. Worksheet 13.
//!
//! Stopped by `refresh-rotation` alone. Read `src/defences/refresh_rotation.rs` next.

use async_trait::async_trait;
use serde_json::json;

use super::super::http_actor::HttpActor;
use super::super::scenario::{Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{answer, judge, sign_in, text};
use crate::client::HttpExchange;
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(in crate::attacks) struct RefreshReplay;

const CARD: Card = Card {
    name: "refresh-replay",
    title: "A refresh token, used twice",
    engine: Engine::Http,
    victim: "Signed in; the page has refreshed its token once since.",
    means: "The attacker copied the refresh token before the victim's page used it, and sends the \
            copy after. Whoever has a cookie or a token can send any header with it.",
    evidence: "He gets an access token, and the profile says that he is logged in as the victim.",
    stopped_by: &[&[Name::RefreshRotation]],
    when_stopped: "The refresh token had been used, so its whole family ended.",
    shows: &["JWT-REFRESH"],
    standards: &["ASVS 10.4.5", "CWE-294", "CWE-613"],
};

#[async_trait]
impl Attack for RefreshReplay {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The victim signs in, and the attacker copies the refresh token.");
        let mut victim = scenario.actor("victim");
        let copied = sign_in(&mut victim, VICTIM).await?.refresh;
        let cookie = victim.caller().cookie_header();

        scenario.narrate("The victim's page refreshes.");
        let refreshed = refresh(&mut victim, &copied, cookie.clone()).await?;
        answer("the victim's refresh", &refreshed)?;

        scenario.narrate("The attacker sends the copy.");
        let mut attacker = scenario.actor("attacker");
        let reply = refresh(&mut attacker, &copied, cookie).await?;
        if reply.status == 401 {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        }
        let token = text(&answer("the attacker's refresh", &reply)?, "access_token")?;
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}

/// Sends a refresh token in the body and in the cookie: one of the two is looked at.
async fn refresh(
    actor: &mut HttpActor<'_>,
    token: &str,
    cookie: Option<String>,
) -> Result<HttpExchange, ScenarioError> {
    let body = json!({ "refresh_token": token }).to_string();
    let call = Call::json("/jwt/refresh", body).with_cookie(cookie);
    actor.call(call).await
}
