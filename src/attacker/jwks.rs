//! `/jwks.json`: the key set that a forged token points to with `jku`, and its private key for
//! students who sign by hand. The keys are in [`forged_key_sets`]. Worksheet 12.

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Route, get, routes};
use serde_json::{Value, json};

use crate::attacks::forged_key_sets;

#[get("/jwks.json")]
fn key_set() -> Result<Json<Value>, Status> {
    let key = forged_key_sets::public_jwk().ok_or(Status::InternalServerError)?;
    Ok(Json(json!({ "keys": [key] })))
}

#[get("/jwks-private.pem")]
fn private_key() -> Result<String, Status> {
    forged_key_sets::private_key_pem().ok_or(Status::InternalServerError)
}

pub(super) fn routes() -> Vec<Route> {
    routes![key_set, private_key]
}
