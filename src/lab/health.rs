//! Whether the lab answers and its store is well, and where it listens: for programs.

use std::sync::Arc;

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Either, Route, State, get, routes};

use crate::base::addresses::Ports;
use crate::storage::health::Health;
use crate::web::context::RequestContext;

/// `ok`, or 503 with what is wrong. A balancer asks this each second; nothing is asked for it but a
/// flag in memory. It names no host: whoever reaches the portal can read it.
#[get("/healthz")]
fn healthz(health: &State<Arc<Health>>) -> Either<&'static str, (Status, String)> {
    match health.trouble() {
        None => Either::Left("ok\n"),
        Some(description) => Either::Right((Status::ServiceUnavailable, description)),
    }
}

/// Who listens where: `session-lab attack --url` finds the other sites by it.
#[get("/addresses")]
fn addresses(context: &RequestContext) -> Json<Ports> {
    Json(context.addresses.ports())
}

pub(super) fn routes() -> Vec<Route> {
    routes![healthz]
}

/// What only the lab's own pages tell.
pub(super) fn own_routes() -> Vec<Route> {
    routes![addresses]
}
