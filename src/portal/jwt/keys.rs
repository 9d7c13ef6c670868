//! The public keys, for everybody who wants to verify a token of the portal.

use rocket::http::ContentType;
use rocket::serde::json::Json;
use rocket::{Route, get, routes};
use serde::Serialize;

use super::login::no_key;
use crate::jwt::keys::PublishedKey;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

#[derive(Serialize)]
struct KeySet {
    keys: Vec<PublishedKey>,
}

async fn published(context: &RequestContext) -> Result<Vec<PublishedKey>, Problem> {
    let world = context.world().ok_or_else(Problem::not_found)?;
    Ok(world.key_ring().await?.published())
}

/// The key set (RFC 7517). The shared secret is not in it.
#[get("/jwt/jwks.json")]
async fn key_set(context: &RequestContext) -> Result<Json<KeySet>, Problem> {
    let keys = published(context).await?;
    Ok(Json(KeySet { keys }))
}

/// The public key that signs, as text.
#[get("/jwt/public.pem")]
async fn pem(context: &RequestContext) -> Result<(ContentType, String), Problem> {
    let newest = published(context).await?.into_iter().next();
    let pem = newest.ok_or_else(no_key)?.pem;
    Ok((ContentType::new("application", "x-pem-file"), pem))
}

pub(super) fn routes() -> Vec<Route> {
    routes![key_set, pem]
}
