//! The owner changes the password on one device and is signed out on the other. The price of
//! `sessions-on-password-change`.
//!
//! Who pays: every user with more than one device, at each change, also when nobody attacks.
//!
//! Why: an intruder's session looks like the owner's second device. Both were opened with the right
//! password, from another computer. So either both end or both stay
//! (`old_session_after_password_change.rs`).
//!
//! Softer: a list of sessions with a button for each, beside the rule and not in its place. It
//! needs an owner who reads the list and recognises their devices.
//!
//! Source: ASVS 7.4.3, which asks a portal to offer it after a change.

use async_trait::async_trait;

use super::super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{CostCard, DefenceCost};
use crate::defences::policy::Name;

pub(super) struct OtherDevices;

const CARD: CostCard = CostCard {
    name: "other-devices",
    defence: Name::SessionsOnPasswordChange,
    title: "A new password signs the owner's other devices out",
    how: "The owner is signed in on a laptop and on a phone, changes the password on the laptop, \
          and then uses both.",
    shows: &["LO-OTHERS"],
};

#[async_trait]
impl DefenceCost for OtherDevices {
    fn card(&self) -> &'static CostCard {
        &CARD
    }

    async fn measure(&self, scenario: &Scenario) -> Result<String, ScenarioError> {
        let (mut laptop, mut phone) = (scenario.actor("laptop"), scenario.actor("phone"));
        // Two sessions of one account, both honest. The portal has two records and no way to see
        // that one person holds both.
        laptop.sign_in(VICTIM).await?;
        phone.sign_in(VICTIM).await?;
        // The owner cannot say which of the sessions are theirs, and the portal cannot know. A list
        // of sessions with a button for each is the friendlier way, and needs an owner who reads
        // it.
        laptop.change_password(VICTIM, "a-new-password").await?;
        // The session that changed the password goes on, with a new id where `rotation` is strong:
        // its user has just proved who they are.
        let at_laptop = laptop.get("/api/check_session").await?.status;
        let at_phone = phone.get("/api/check_session").await?.status;
        let description = if at_phone == 200 {
            "still"
        } else {
            "no longer"
        };
        Ok(format!(
            "After the change the laptop is answered {at_laptop} and the phone {at_phone}: the \
             phone is {description} signed in."
        ))
    }
}
