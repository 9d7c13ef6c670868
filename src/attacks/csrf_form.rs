//! CSRF by a form: a page on another site posts a transfer to the portal, and the victim's browser
//! adds their cookie by itself, or does not. Worksheet 05.
//!
//! Start: the attacker has a web site and an account to receive the money. They know the portal's
//! addresses and field names from their own account. They know nothing about the victim.
//!
//! Why it works: the portal takes the cookie alone as proof that its user wants the transfer. The
//! cookie proves only which browser sent it.
//!
//! Proof: the victim's credit falls, read by the victim on the portal.
//!
//! Stopped by `same-site`, by `request-origin` and by `csrf-token`, each alone: defence in depth.
//! Not stopped by `http-only` or `secure`: nobody reads the cookie. Not by `cors`: it decides who
//! may read an answer, and the attacker needs none. Not by `json-only`: a transfer is a form.
//!
//! Refused for this program: a hidden frame or a `fetch`. Where third-party cookies are blocked,
//! requests in the background carry no cookie, and the attack would fail for a reason that is no
//! defence of the portal. So the form moves the whole window. Without a `SameSite` attribute
//! Chromium sends the cookie only while its value is younger than two minutes (RFC 6265bis
//! §5.6.7.2); here it is some seconds old.
//!
//! Source: ASVS 3.5.1, CWE-352, WSTG-SESS-05. Read `csrf_from_sibling.rs` next, where `SameSite`
//! has no say.

use async_trait::async_trait;

use super::forged_request::forge;
use super::scenario::{Scenario, ScenarioError};
use super::{Attack, Card, Engine, Outcome};
use crate::defences::policy::Name;

pub(super) struct CsrfForm;

const CARD: Card = Card {
    name: "csrf-form",
    title: "Forged form from another site",
    engine: Engine::Browser,
    victim: "Signed in within the last two minutes; opens the attacker's page in the same browser.",
    means: "A page on another site with a form that posts to the portal. The browser fills in the \
            cookie; the attacker never sees it.",
    evidence: "The victim's credit falls by the amount in the attacker's form.",
    stopped_by: &[
        &[Name::CsrfToken],
        &[Name::RequestOrigin],
        &[Name::SameSite],
    ],
    when_stopped: "The form came without the token, from an origin that the portal does not know, \
                   or without the cookie: each of them is enough.",
    shows: &[
        "CSRF-NONE",
        "CSRF-ORIGIN",
        "CSRF-FETCHMETA",
        "CK-SAMESITE",
        "CK-LAXPOST",
    ],
    standards: &["ASVS 3.5.1", "CWE-352", "CWE-1275", "WSTG-SESS-05"],
};

#[async_trait]
impl Attack for CsrfForm {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        // The scheme is the one that people use to reach the variant. Chromium counts the scheme as
        // part of the site, so the page must not mix them by accident.
        let portal = scenario.portal(scenario.scheme().await?);
        // The page is the attacker's own, so its form can name any address, any field and any
        // value. The browser does not ask the portal first: a form's type is one that any page may
        // send. What the page cannot do is read an answer or the victim's pages. That is why a
        // secret in the portal's own form helps (`csrf-token`).
        let page = scenario.attacker_page("/csrf-form");
        // Three defences refuse this request, each alone. `same-site`: the browser leaves the
        // cookie out, because the form is on another site. `request-origin`: the browser writes the
        // true `Origin`, and the portal compares it. `csrf-token`: the field is missing, and the
        // attacker cannot know its value.
        forge(scenario, &portal, &page, "#trap button", CARD.when_stopped).await
    }
}
