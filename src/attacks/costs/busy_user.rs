//! A user works without a break, and has to sign in again in the middle of it. The price of
//! `absolute-timeout`.
//!
//! Who pays: the user who is busiest, and who therefore has the most to lose.
//!
//! Why: the server cannot tell a busy user from a thief who keeps a stolen session busy
//! (`replay_after_absolute_limit.rs`). Both send a request every few minutes. The limit must not
//! depend on use, so it hits both.
//!
//! Softer: a longer limit, a warning before the end, and a form that asks for the password in place
//! and keeps what was typed. Not softer: extending the limit with each request. That is an idle
//! timeout, and the thief extends it as well.
//!
//! Source: ASVS 7.3.2.

use async_trait::async_trait;

use super::super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{CostCard, DefenceCost};
use crate::defences::policy::Name;

pub(super) struct BusyUser;

/// The pause between two clicks, in minutes: shorter than any idle limit here.
const PAUSE: u64 = 4;

/// The working day ends after so many clicks.
const CLICKS: u64 = 20;

const CARD: CostCard = CostCard {
    name: "busy-user",
    defence: Name::AbsoluteTimeout,
    title: "Anyone who works without a break must sign in again",
    how: "Somebody clicks every four minutes, twenty times.",
    shows: &["TO-ABS"],
};

#[async_trait]
impl DefenceCost for BusyUser {
    fn card(&self) -> &'static CostCard {
        &CARD
    }

    async fn measure(&self, scenario: &Scenario) -> Result<String, ScenarioError> {
        let mut user = scenario.actor("user");
        user.sign_in(VICTIM).await?;
        for click in 1..=CLICKS {
            // Four minutes is less than the idle limit, so only `absolute-timeout` can end this
            // session.
            scenario.advance_clock(PAUSE).await?;
            let status = user.get("/api/check_session").await?.status;
            // The user loses what they were doing in the middle of their work. A portal can soften
            // that, and cannot avoid it: whatever extends the session for the user extends it for a
            // thief.
            if status != 200 {
                let minutes = click * PAUSE;
                return Ok(format!(
                    "The click after {minutes} minutes is answered {status}; those before were \
                     answered 200."
                ));
            }
        }
        let minutes = CLICKS * PAUSE;
        Ok(format!(
            "After {minutes} minutes the user is still signed in."
        ))
    }
}
