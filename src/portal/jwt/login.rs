//! Signing in for a token, and the answer that holds a pair of them.

use rocket::http::{Method, Status};
use rocket::serde::json::Json;
use rocket::{Route, post, routes};
use serde::{Deserialize, Serialize};

use super::{cookie, names, not_cached};
use crate::defences::facts::Role;
use crate::jwt::issue::{ACCESS_LIFETIME, TokenSubject};
use crate::jwt::keys::SigningAlgorithm;
use crate::jwt::refresh::{IssueError, IssuedTokens};
use crate::portal::Visitor;
use crate::portal::api::credentials;
use crate::portal::body::{Checked, CheckedWithoutToken, JsonBody};
use crate::portal::password::too_many;
use crate::portal::sign_in::{self, PasswordCheck};
use crate::session::accounts::Account;
use crate::session::world::World;
use crate::web::context::RequestContext;
use crate::web::openapi::ApiRoute;
use crate::web::openapi::shape::Shape;
use crate::web::problem::{ApiMember, Problem};
use crate::web::with_cookies::{WithCookies, WithHeaders};

#[derive(Deserialize)]
struct TokenRequest {
    username: Option<String>,
    password: Option<String>,
    /// How the access token is to be signed.
    #[serde(default)]
    alg: SigningAlgorithm,
}

/// A pair of tokens as RFC 6749 §5.1 answers it.
#[derive(Serialize)]
pub(super) struct TokenPair {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    /// Only where the page's script is to keep it.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// A pair of tokens, with the cookie of the refresh token where `token-storage` wants one.
pub(super) type TokenAnswer = WithCookies<WithHeaders<Json<TokenPair>>>;

/// Signs in. No session is opened: the token is all that there is.
#[post("/jwt/login", data = "<checked>")]
async fn log_in(
    checked: CheckedWithoutToken<'_, JsonBody<TokenRequest>>,
) -> Result<TokenAnswer, Problem> {
    let CheckedWithoutToken(Checked {
        visitor,
        body: JsonBody(sent),
        ..
    }) = checked;
    let user = sent.username.unwrap_or_default();
    let password = sent.password.unwrap_or_default();
    let account = account(&visitor, &user, &password).await?;
    let issued = visitor
        .world
        .begin_family(&account)
        .await
        .map_err(problem)?;
    let (context, world) = (visitor.context, &visitor.world);
    tokens(context, world, &issued, account.record.role, sent.alg).await
}

/// The account of a name and a password, counted by the throttle like every other sign-in.
///
/// # Errors
/// 401 for wrong ones, 429 for too many, 503 where the store does not answer.
pub(super) async fn account(
    visitor: &Visitor<'_>,
    user: &str,
    password: &str,
) -> Result<Account, Problem> {
    match sign_in::check(visitor, user, password).await? {
        PasswordCheck::Right(account) => Ok(*account),
        PasswordCheck::Wrong(message) => {
            let status = Status::Unauthorized;
            let mut problem = Problem::new(status, "Not signed in", message, sign_in::NEXT);
            problem.api_member = Some(Box::new(ApiMember::Msg(message)));
            Err(problem)
        }
        PasswordCheck::Wait(wait) => Err(too_many(wait)),
    }
}

/// The answer with the tokens of a pair. The refresh token is in the JSON or in a cookie, as the
/// policy says.
///
/// # Errors
/// No key can be made, or the store does not answer.
pub(super) async fn tokens(
    context: &RequestContext,
    world: &World<'_>,
    issued: &IssuedTokens,
    role: Role,
    signs: SigningAlgorithm,
) -> Result<TokenAnswer, Problem> {
    let (ring, names) = (world.key_ring().await?, names(context));
    let subject = TokenSubject {
        user: &issued.user,
        role,
        family: &issued.family,
        issued: issued.at,
    };
    let access = subject.access(world.probe, &ring, &names, signs, &issued.access);
    let next = issued.refresh.as_deref();
    let refresh = next.and_then(|jti| subject.refresh(&ring, &names, jti));
    let in_json = world.probe.token_storage().refresh_in_json();
    let in_cookie = refresh.as_deref().filter(|_| !in_json);
    let cookie = in_cookie.map(|refresh| cookie::set(world, refresh));
    let tokens = TokenPair {
        access_token: access.ok_or_else(no_key)?,
        token_type: "Bearer",
        expires_in: ACCESS_LIFETIME.as_secs(),
        refresh_token: refresh.filter(|_| in_json),
    };
    Ok(WithCookies::new(not_cached(Json(tokens)), cookie))
}

/// Why no pair was issued, as an answer.
pub(super) fn problem(error: IssueError) -> Problem {
    match error {
        IssueError::AccountChanged => Problem::conflict(),
        IssueError::StorageError(error) => error.into(),
        IssueError::NoFamily | IssueError::UsedBefore => Problem::signed_out(),
    }
}

/// 503: the key cannot sign. Its cause is a fault of the program.
pub(super) fn no_key() -> Problem {
    let because = "The token could not be signed.";
    let next = "Try again in a moment. Nothing was changed.";
    Problem::new(Status::ServiceUnavailable, "No token", because, next)
}

/// How an access token is to be signed.
pub(super) fn algorithm() -> Shape {
    let names = [SigningAlgorithm::Hs256, SigningAlgorithm::Es256].map(SigningAlgorithm::name);
    Shape::one_of(
        &names,
        "How the access token is to be signed; HS256 where it is missing.",
    )
}

/// What an answer with a pair of tokens holds.
pub(super) fn pair() -> Shape {
    Shape::object([
        ("access_token", Shape::text("For Authorization: Bearer.")),
        ("token_type", Shape::one_of(&["Bearer"], "How to send it.")),
        ("expires_in", Shape::number("Its lifetime in seconds.")),
    ])
    .and_perhaps([(
        "refresh_token",
        Shape::text("For jwt/refresh, where token-storage does not keep it in a cookie."),
    )])
}

/// What this route takes and answers.
pub(super) fn described() -> Vec<ApiRoute> {
    vec![
        ApiRoute::new(
            Method::Post,
            "/jwt/login",
            "signInForToken",
            "Signs in with a token",
        )
        .takes(credentials().and_perhaps([("alg", algorithm())]))
        .answers("A pair of tokens.", pair())
        .refuses(401, "The name or the password is wrong or missing.")
        .refuses(415, "The body's type is not application/json.")
        .refuses(422, "The body does not fit.")
        .refuses(
            429,
            "Too many failed attempts. Retry-After says when to come back.",
        ),
    ]
}

pub(super) fn routes() -> Vec<Route> {
    routes![log_in]
}
