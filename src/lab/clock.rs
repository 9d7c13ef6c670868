//! Moving a bench's clock, and taking the bench back to its beginning.

use std::sync::Arc;
use std::time::Duration;

use rocket::data::Capped;
use rocket::response::Redirect;
use rocket::{Route, State, post, routes};

use super::page::fields;
use crate::attacker::sniffing_proxy::capture::Captures;
use crate::same_site::measured::MeasuredTables;
use crate::web::context::RequestContext;
use crate::web::problem::{Control, Correction, Problem};

/// The longest single move: a year.
const MOST_MINUTES: u64 = 525_600;

/// Moves the clock ahead by `minutes`, or resets the bench with `reset=1`.
#[post("/clock", data = "<form>")]
async fn move_clock(
    context: &RequestContext,
    form: Capped<String>,
    captures: &State<Arc<Captures>>,
    tables: &State<MeasuredTables>,
) -> Result<Redirect, Problem> {
    let form = fields(&form);
    if form.get("reset").is_some_and(|value| value == "1") {
        return reset(context, captures, tables).await;
    }
    let minutes = form
        .get("minutes")
        .and_then(|text| text.trim().parse::<u64>().ok())
        .filter(|minutes| (1..=MOST_MINUTES).contains(minutes));
    let Some(minutes) = minutes else {
        let because = format!("minutes must be a whole number from 1 to {MOST_MINUTES}.");
        let next = "Correct it, or send reset=1 to take the clock back.";
        let again = Correction {
            action: format!("{}/clock", context.base()),
            field: "minutes",
            label: "Minutes",
            control: Control::Number,
            typed: form.get("minutes").cloned().unwrap_or_default(),
            button: "Move the clock",
        };
        let heading = "The clock was not moved";
        return Err(Problem::to_correct(heading, because, next, again));
    };
    context
        .bench
        .move_clock(Duration::from_secs(60 * minutes))
        .await?;
    Ok(back(context, &form))
}

/// Everybody signed out, accounts and notices as they were, loot and captures gone, the clock on
/// time.
#[post("/reset")]
async fn reset(
    context: &RequestContext,
    captures: &State<Arc<Captures>>,
    tables: &State<MeasuredTables>,
) -> Result<Redirect, Problem> {
    context.bench.reset().await?;
    captures.forget(context.bench.name());
    tables.forget(context.bench.name());
    Ok(Redirect::to(format!("{}/?done=reset", context.base())))
}

/// Back to the evidence of a variant, if the form names one, otherwise to the front page. Both say
/// what the time is.
fn back(context: &RequestContext, form: &std::collections::HashMap<String, String>) -> Redirect {
    let variant = form.get("variant").and_then(|text| text.parse().ok());
    Redirect::to(match variant {
        Some(variant) => format!("{}?done=clock", evidence_of(context, variant)),
        None => format!("{}/?done=clock", context.base()),
    })
}

fn evidence_of(context: &RequestContext, variant: crate::defences::policy::Variant) -> String {
    format!("{}/evidence/{variant}", context.base())
}

pub(super) fn routes() -> Vec<Route> {
    routes![move_clock, reset]
}
