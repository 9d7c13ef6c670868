//! Signing a token out. What the server does about it is `jwt-revocation`'s decision.

use rocket::serde::json::Json;
use rocket::{Route, post, routes};
use serde::Serialize;

use super::{Bearer, cookie};
use crate::web::problem::Problem;
use crate::web::with_cookies::WithCookies;

#[derive(Serialize)]
struct SignedOut {
    msg: &'static str,
    /// Whether the server refuses the token from here on.
    revoked: bool,
}

/// The token itself shows that the request is meant: no browser adds it by itself, so no other site
/// can sign a user out.
#[post("/jwt/logout")]
async fn log_out(bearer: Bearer<'_>) -> Result<WithCookies<Json<SignedOut>>, Problem> {
    let Bearer { world, claims, .. } = bearer;
    let revoked = world.revoke(&claims).await?;
    let in_cookie = !world.probe.token_storage().refresh_in_json();
    let cookie = in_cookie.then(|| cookie::remove(&world));
    let msg = if revoked {
        "Signed out: the token is revoked."
    } else {
        "Signed out. Forget the token: anyone who has it can still use it."
    };
    Ok(WithCookies::new(Json(SignedOut { msg, revoked }), cookie))
}

pub(super) fn routes() -> Vec<Route> {
    routes![log_out]
}
