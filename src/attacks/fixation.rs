//! Session fixation: the attacker chooses the id, the victim signs in with it. Worksheet 06.
//!
//! Start: the attacker has no account and no password. They can put one cookie into the victim's
//! browser before the victim signs in.
//!
//! Why it works: an id is a bearer secret, and the portal issues one to every visitor. If the id
//! outlives the sign-in, anyone who knew it before is signed in with it.
//!
//! Proof: a second client, which never saw a password, is greeted as the victim.
//!
//! Stopped by `rotation` alone: the sign-in abandons the planted id. Not stopped by `http-only`,
//! `secure` or `same-site`: nothing is read or overheard, and no request comes from another site.
//! Not by `id-source`: the attacker fetched the id and need not guess it. Not by `adoption`: the
//! portal itself issued this id.
//!
//! Refused for this program: an invented id such as `evil1234`, which only a weak `adoption`
//! accepts, and an id in a link, which only a weak `carrier` reads. Each would prove another flaw
//! than this one.
//!
//! Source: WSTG-SESS-03, CWE-384, RFC 6265bis §8.4. ASVS 7.2.4 requires a new token at each
//! sign-in, and the end of the old one. Read `src/defences/rotation.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct Fixation;

const CARD: Card = Card {
    name: "fixation",
    title: "Session fixation by an anonymous id",
    engine: Engine::Http,
    victim: "Not signed in; has the attacker's cookie in the browser, and signs in later.",
    means: "The attacker opens the sign-in page and gets an anonymous id. They plant it in the \
            victim's browser: at a shared computer, or with a cookie set by a sibling host.",
    evidence: "With the planted id the attacker's own browser is greeted as the victim.",
    stopped_by: &[&[Name::Rotation]],
    when_stopped: "The portal issued a new id at sign-in, so the planted one is no longer \
                   accepted.",
    shows: &["SID-ROTATE", "SID-PREPOST"],
    standards: &["ASVS 7.2.4", "CWE-384", "WSTG-SESS-03"],
};

#[async_trait]
impl Attack for Fixation {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        // The portal gives every visitor a session, because its sign-in form needs one for the CSRF
        // token. So the attacker gets a valid id without an account.
        scenario.narrate("The attacker opens the sign-in page and keeps its anonymous id.");
        let mut attacker = scenario.actor("attacker");
        attacker.get("/login").await?;
        // The gain so far: a valid id that the attacker knows and that nobody else uses. Its record
        // names no user, so the id is worth nothing yet.
        let (name, planted) = attacker.session_cookie()?;

        // The attacker never learns a secret here. They choose it beforehand. At a shared computer
        // they use the developer tools; from afar they need a cookie that a sibling host sets
        // (`planted_id.rs`).
        scenario
            .narrate("The attacker plants this id in the victim's browser. The victim signs in.");
        let mut victim = scenario.actor("victim");
        // The portal cannot see that its cookie was planted: a request carries names and values,
        // not their origin (RFC 6265bis §8.6). The line has Secure, `Path=/` and no Domain, as
        // anyone at the victim's own computer can write it. So even a `__Host-` name is accepted,
        // and `host-prefix` does not help here. It stops the sibling, who has to write a Domain.
        victim.plant(&format!("{name}={planted}; Path=/; Secure"));
        // This line decides. On the weak arm of `rotation` the portal writes "student123" into the
        // record that it already has, under the id that the attacker knows. On the strong arm it
        // makes a new id, which only the victim's browser receives, and removes the old record.
        victim.sign_in(VICTIM).await?;

        scenario.narrate("The attacker opens the dashboard with the planted id.");
        // The replay carries the planted cookie only. A success means that the attacker is the
        // victim in every later request as well, until the session ends.
        let replay = Call::get("/dashboard").with_cookie(Some(format!("{name}={planted}")));
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The planted id opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
