//! What only administrators may do: list every session, and change roles.

use rocket::http::{Method, Status};
use rocket::serde::json::Json;
use rocket::{Route, get, post, routes};
use serde::{Deserialize, Serialize};

use super::Visitor;
use crate::base::event::EventKind;
use crate::defences::facts::Role;
use crate::portal::body::{Checked, JsonBody};
use crate::storage::Commit;
use crate::web::openapi::ApiRoute;
use crate::web::openapi::shape::Shape;
use crate::web::problem::Problem;

/// How many keys of the store the list shows.
const SHOWN: usize = 10;

async fn admins_only(visitor: &Visitor<'_>) -> Result<(), Problem> {
    let account = visitor.account_for_api().await?;
    if visitor.role(&account) == Role::Admin {
        return Ok(());
    }
    let because = "Only an administrator may do this.";
    let next = "Sign in as an administrator.";
    Err(Problem::new(
        Status::Forbidden,
        "Not allowed",
        because,
        next,
    ))
}

#[derive(Serialize)]
struct SessionKeys {
    active_sessions: usize,
    keys: Vec<String>,
}

/// The signed-in sessions: how many, and the keys under which the store keeps the first ten. With
/// the weak `at-rest` a key is the id itself.
#[get("/admin/sessions")]
async fn sessions(visitor: Visitor<'_>) -> Result<Json<SessionKeys>, Problem> {
    admins_only(&visitor).await?;
    let mut listed = visitor.world.sessions(None).await?;
    listed.retain(|listed| listed.record.user.is_some());
    let keys = listed
        .iter()
        .take(SHOWN)
        .map(|listed| listed.key.name().to_owned())
        .collect();
    Ok(Json(SessionKeys {
        active_sessions: listed.len(),
        keys,
    }))
}

#[derive(Deserialize)]
struct NewRole {
    role: Role,
}

#[derive(Serialize)]
struct ChangedRole {
    username: String,
    role: &'static str,
}

#[post("/admin/users/<name>/role", data = "<checked>")]
async fn change_role(
    name: &str,
    checked: Checked<'_, JsonBody<NewRole>>,
) -> Result<Json<ChangedRole>, Problem> {
    let Checked {
        visitor,
        body: JsonBody(sent),
        ..
    } = checked;
    admins_only(&visitor).await?;
    let Some(mut account) = visitor.world.account(name).await? else {
        let next = "Use the name of one of the demo accounts.";
        let because = "No account has that name.";
        return Err(Problem::new(
            Status::NotFound,
            "Unknown account",
            because,
            next,
        ));
    };
    account.record.role = sent.role;
    if visitor.world.save_account(&account).await? == Commit::Conflict {
        return Err(Problem::conflict());
    }
    let (user, role) = (account.user, sent.role.as_str());
    visitor
        .world
        .note(EventKind::RoleChanged {
            user: user.clone(),
            role: role.into(),
        })
        .await?;
    visitor.world.renew_sessions_of(&user).await?;
    Ok(Json(ChangedRole {
        username: user,
        role,
    }))
}

/// What these routes take and answer.
pub(super) fn described() -> Vec<ApiRoute> {
    let role = Shape::one_of(&["student", "admin"], "What the user may do.");
    vec![
        ApiRoute::new(
            Method::Get,
            "/admin/sessions",
            "listSessions",
            "The signed-in sessions, for administrators",
        )
        .for_session()
        .answers(
            "How many there are, and the first keys of the store.",
            Shape::object([
                ("active_sessions", Shape::number("How many are signed in.")),
                (
                    "keys",
                    Shape::list("Keys of records.", Shape::text("A key of the store.")),
                ),
            ]),
        )
        .refuses(401, "Nobody is signed in.")
        .refuses(403, "The user is no administrator."),
        ApiRoute::new(
            Method::Post,
            "/admin/users/{name}/role",
            "changeRole",
            "Changes a user's role, for administrators",
        )
        .for_session()
        .with_path_part("name", "The name of an account.")
        .with_csrf_token()
        .takes(Shape::object([("role", role.clone())]))
        .answers(
            "The role as it is now.",
            Shape::object([
                ("username", Shape::text("Whose role it is.")),
                ("role", role),
            ]),
        )
        .refuses(401, "Nobody is signed in.")
        .refuses(
            403,
            "The user is no administrator, or the CSRF token or the origin is wrong.",
        )
        .refuses(404, "No account has that name.")
        .refuses(415, "The body's type is not application/json.")
        .refuses(422, "The body does not fit."),
    ]
}

pub(super) fn routes() -> Vec<Route> {
    routes![sessions, change_role]
}
