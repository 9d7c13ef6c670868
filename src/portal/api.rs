//! The portal's JSON routes, as a single-page application would use them.

use rocket::http::{Method, Status};
use rocket::serde::json::Json;
use rocket::{Route, get, post, routes};
use serde::{Deserialize, Serialize};

use super::Visitor;
use super::password::too_many;
use super::sign_in::{self, PasswordCheck};
use super::visitor::PassiveVisitor;
use crate::portal::body::{Checked, CheckedWithoutToken, JsonBody};
use crate::session::accounts::ABOUT_LIMIT;
use crate::web::openapi::ApiRoute;
use crate::web::openapi::shape::Shape;
use crate::web::problem::Problem;
use crate::web::with_cookies::WithCookies;

#[derive(Deserialize)]
struct ApiCredentials {
    username: Option<String>,
    password: Option<String>,
    /// Whether to stay signed in when the browser is closed, where the policy asks.
    #[serde(default)]
    permanent: bool,
}

#[derive(Serialize)]
struct UserView {
    username: String,
    role: &'static str,
}

#[derive(Serialize)]
struct LoggedIn {
    message: &'static str,
    user: UserView,
}

/// Signs in without a CSRF token: the JSON type, which no form of another site can send, and the
/// check of the origin guard it.
#[post("/api/login", data = "<checked>")]
async fn log_in(
    checked: CheckedWithoutToken<'_, JsonBody<ApiCredentials>>,
) -> Result<WithCookies<Json<LoggedIn>>, Problem> {
    let CheckedWithoutToken(Checked {
        mut visitor,
        body: JsonBody(sent),
        ..
    }) = checked;
    let user = sent.username.unwrap_or_default();
    let password = sent.password.unwrap_or_default();
    let account = match sign_in::check(&visitor, &user, &password).await? {
        PasswordCheck::Right(account) => account,
        PasswordCheck::Wrong(message) => {
            let status = Status::Unauthorized;
            let next = sign_in::NEXT;
            return Err(Problem::new(status, "Not signed in", message, next));
        }
        PasswordCheck::Wait(wait) => return Err(too_many(wait)),
    };
    let probe = visitor.world.probe;
    visitor.source.keep_signed_in(sent.permanent, probe);
    let cookies = sign_in::sign_in(&visitor, &account).await?;
    let user = UserView {
        username: account.user,
        role: account.record.role.as_str(),
    };
    let logged_in = Json(LoggedIn {
        message: "Login successful.",
        user,
    });
    Ok(WithCookies::new(logged_in, cookies))
}

#[derive(Serialize)]
struct CheckedSession {
    is_authenticated: bool,
    user: UserView,
}

#[get("/api/check_session")]
async fn check_session(visitor: Visitor<'_>) -> Result<Json<CheckedSession>, Problem> {
    let account = visitor.account_for_api().await?;
    let role = visitor.role(&account).as_str();
    let user = UserView {
        username: account.user,
        role,
    };
    Ok(Json(CheckedSession {
        is_authenticated: true,
        user,
    }))
}

#[derive(Serialize)]
struct TimeLeft {
    idle: Option<u64>,
    absolute: Option<u64>,
}

/// What is left of the session, in seconds. Asking does not extend it.
#[get("/api/time_left")]
async fn time_left(visitor: PassiveVisitor<'_>) -> Result<Json<TimeLeft>, Problem> {
    let PassiveVisitor(visitor) = visitor;
    let session = visitor
        .session
        .as_ref()
        .filter(|session| session.user().is_some());
    let Some(session) = session else {
        return Err(Problem::signed_out());
    };
    let world = &visitor.world;
    let (idle, absolute) = session
        .record
        .time_left(world.probe, session.last_used, world.now);
    let seconds = |left: Option<std::time::Duration>| left.map(|left| left.as_secs());
    Ok(Json(TimeLeft {
        idle: seconds(idle),
        absolute: seconds(absolute),
    }))
}

#[derive(Serialize)]
struct CsrfTokenView {
    csrf_token: Option<String>,
}

/// The token of the visitor's session, which is opened where there is none. `null` where the policy
/// has no tokens.
#[get("/csrf-token")]
async fn csrf_token(mut visitor: Visitor<'_>) -> Result<WithCookies<Json<CsrfTokenView>>, Problem> {
    let cookie = visitor.ensure_session().await?;
    let csrf_token = visitor.csrf_token();
    Ok(WithCookies::new(Json(CsrfTokenView { csrf_token }), cookie))
}

#[derive(Deserialize)]
struct ProfileChange {
    about_me: String,
}

#[derive(Serialize)]
struct AccountProfile {
    username: String,
    about_me: String,
}

#[get("/api/profile")]
async fn profile(visitor: Visitor<'_>) -> Result<Json<AccountProfile>, Problem> {
    let username = visitor.account_for_api().await?.user;
    let profile = visitor.world.profile(&username).await?;
    Ok(Json(AccountProfile {
        username,
        about_me: profile.map(|profile| profile.about).unwrap_or_default(),
    }))
}

#[post("/api/profile", data = "<checked>")]
async fn change_profile(
    checked: Checked<'_, JsonBody<ProfileChange>>,
) -> Result<Json<AccountProfile>, Problem> {
    let Checked {
        visitor,
        body: JsonBody(sent),
        ..
    } = checked;
    let username = visitor.account_for_api().await?.user;
    if sent.about_me.chars().count() > ABOUT_LIMIT {
        let because = format!("about_me holds {ABOUT_LIMIT} characters at most.");
        let status = Status::UnprocessableEntity;
        return Err(Problem::new(
            status,
            "Not changed",
            because,
            "Send a shorter text.",
        ));
    }
    let about_me = sent.about_me;
    visitor.world.save_about(&username, &about_me).await?;
    Ok(Json(AccountProfile { username, about_me }))
}

fn user() -> Shape {
    Shape::object([
        ("username", Shape::text("Who is signed in.")),
        (
            "role",
            Shape::one_of(&["student", "admin"], "What they may do."),
        ),
    ])
}

/// What a sign-in takes, here and in the API for tokens.
pub(super) fn credentials() -> Shape {
    Shape::object([
        ("username", Shape::text("The name of an account.")),
        ("password", Shape::text("Its password.")),
    ])
}

fn profile_shape() -> Shape {
    Shape::object([
        ("username", Shape::text("Whose profile it is.")),
        ("about_me", Shape::text("What they say about themselves.")),
    ])
}

/// What these routes take and answer.
pub(super) fn described() -> Vec<ApiRoute> {
    let limit = Shape::number("Seconds until the session ends; null where there is no limit.");
    vec![
        ApiRoute::new(
            Method::Post,
            "/api/login",
            "signIn",
            "Signs in with a session",
        )
        .takes(credentials().and_perhaps([(
            "permanent",
            Shape::truth(
                "Whether to stay signed in when the browser is closed, where the policy asks.",
            ),
        )]))
        .answers(
            "Signed in. The answer sets the session's cookie.",
            Shape::object([("message", Shape::text("What happened.")), ("user", user())]),
        )
        .refuses(401, "The name or the password is wrong or missing.")
        .refuses(
            429,
            "Too many failed attempts. Retry-After says when to come back.",
        ),
        ApiRoute::new(
            Method::Get,
            "/api/check_session",
            "checkSession",
            "Whether somebody is signed in, and who",
        )
        .for_session()
        .answers(
            "Somebody is signed in.",
            Shape::object([
                ("is_authenticated", Shape::truth("Always true here.")),
                ("user", user()),
            ]),
        )
        .refuses(401, "Nobody is signed in."),
        ApiRoute::new(
            Method::Get,
            "/api/time_left",
            "timeLeft",
            "What is left of the session. Asking does not extend it",
        )
        .for_session()
        .answers(
            "The limits of the session.",
            Shape::object([
                ("idle", limit.clone().or_null()),
                ("absolute", limit.or_null()),
            ]),
        )
        .refuses(401, "Nobody is signed in."),
        ApiRoute::new(
            Method::Get,
            "/csrf-token",
            "csrfToken",
            "The CSRF token of the session, which is opened where there is none",
        )
        .answers(
            "The token.",
            Shape::object([(
                "csrf_token",
                Shape::text("The token; null where the policy has none.").or_null(),
            )]),
        ),
        ApiRoute::new(
            Method::Get,
            "/api/profile",
            "readProfile",
            "The user's own profile",
        )
        .for_session()
        .answers("The profile.", profile_shape())
        .refuses(401, "Nobody is signed in."),
        ApiRoute::new(
            Method::Post,
            "/api/profile",
            "changeProfile",
            "Changes the user's own profile",
        )
        .for_session()
        .with_csrf_token()
        .takes(Shape::object([(
            "about_me",
            Shape::text("What they say about themselves."),
        )]))
        .answers("The profile as it is now.", profile_shape())
        .refuses(401, "Nobody is signed in.")
        .refuses(403, "The CSRF token or the origin is wrong.")
        .refuses(415, "The body's type is not application/json.")
        .refuses(422, "The body does not fit, or the text is too long."),
    ]
}

pub(super) fn routes() -> Vec<Route> {
    routes![
        log_in,
        check_session,
        time_left,
        csrf_token,
        profile,
        change_profile
    ]
}
