//! CSRF from the sibling: the same form on another host of the portal's own site. Worksheet 05.
//!
//! `SameSite` is about sites, not about origins. `notes.portal.localhost` and `portal.localhost` are
//! one site, so the browser sends the cookie along, be it `Lax` or `Strict`. Only the portal itself
//! can refuse: by the token, or by looking at the origin.

use async_trait::async_trait;

use super::stage::{Stage, StageError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::policy::Name;
use crate::web::addresses::BESIDE_SIBLING;

pub(super) struct CsrfFromSibling;

const CARD: Card = Card {
    name: "csrf-from-sibling",
    title: "Forged form from a sibling host",
    engine: Engine::Browser,
    victim: "Signed in at portal.localhost; opens a page of notes.portal.localhost.",
    means: "The attacker controls another host of the portal's site: a forgotten subdomain, or one \
            that users can write to.",
    evidence: "The victim's credit falls by the amount in the attacker's form.",
    stopped_by: &[&[Name::CsrfToken], &[Name::RequestOrigin]],
    stopped_says: "The cookie came along, SameSite or not. The portal refused the form for its \
                   missing token or its foreign origin.",
    shows: &["CSRF-SIBLING"],
    standards: &["ASVS 3.5.1", "CWE-352", "CWE-346", "WSTG-SESS-05"],
};

#[async_trait]
impl Attack for CsrfFromSibling {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, stage: &Stage) -> Result<Outcome, StageError> {
        let portal = stage.portal_at(stage.scheme().await?, BESIDE_SIBLING);
        stage.says("The victim signs in at portal.localhost, and reads his credit.");
        let victim = stage.seat("victim").await?;
        victim.sign_in(&portal, VICTIM).await?;
        let before = victim.credit(&portal).await?;

        stage
            .says("He opens the attacker's page on notes.portal.localhost and presses its button.");
        victim.visit(&stage.sibling_trick("/csrf-sibling")).await?;
        victim.follow("#trap button").await?;

        stage.says("He goes back to the portal.");
        let after = victim.credit(&portal).await?;
        Ok(Outcome::of_credit(before, after, CARD.stopped_says))
    }
}
