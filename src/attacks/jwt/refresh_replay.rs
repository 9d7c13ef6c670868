//! Using a refresh token a second time. Worksheet 13.
//!
//! Start: the attacker holds a copy of the refresh token. The victim has used it once since.
//!
//! Why it works: on the weak arm of `refresh-rotation` a refresh token works for a week, for
//! everyone who has it. The two users do not disturb each other, so nothing reveals that there are
//! two.
//!
//! Proof: the attacker gets an access token for the copy, and the profile names the victim.
//!
//! Stopped by `refresh-rotation` alone. Not stopped by `jwt-expiry`: the refresh token has not
//! expired. Not by `jwt-revocation`: nobody signed out. Not by `token-storage`: a cookie hides the
//! token from scripts, and the copy was made elsewhere. `SameSite` and the origin check of a
//! refresh bind browsers, and the attacker uses none.
//!
//! Refused for this program: an attacker who is faster than the victim. They get one access token
//! on the strong arm as well, until the victim's next refresh ends the family. The cell would then
//! show a success that the defence exists to detect.
//!
//! Source: RFC 9700 §4.14.2, ASVS 10.4.5, CWE-294. Read `src/defences/refresh_rotation.rs` next.

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
            copy afterwards. Anyone who has a cookie or a token can send any header with it.",
    evidence: "The attacker gets an access token, and the profile says that they are logged in as \
               the victim.",
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
        // The refresh token is the valuable one: it buys access tokens for a week, each of them
        // fresh.
        let copied = sign_in(&mut victim, VICTIM).await?.refresh;
        let cookie = victim.caller().cookie_header();

        scenario.narrate("The victim's page refreshes.");
        // The victim's page does its routine. On the strong arm of `refresh-rotation` it now has a
        // new refresh token, and the copied one is marked as used.
        let refreshed = refresh(&mut victim, &copied, cookie.clone()).await?;
        answer("the victim's refresh", &refreshed)?;

        scenario.narrate("The attacker sends the copy.");
        let mut attacker = scenario.actor("attacker");
        // On the weak arm the same refresh token works any number of times, for victim and attacker
        // side by side. On the strong arm a used one is a sign of theft. The portal cannot know
        // which of the two is the thief, so it ends the whole family, and both must sign in again
        // (RFC 9700 §4.14.2). The thief cannot: they have no password.
        let reply = refresh(&mut attacker, &copied, cookie).await?;
        if reply.status == 401 {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        }
        let token = text(&answer("the attacker's refresh", &reply)?, "access_token")?;
        // A thief who is faster than the victim gets one access token. The victim's next refresh
        // then ends the family: rotation detects the theft, it does not prevent it.
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}

/// Sends a refresh token in the body and in the cookie. The portal reads one of the two, as
/// `token-storage` says, so the attack is the same on both arms of that switch.
async fn refresh(
    actor: &mut HttpActor<'_>,
    token: &str,
    cookie: Option<String>,
) -> Result<HttpExchange, ScenarioError> {
    let body = json!({ "refresh_token": token }).to_string();
    let call = Call::json("/jwt/refresh", body).with_cookie(cookie);
    actor.call(call).await
}
