//! The public keys, for everybody who wants to verify a token of the portal.

use rocket::http::ContentType;
use rocket::serde::json::Json;
use rocket::{Route, get, routes};
use serde::Serialize;

use super::login::no_key;
use crate::jwt::keys::Published;
use crate::web::place::Place;
use crate::web::problem::Problem;
use crate::web::reply::Stop;

#[derive(Serialize)]
struct KeySet {
    keys: Vec<Published>,
}

async fn published(place: &Place) -> Result<Vec<Published>, Stop> {
    let world = place.world().ok_or_else(Problem::not_found)?;
    Ok(world.key_ring().await?.published())
}

/// The key set (RFC 7517). The shared secret is not in it.
#[get("/jwt/jwks.json")]
async fn key_set(place: &Place) -> Result<Json<KeySet>, Stop> {
    let keys = published(place).await?;
    Ok(Json(KeySet { keys }))
}

/// The public key that signs, as text.
#[get("/jwt/public.pem")]
async fn pem(place: &Place) -> Result<(ContentType, String), Stop> {
    let newest = published(place).await?.into_iter().next();
    let pem = newest.ok_or_else(no_key)?.pem;
    Ok((ContentType::new("application", "x-pem-file"), pem))
}

pub(super) fn routes() -> Vec<Route> {
    routes![key_set, pem]
}
