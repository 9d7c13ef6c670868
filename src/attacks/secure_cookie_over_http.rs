//! A cookie over plain http: the victim signs in over TLS, then follows an old link that begins
//! with `http://`. Anyone in the café reads the request, and the cookie in it. Worksheet 04.
//!
//! Start: the attacker is on the same open Wi-Fi and only listens.
//!
//! Why it works: without Secure the browser adds the cookie to an http request for the same host as
//! well, and nothing encrypts that request.
//!
//! Proof: the attacker's own client is greeted as the victim with the cookie from the overheard
//! bytes.
//!
//! Stopped by `secure`, which keeps the cookie out of the request, and by `transport`, whose HSTS
//! keeps the browser from sending the request. Not stopped by `http-only`: no script is involved.
//! Not by `same-site` or `rotation`: the cookie is the current one, and the portal is the right
//! receiver. A redirect to https does not help either: the cookie was in the request that it
//! answers.
//!
//! Refused for this program: `localhost`. Chromium and Firefox exempt loopback names from `Secure`,
//! so it is shown on `lab.test`. An attacker who also changes the traffic was refused because
//! listening is enough. The browser of this program trusts the lab's certificate, so it obeys HSTS.
//! A browser that was clicked through a certificate warning does not.
//!
//! Source: ASVS 3.3.1, ASVS 3.4.1, CWE-614, CWE-319, WSTG-SESS-02, RFC 6265bis §4.1.2.5. Read
//! `src/defences/secure.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::facts::Scheme;
use crate::defences::policy::Name;

pub(super) struct SecureCookieOverHttp;

/// A name that is not exempt: browsers treat it like any host on the internet.
const HOST: &str = "lab.test";

const CARD: Card = Card {
    name: "secure-cookie-over-http",
    title: "A cookie read in the café",
    engine: Engine::Browser,
    victim: "Signed in at https://lab.test; then opens its http address over an open Wi-Fi.",
    means: "The attacker listens on the same Wi-Fi and sends nothing.",
    evidence: "With the overheard cookie the attacker's own client is greeted as the victim.",
    stopped_by: &[&[Name::Secure], &[Name::Transport]],
    when_stopped: "The browser did not send a Secure cookie unencrypted, or HSTS had taught it to \
                   use https by itself. HSTS counts only where the browser trusts the certificate.",
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
        // The sign-in itself is safe: nobody on the line can read it. The browser now stores the
        // session cookie, with or without the attribute Secure.
        let victim = scenario.browser_actor("victim").await?;
        let portal = scenario.portal_at(Scheme::Https, HOST);
        victim.sign_in(&portal, VICTIM).await?;

        scenario.narrate("In the café the victim opens an old bookmark, which begins with http.");
        // One unencrypted request is enough. Without Secure the browser adds the cookie to it
        // before the portal can say a word, so no redirect comes in time. With Secure it sends the
        // request without the cookie. With HSTS it sends no such request at all.
        let bookmark = format!("{}/", scenario.portal_through_cafe(HOST));
        victim.visit(&bookmark).await?;

        scenario.narrate("The attacker reads the traffic of the café.");
        // The attacker is passive. Nothing in the portal's log shows that anyone read along.
        let read = scenario.overhear_cafe().await?;
        // The text of an HTTP request is readable as it is: no key, no tool but a network card that
        // listens.
        let cookies = read.lines().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("cookie").then_some(value)
        });
        let pairs = cookies.flat_map(|value| value.split("; "));
        let session = pairs.map(str::trim).find(|pair| pair.contains("session_"));
        let Some(session) = session.map(str::to_owned) else {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        };
        // On the weak arm of `transport` the portal also answers over plain HTTP, so the victim
        // sees no error and no warning.
        let mut attacker = scenario.actor("attacker");
        // A session id is a bearer secret: the portal cannot see that it comes from another
        // computer. Binding it to an address is no way out, because phones change theirs, and
        // everyone in the café shares one.
        let replay = Call::get("/dashboard").with_cookie(Some(session));
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The overheard cookie opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
