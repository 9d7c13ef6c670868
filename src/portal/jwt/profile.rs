//! What a token opens: the profile for everybody, and a list for administrators.

use rocket::serde::json::Json;
use rocket::{Route, get, routes};
use serde::Serialize;

use super::Bearer;
use super::bearer::insufficient_scope;
use crate::defences::facts::Role;
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

pub(super) fn routes() -> Vec<Route> {
    routes![profile, admin]
}
