//! Whether the lab answers and its store works, and the addresses of its sites: for programs.

use std::sync::Arc;

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Either, Route, State, get, routes};

use crate::base::addresses::Ports;
use crate::storage::health::Health;
use crate::web::context::RequestContext;

/// `ok`, or 503 with what is wrong. A load balancer asks this each second, so it only reads a flag in
/// memory. It names no host, because anyone who reaches the portal can read it.
#[get("/healthz")]
fn healthz(health: &State<Arc<Health>>) -> Either<&'static str, (Status, String)> {
    match health.trouble() {
        None => Either::Left("ok\n"),
        Some(description) => Either::Right((Status::ServiceUnavailable, description)),
    }
}

/// The addresses of all sites: `session-lab attack --url` finds the other sites with it.
#[get("/addresses")]
fn addresses(context: &RequestContext) -> Json<Ports> {
    Json(context.addresses.ports())
}

pub(super) fn routes() -> Vec<Route> {
    routes![healthz]
}

/// The routes of the lab's own pages only.
pub(super) fn own_routes() -> Vec<Route> {
    routes![addresses]
}
