//! What a token opens: the profile for everybody, and a list for administrators.

use rocket::http::Method;
use rocket::serde::json::Json;
use rocket::{Route, get, routes};
use serde::Serialize;

use super::Bearer;
use super::bearer::insufficient_scope;
use crate::defences::facts::Role;
use crate::web::openapi::ApiRoute;
use crate::web::openapi::shape::Shape;
use crate::web::problem::Problem;

#[derive(Serialize)]
struct TokenProfile {
    logged_in_as: String,
}

#[get("/jwt/profile")]
fn profile(bearer: Bearer<'_>) -> Json<TokenProfile> {
    Json(TokenProfile {
        logged_in_as: bearer.claims.sub,
    })
}

#[derive(Serialize)]
struct SessionCount {
    active_sessions: usize,
}

/// How many users are signed in. The token must be meant for it, by its `scope`, and its user must
/// be an administrator, by whatever `jwt-claims` asks.
#[get("/jwt/admin")]
async fn admin(bearer: Bearer<'_>) -> Result<Json<SessionCount>, Problem> {
    if !bearer.claims.has_scope("admin") || bearer.role != Role::Admin {
        return Err(insufficient_scope());
    }
    let mut listed = bearer.world.sessions(None).await?;
    listed.retain(|listed| listed.record.user.is_some());
    Ok(Json(SessionCount {
        active_sessions: listed.len(),
    }))
}

/// What these routes answer.
pub(super) fn described() -> Vec<ApiRoute> {
    vec![
        ApiRoute::new(
            Method::Get,
            "/jwt/profile",
            "tokenProfile",
            "Whose token it is",
        )
        .for_token()
        .answers(
            "The token is accepted.",
            Shape::object([("logged_in_as", Shape::text("The user of the token."))]),
        )
        .refuses(401, "No token came along, or it was refused."),
        ApiRoute::new(
            Method::Get,
            "/jwt/admin",
            "countSessions",
            "How many users are signed in, for administrators",
        )
        .for_token()
        .answers(
            "How many there are.",
            Shape::object([("active_sessions", Shape::number("How many are signed in."))]),
        )
        .refuses(401, "No token came along, or it was refused.")
        .refuses(
            403,
            "The token's user is no administrator, or its scope is another.",
        ),
    ]
}

pub(super) fn routes() -> Vec<Route> {
    routes![profile, admin]
}
