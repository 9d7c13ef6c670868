//! Signing a token out. What the server does about it is `jwt-revocation`'s decision.

use rocket::serde::json::Json;
use rocket::{Route, post, routes};
use serde::Serialize;

use super::{Bearer, cookie};
use crate::web::reply::Reply;

#[derive(Serialize)]
struct SignedOut {
    msg: &'static str,
    /// Whether the server refuses the token from here on.
    revoked: bool,
}

/// The token itself shows that the request is meant: no browser adds it by itself, so no other site
/// can sign a user out.
#[post("/jwt/logout")]
async fn log_out(bearer: Bearer<'_>) -> Result<Json<SignedOut>, Reply> {
    let Bearer {
        context,
        world,
        claims,
        ..
    } = bearer;
    let revoked = world.revoke(&claims).await?;
    if !world.probe.token_storage().refresh_in_json() {
        cookie::remove(context, &world);
    }
    let msg = if revoked {
        "Signed out: the token is revoked."
    } else {
        "Signed out. Forget the token: whoever has it can still use it."
    };
    Ok(Json(SignedOut { msg, revoked }))
}

pub(super) fn routes() -> Vec<Route> {
    routes![log_out]
}
