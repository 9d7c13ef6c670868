//! Signing a token out. What the server does about it is `jwt-revocation`'s decision.

use rocket::http::Method;
use rocket::serde::json::Json;
use rocket::{Route, post, routes};
use serde::Serialize;

use super::{Bearer, cookie};
use crate::web::openapi::ApiRoute;
use crate::web::openapi::shape::Shape;
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

/// What this route answers.
pub(super) fn described() -> Vec<ApiRoute> {
    vec![
        ApiRoute::new(
            Method::Post,
            "/jwt/logout",
            "signOutToken",
            "Signs a token out",
        )
        .for_token()
        .answers(
            "Signed out.",
            Shape::object([
                ("msg", Shape::text("What happened.")),
                (
                    "revoked",
                    Shape::truth("Whether the server refuses the token from here on."),
                ),
            ]),
        )
        .refuses(401, "No token came along, or it was refused."),
    ]
}

pub(super) fn routes() -> Vec<Route> {
    routes![log_out]
}
