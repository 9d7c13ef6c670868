//! The portal's JSON routes, as a single-page application would use them.

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Route, get, post, routes};
use serde::{Deserialize, Serialize};

use super::Visitor;
use super::password::too_many;
use super::sign_in::{self, Check};
use super::visitor::PassiveVisitor;
use crate::portal::body::{Checked, CheckedWithoutToken, JsonBody};
use crate::session::accounts::ABOUT_LIMIT;
use crate::storage::Commit;
use crate::web::problem::Problem;
use crate::web::reply::Reply;

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
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
    checked: CheckedWithoutToken<'_, JsonBody<Credentials>>,
) -> Result<Json<LoggedIn>, Reply> {
    let CheckedWithoutToken(Checked {
        visitor,
        body: JsonBody(sent),
        ..
    }) = checked;
    let account = match sign_in::check(&visitor, &sent.username, &sent.password).await? {
        Check::Right(account) => account,
        Check::Wrong(message) => {
            let next = "Check the name and the password.";
            let status = Status::Unauthorized;
            return Err(Problem::new(status, "Not signed in", message, next).into());
        }
        Check::Wait(wait) => return Err(too_many(&visitor, wait).into()),
    };
    sign_in::sign_in(&visitor, &account).await?;
    let user = UserView {
        username: account.user,
        role: account.record.role.as_str(),
    };
    Ok(Json(LoggedIn {
        message: "Login successful.",
        user,
    }))
}

#[derive(Serialize)]
struct CheckedSession {
    is_authenticated: bool,
    user: UserView,
}

#[get("/api/check_session")]
async fn check_session(visitor: Visitor<'_>) -> Result<Json<CheckedSession>, Reply> {
    let account = visitor.account().await?;
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
async fn time_left(onlooker: PassiveVisitor<'_>) -> Result<Json<TimeLeft>, Reply> {
    let PassiveVisitor(visitor) = onlooker;
    let session = visitor
        .session
        .as_ref()
        .filter(|session| session.user().is_some());
    let Some(session) = session else {
        return Err(Problem::signed_out().into());
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
struct Token {
    csrf_token: Option<String>,
}

/// The token of the visitor's session, which is opened where there is none. `null` where the policy
/// has no tokens.
#[get("/csrf-token")]
async fn csrf_token(mut visitor: Visitor<'_>) -> Result<Json<Token>, Reply> {
    visitor.ensure_session().await?;
    Ok(Json(Token {
        csrf_token: visitor.csrf_token(),
    }))
}

#[derive(Deserialize)]
struct ProfileChange {
    about_me: String,
}

#[derive(Serialize)]
struct Profile {
    username: String,
    about_me: String,
}

#[get("/api/profile")]
async fn profile(visitor: Visitor<'_>) -> Result<Json<Profile>, Reply> {
    let account = visitor.account().await?;
    Ok(Json(Profile {
        username: account.user,
        about_me: account.record.about,
    }))
}

#[post("/api/profile", data = "<checked>")]
async fn change_profile(
    checked: Checked<'_, JsonBody<ProfileChange>>,
) -> Result<Json<Profile>, Reply> {
    let Checked {
        visitor,
        body: JsonBody(sent),
        ..
    } = checked;
    let mut account = visitor.account().await?;
    if sent.about_me.chars().count() > ABOUT_LIMIT {
        let because = format!("about_me holds {ABOUT_LIMIT} characters at most.");
        let status = Status::UnprocessableEntity;
        return Err(Problem::new(status, "Not changed", because, "Send a shorter text.").into());
    }
    account.record.about = sent.about_me;
    match visitor.world.save_account(&account).await? {
        Commit::Done => Ok(Json(Profile {
            username: account.user,
            about_me: account.record.about,
        })),
        Commit::Conflict => Err(Problem::overtaken().into()),
    }
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
