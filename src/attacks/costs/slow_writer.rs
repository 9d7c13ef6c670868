//! A user takes a long time over a notice, and it is not posted before a new sign-in. The price of
//! `idle-timeout`; the countdown and the draft are there to soften it.
//!
//! Who pays: everyone who thinks, reads or is called away with a form open.
//!
//! Why: the server sees requests and nothing else. A person who writes sends none, just like a
//! person who has left the computer to the next one (`replay_after_idle_limit.rs`).
//!
//! Softer: a warning before the end with a button that sends a request, and a draft that survives
//! the sign-in, as `src/portal/outlived.rs` keeps it. A draft in the browser's own store has its own
//! price: `draft_after_sign_out.rs`. Not softer: a page that
//! sends requests by itself. Then a forgotten page keeps its session open, and the limit means
//! nothing.
//!
//! Source: ASVS 7.3.1.

use async_trait::async_trait;

use super::super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{CostCard, DefenceCost};
use crate::client::caller::Call;
use crate::defences::csrf_token::TOKEN_FIELD;
use crate::defences::policy::Name;

pub(super) struct SlowWriter;

/// How long the writer thinks, in minutes.
const THINKS: u64 = 10;

const NOTICE: &str = "Lost: one umbrella";

const CARD: CostCard = CostCard {
    name: "slow-writer",
    defence: Name::IdleTimeout,
    title: "Anyone who writes slowly must sign in again",
    how: "Somebody opens the notice board, thinks for ten minutes, and posts.",
    shows: &["TO-IDLE", "TO-WARN"],
};

#[async_trait]
impl DefenceCost for SlowWriter {
    fn card(&self) -> &'static CostCard {
        &CARD
    }

    async fn measure(&self, scenario: &Scenario) -> Result<String, ScenarioError> {
        let mut writer = scenario.actor("writer");
        writer.sign_in(VICTIM).await?;
        writer.get("/board").await?;
        // The portal tells the page how long the session may still be idle, so that the page can
        // warn. Asking for it does not extend the session.
        let left = writer.get("/api/time_left").await?.body;
        let left: serde_json::Value = serde_json::from_str(&left).unwrap_or_default();
        let limit = match left["idle"].as_u64() {
            Some(seconds) => format!("for {seconds} s"),
            None => "without limit".into(),
        };
        scenario.advance_clock(THINKS).await?;
        // Thinking sends no request, so to the server the writer looks like a person who left.
        let token = writer.caller().token().unwrap_or_default().to_owned();
        let fields = [("text", NOTICE), (TOKEN_FIELD, token.as_str())];
        let origin = writer.caller().origin();
        // The writer has a browser: it names the page's origin, and shows the answer.
        let call = Call::form("/board", &fields)
            .with("origin", origin)
            .with("accept", "text/html");
        let posted = writer.call(call).await?;

        let mut reader = scenario.actor("reader");
        reader.sign_in("alice").await?;
        // Another user looks, because what counts is whether the notice was posted.
        let shown = reader.get("/board").await?.body.contains(NOTICE);
        let kept = posted.header("location").any(|to| to.contains("draft="));
        let shown = match (shown, kept) {
            (true, _) => "is on the board",
            (false, true) => "is kept as a draft until the writer has signed in again",
            (false, false) => "is lost",
        };
        let status = posted.status;
        Ok(format!(
            "The session may be idle {limit}. Ten minutes later the post is answered {status}, and the \
             notice {shown}."
        ))
    }
}
