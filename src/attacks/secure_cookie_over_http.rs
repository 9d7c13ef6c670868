//! A cookie over plain http: the victim signs in over TLS, then follows an old link that begins with
//! `http://`. Anyone in the café reads the request, and the cookie in it. Worksheet 04.
//!
//! It is shown on `lab.test`, because Chromium and Firefox exempt loopback names from `Secure`. The
//! browser of this program trusts the lab's certificate, so it obeys HSTS as well. A browser that
//! was clicked through a certificate warning does not.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::facts::Scheme;
use crate::defences::policy::Name;

pub(super) struct SecureCookieOverHttp;

/// A name that is not exempt.
const HOST: &str = "lab.test";

const CARD: Card = Card {
    name: "secure-cookie-over-http",
    title: "A cookie read in the café",
    engine: Engine::Browser,
    victim: "Signed in at https://lab.test; then opens an http address of it over an open Wi-Fi.",
    means: "The attacker listens on the same Wi-Fi. He sends nothing.",
    evidence: "With the cookie that he read, the attacker's own client is greeted as the victim.",
    stopped_by: &[&[Name::Secure], &[Name::Transport]],
    when_stopped: "The browser kept a Secure cookie off the plain line, or HSTS had taught it to use \
                   https by itself. HSTS counts only where the browser trusts the certificate.",
    shows: &["CK-SECURE", "HJ-SNIFF", "HDR-HSTS"],
    standards: &[
        "ASVS 3.3.1",
        "ASVS 3.4.1",
        "CWE-614",
        "CWE-319",
        "WSTG-SESS-02",
    ],
};

#[async_trait]
impl Attack for SecureCookieOverHttp {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("At home the victim signs in over TLS.");
        let victim = scenario.browser_actor("victim").await?;
        let portal = scenario.portal_at(Scheme::Https, HOST);
        victim.sign_in(&portal, VICTIM).await?;

        scenario.narrate("In the café he opens an old bookmark, which begins with http.");
        let bookmark = format!("{}/", scenario.portal_through_cafe(HOST));
        victim.visit(&bookmark).await?;

        scenario.narrate("The attacker reads what went through the air.");
        let read = scenario.overhear_cafe().await?;
        let cookies = read.lines().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("cookie").then_some(value)
        });
        let pairs = cookies.flat_map(|value| value.split("; "));
        let session = pairs.map(str::trim).find(|pair| pair.contains("session_"));
        let Some(session) = session.map(str::to_owned) else {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        };
        let mut attacker = scenario.actor("attacker");
        let replay = Call::get("/dashboard").with_cookie(Some(session));
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The cookie from the air opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
