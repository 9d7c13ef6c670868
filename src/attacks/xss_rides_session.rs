//! XSS rides the session: a script in a notice sends the transfer from the victim's own page, with
//! the page's own token. Worksheet 03.
//!
//! It reads no cookie, so `HttpOnly` does not matter. It comes from the portal's origin, so neither
//! the token nor the origin check nor `SameSite` can tell it from the user.

use async_trait::async_trait;

use super::stage::{A_MOMENT, ATTACKER, Stage, StageError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::attacks::payloads;
use crate::defences::policy::Name;

pub(super) struct XssRidesSession;

const CARD: Card = Card {
    name: "xss-rides-session",
    title: "A script that acts as the victim",
    engine: Engine::Browser,
    victim: "Signed in; opens the notice board.",
    means: "The attacker posts a notice with a script, which posts the transfer form with the \
            token that it finds in the page.",
    evidence: "The victim's credit falls although no cookie was read.",
    stopped_by: &[&[Name::Output], &[Name::Csp]],
    stopped_says: "The board showed the script as text, or the browser refused to run it.",
    shows: &["XSS-RIDE", "XSS-RUN", "HDR-CSP"],
    standards: &["ASVS 1.2.1", "ASVS 3.4.3", "CWE-79"],
};

#[async_trait]
impl Attack for XssRidesSession {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, stage: &Stage) -> Result<Outcome, StageError> {
        let portal = stage.portal(stage.scheme().await?);
        stage.says("The attacker signs in as mallory and posts a notice with a script.");
        let mut attacker = stage.person("attacker");
        attacker.sign_in(ATTACKER).await?;
        attacker.post_notice(&payloads::ride_session()).await?;

        stage.says("The victim signs in, reads his credit and opens the notice board.");
        let victim = stage.seat("victim").await?;
        victim.sign_in(&portal, VICTIM).await?;
        let before = victim.credit(&portal).await?;
        victim.visit(&format!("{portal}/board")).await?;

        stage.says("Some time later he reads his credit again.");
        let after = victim
            .credit_once_it_changed(&portal, before, A_MOMENT)
            .await?;
        Ok(Outcome::of_credit(before, after, CARD.stopped_says))
    }
}
