//! Whether the lab answers, and where it listens: for programs.

use rocket::serde::json::Json;
use rocket::{Route, get, routes};

use crate::web::addresses::Ports;
use crate::web::place::Place;

#[get("/healthz")]
const fn healthz() -> &'static str {
    "ok\n"
}

/// Who listens where: `session-lab attack --url` finds the other sites by it.
#[get("/addresses")]
fn addresses(place: &Place) -> Json<Ports> {
    Json(place.addresses.ports())
}

pub(super) fn routes() -> Vec<Route> {
    routes![healthz]
}

/// What only the lab's own pages tell.
pub(super) fn own_routes() -> Vec<Route> {
    routes![addresses]
}
