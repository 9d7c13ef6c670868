//! `/discard`: deletes a bench. Each attack uses its own bench; no other bench can be deleted.

use std::sync::Arc;

use rocket::serde::json::Json;
use rocket::{Route, State, post, routes};

use crate::attacks::scenario::ProbedDefences;
use crate::defences::policy::{Name, Variant};
use crate::session::bench::{Benches, is_run_name};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// Deletes the bench, and answers which switches this variant of it was asked for.
#[post("/discard?<variant>")]
async fn delete_bench(
    context: &RequestContext,
    benches: &State<Arc<Benches>>,
    variant: &str,
) -> Result<Json<ProbedDefences>, Problem> {
    let name = context.bench.name();
    if !is_run_name(name) {
        return Err(Problem::not_found());
    }
    let variant: Variant = variant
        .parse()
        .map_err(|_| Problem::unknown_variant(variant))?;
    benches.discard(name).await;
    let seen = context.bench.probed(variant);
    let asked = Name::ALL.iter().filter(|name| seen.contains(**name));
    Ok(Json(ProbedDefences {
        asked: asked.map(|name| name.slug().to_owned()).collect(),
    }))
}

pub(super) fn routes() -> Vec<Route> {
    routes![delete_bench]
}
