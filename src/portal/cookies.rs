//! What a script on a page of the portal can read, shown and reported to the journal.

use rocket::http::{Method, Status};
use rocket::{Route, get, post, routes};
use rocket_dyn_templates::Template;
use serde::{Deserialize, Serialize};

use super::Visitor;
use crate::base::event::EventKind;
use crate::portal::body::{Checked, JsonBody};
use crate::session::cookie;
use crate::web::openapi::ApiRoute;
use crate::web::openapi::shape::Shape;
use crate::web::problem::Problem;
use crate::web::with_cookies::WithCookies;

/// How many names one report keeps.
const NAMES: usize = 50;
/// The longest name that is kept, in characters.
const NAME_LENGTH: usize = 80;

#[derive(Serialize)]
struct CookiesPage {
    session_cookie: String,
    http_only: bool,
}

#[get("/cookies")]
async fn show(mut visitor: Visitor<'_>) -> Result<WithCookies<Template>, Problem> {
    let cookie = visitor.ensure_session().await?;
    let page = CookiesPage {
        session_cookie: session_cookie(&visitor),
        http_only: visitor.world.probe.http_only().attribute().is_some(),
    };
    let title = "What a script sees";
    let page = visitor.page("pages/portal/cookies.html", title, None, page);
    Ok(WithCookies::new(page, cookie))
}

#[derive(Deserialize)]
struct ScriptReport {
    cookie: String,
}

/// Takes the page's report. Only the names are kept: the values are secrets.
#[post("/cookies", data = "<checked>")]
async fn report(checked: Checked<'_, JsonBody<ScriptReport>>) -> Result<Status, Problem> {
    let Checked {
        visitor,
        body: JsonBody(sent),
        ..
    } = checked;
    let names: Vec<String> = sent
        .cookie
        .split(';')
        .filter_map(|pair| {
            Some(
                pair.trim()
                    .split_once('=')?
                    .0
                    .chars()
                    .take(NAME_LENGTH)
                    .collect(),
            )
        })
        .take(NAMES)
        .collect();
    let session_visible = names.contains(&session_cookie(&visitor));
    visitor
        .world
        .note(EventKind::DocumentCookie {
            names,
            session_visible,
        })
        .await?;
    Ok(Status::NoContent)
}

fn session_cookie(visitor: &Visitor<'_>) -> String {
    let world = &visitor.world;
    cookie::name(world.probe, world.variant, world.bench.name())
}

/// What the route for the page's script takes and answers.
pub(super) fn described() -> Vec<ApiRoute> {
    vec![
        ApiRoute::new(
            Method::Post,
            "/cookies",
            "reportCookies",
            "Tells the journal which cookies a script can read",
        )
        .with_csrf_token()
        .takes(Shape::object([(
            "cookie",
            Shape::text("The value of document.cookie. Only the names are kept."),
        )]))
        .answers_nothing("The names are in the journal.")
        .refuses(403, "The CSRF token or the origin is wrong.")
        .refuses(415, "The body's type is not application/json.")
        .refuses(422, "The body does not fit."),
    ]
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, report]
}
