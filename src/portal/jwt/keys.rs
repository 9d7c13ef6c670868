//! The public keys, for everybody who wants to verify a token of the portal.

use rocket::http::{ContentType, Method};
use rocket::serde::json::Json;
use rocket::{Route, get, routes};
use serde::Serialize;

use super::login::no_key;
use crate::jwt::keys::PublishedKey;
use crate::web::context::RequestContext;
use crate::web::openapi::ApiRoute;
use crate::web::openapi::shape::Shape;
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

/// What these routes answer.
pub(super) fn described() -> Vec<ApiRoute> {
    let key = Shape::object([
        ("kty", Shape::one_of(&["EC"], "The kind of key.")),
        ("crv", Shape::one_of(&["P-256"], "The curve.")),
        ("x", Shape::text("A coordinate in base64url.")),
        ("y", Shape::text("A coordinate in base64url.")),
        (
            "kid",
            Shape::text("The key's name, as a token's header gives it."),
        ),
        ("alg", Shape::one_of(&["ES256"], "What it signs with.")),
        ("use", Shape::one_of(&["sig"], "What it is for.")),
    ]);
    vec![
        ApiRoute::new(
            Method::Get,
            "/jwt/jwks.json",
            "keySet",
            "The public keys (RFC 7517)",
        )
        .answers(
            "The key set, the key that signs first.",
            Shape::object([("keys", Shape::list("The keys.", key))]),
        ),
        ApiRoute::new(
            Method::Get,
            "/jwt/public.pem",
            "publicKey",
            "The public key that signs",
        )
        .answers_as(
            "application/x-pem-file",
            "The key as text.",
            Shape::text("A PEM block."),
        ),
    ]
}

pub(super) fn routes() -> Vec<Route> {
    routes![key_set, pem]
}
