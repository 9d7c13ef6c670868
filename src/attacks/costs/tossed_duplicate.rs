//! A sibling host plants a second session cookie, and the portal refuses the owner's requests. The
//! price of `duplicate-cookies`: a nuisance in place of a take-over. `host-prefix` avoids both.
//!
//! Who pays: the victim of `cookie_tossing.rs`, who is shut out until the planted cookie is gone.
//!
//! Why: the portal knows that one of the two cookies is foreign and cannot know which. To go on
//! with either of them is to let the order of cookies choose the user.
//!
//! Softer: a page that says what happened and how to delete cookies. The portal cannot delete the
//! planted cookie by itself with certainty, because it does not know the Domain and the Path that
//! it was set with.
//!
//! Source: RFC 6265bis §4.2.2. The cure is the name: a browser accepts a `__Host-` cookie from the
//! portal's own host only (§4.1.3.2).

use async_trait::async_trait;

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::{CostCard, DefenceCost};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct TossedDuplicate;

const CARD: CostCard = CostCard {
    name: "tossed-duplicate",
    defence: Name::DuplicateCookies,
    title: "A planted cookie shuts the owner out",
    how: "The victim is signed in at portal.localhost. The sibling plants the attacker's cookie \
          under the same name with a longer Path, so the browser sends both, the planted one \
          first. Then the victim loads a page, and once more when the planted cookie is gone.",
    shows: &["CK-DUP", "CK-HOST"],
};

#[async_trait]
impl DefenceCost for TossedDuplicate {
    fn card(&self) -> &'static CostCard {
        &CARD
    }

    async fn measure(&self, scenario: &Scenario) -> Result<String, ScenarioError> {
        let mut victim = scenario.actor_beside_sibling("victim");
        victim.sign_in(VICTIM).await?;
        let mut attacker = scenario.actor_beside_sibling("attacker");
        attacker.sign_in(ATTACKER).await?;

        // The cookies are put together by hand, in the order in which browsers send them. What a
        // browser does with a cookie of a sibling is shown by `cookie_tossing.rs`; here only the
        // server's answer is measured.
        let (name, own) = victim.session_cookie()?;
        let (_, planted) = attacker.session_cookie()?;
        // The order of a browser: the cookie with the longer path comes first, so the planted one
        // does.
        let both = format!("{name}={planted}; {name}={own}");
        let call = || Call::get("/api/check_session").with_cookie(Some(both.clone()));
        // On the weak arm the answer names the attacker's account: the victim would act there. On
        // the strong arm it is a refusal.
        let with_both = victim.call(call()).await?;
        let json: serde_json::Value = serde_json::from_str(&with_both.body).unwrap_or_default();
        let description = match json["user"]["username"].as_str() {
            Some(user) => format!("answered {} as {user}", with_both.status),
            None => format!("answered {}", with_both.status),
        };
        // The owner is let in again as soon as the planted cookie is gone. But the owner does not
        // know that, and has to delete cookies by hand.
        let alone = Call::get("/api/check_session").with_cookie(Some(format!("{name}={own}")));
        let alone = victim.call(alone).await?.status;
        Ok(format!(
            "With both cookies the victim is {description}; without the planted one {alone}."
        ))
    }
}
