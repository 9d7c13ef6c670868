//! Starting a sheet again, and taking that back.

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, post, routes};

use super::{Lessons, find, tracker};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::worksheets::sheet::Sheet;

fn back(context: &RequestContext, sheet: &Sheet) -> Redirect {
    Redirect::to(format!("{}/labs/{}", context.base(), sheet.slug))
}

/// Begins a sheet anew. What was done of it is kept, once.
#[post("/labs/<slug>/reset")]
async fn start_again(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
) -> Result<Redirect, Problem> {
    let sheet = &*find(context, lessons, slug)?;
    tracker(context, lessons, sheet).start_again().await?;
    Ok(back(context, sheet))
}

/// Takes that back.
#[post("/labs/<slug>/restore")]
async fn restore(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
) -> Result<Redirect, Problem> {
    let sheet = &*find(context, lessons, slug)?;
    let tracker = tracker(context, lessons, sheet);
    if tracker.restore().await? {
        return Ok(back(context, sheet));
    }
    let because = "This sheet was never started again on this bench.";
    let next = "Go back to the sheet. Nothing was changed.";
    let status = Status::NotFound;
    Err(Problem::new(status, "Nothing to restore", because, next))
}

pub(super) fn routes() -> Vec<Route> {
    routes![start_again, restore]
}
