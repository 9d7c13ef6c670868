//! Exchanging a refresh token for a new access token.

use rocket::http::{Method, Status};
use rocket::{Route, State, post, routes};
use serde::Deserialize;

use super::bearer::check;
use super::cookie::{self, RefreshCookie};
use super::login::{self, TokenAnswer};
use crate::client::LabClient;
use crate::defences::facts::Refusal;
use crate::defences::policy::Name;
use crate::jwt::keys::SigningAlgorithm;
use crate::jwt::refresh::IssueError;
use crate::jwt::verify::TokenPurpose;
use crate::portal::body::{Checked, CheckedWithoutToken, JsonBody};
use crate::session::world::World;
use crate::web::openapi::ApiRoute;
use crate::web::openapi::shape::Shape;
use crate::web::problem::Problem;
use crate::web::with_cookies::WithCookies;

#[derive(Deserialize)]
struct RefreshRequest {
    /// The refresh token, where the page's script keeps it.
    refresh_token: Option<String>,
    /// How the access token is to be signed.
    #[serde(default)]
    alg: SigningAlgorithm,
}

/// The token comes in the body or in the cookie, as `token-storage` says, and never in both.
#[post("/jwt/refresh", data = "<checked>")]
async fn refresh(
    in_cookie: RefreshCookie,
    client: &State<LabClient>,
    checked: CheckedWithoutToken<'_, JsonBody<RefreshRequest>>,
) -> Result<TokenAnswer, WithCookies<Problem>> {
    let CheckedWithoutToken(Checked {
        visitor,
        body: JsonBody(sent),
        ..
    }) = checked;
    let (context, world) = (visitor.context, &visitor.world);
    if let Err(because) = in_cookie.origin {
        let defence = Name::TokenStorage;
        visitor.refused(defence, because).await?;
        let refusal = Refusal { defence, because };
        let next = "Refresh from the portal's own page.";
        return Err(Problem::refused(Status::Forbidden, refusal, next).into());
    }
    let in_json = world.probe.token_storage().refresh_in_json();
    let token = if in_json {
        sent.refresh_token
    } else {
        in_cookie.token
    };
    let token = token.ok_or_else(|| no_refresh_token(in_json))?;
    let claims = check(context, world, Some(client), &token, TokenPurpose::Refresh).await?;
    let issued = match world.refresh(&claims).await {
        Ok(issued) => issued,
        Err(error) => {
            // The token is no longer accepted, so the browser must not keep it.
            let removed = (!in_json).then(|| cookie::remove(world));
            return Err(WithCookies::new(problem(world, error), removed));
        }
    };
    // The user may have another role by now, or be gone.
    let account = world
        .account(&issued.user)
        .await?
        .ok_or_else(Problem::signed_out)?;
    let role = account.record.role;
    Ok(login::tokens(context, world, &issued, role, sent.alg).await?)
}

/// 401: no refresh token came where `token-storage` has it. It is no bearer token, so the answer has no
/// challenge for one.
fn no_refresh_token(in_json: bool) -> Problem {
    let (because, next) = match in_json {
        true => (
            "No refresh token came in the body.",
            "Send it as JSON: {\"refresh_token\": \"…\"}. Get one from jwt/login.",
        ),
        false => (
            "No refresh token came in its cookie, and it is taken from nowhere else.",
            "Sign in at jwt/login, which sets the cookie, and keep it.",
        ),
    };
    let mut problem = Problem::new(
        Status::Unauthorized,
        "A refresh token is needed",
        because,
        next,
    );
    problem.defence = Some(Name::TokenStorage);
    problem
}

/// 401 with the code of OAuth's token endpoint (RFC 6749 §5.2): the page must sign in again.
fn problem(world: &World<'_>, error: IssueError) -> Problem {
    let (because, defence) = match error {
        IssueError::NoFamily => (
            "The refresh token is no longer accepted: its sign-in has ended, was unused for a week, or is \
             30 days old.",
            None,
        ),
        IssueError::UsedBefore if world.probe.jwt_revocation().remembers() => (
            "The refresh token was used before, so everything that came from its sign-in has ended.",
            Some(Name::RefreshRotation),
        ),
        IssueError::UsedBefore => (
            "The refresh token was used before, so no refresh token of its sign-in is accepted any \
             more. The access tokens are, until they expire.",
            Some(Name::RefreshRotation),
        ),
        other => return login::problem(other),
    };
    let next = "Sign in again.";
    let mut problem = Problem::new(Status::Unauthorized, "Not refreshed", because, next);
    problem.defence = defence;
    problem
}

/// What this route takes and answers.
pub(super) fn described() -> Vec<ApiRoute> {
    vec![
        ApiRoute::new(
            Method::Post,
            "/jwt/refresh",
            "refreshToken",
            "Exchanges a refresh token for a new pair",
        )
        .takes(
            Shape::object([]).and_perhaps([
                (
                    "refresh_token",
                    Shape::text("The token, where token-storage does not keep it in a cookie.")
                        .or_null(),
                ),
                ("alg", login::algorithm()),
            ]),
        )
        .answers("A new pair of tokens.", login::pair())
        .refuses(401, "No refresh token came along, or it was refused.")
        .refuses(403, "The request comes from another origin.")
        .refuses(415, "The body's type is not application/json.")
        .refuses(422, "The body does not fit."),
    ]
}

pub(super) fn routes() -> Vec<Route> {
    routes![refresh]
}
