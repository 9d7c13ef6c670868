//! `/class`: joining a class, and what a member sees of it. Everything works without a script.
//!
//! What is reported, and when, is in [`crate::classroom::member`]. Read `view.rs` next, then
//! `docs/CLASS_DATA.md`.

mod act;
mod join;
pub(super) mod notice;
mod view;

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::classroom::member::class_members::{ClassError, ClassMembers};
use crate::lab::{Lessons, page};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use view::{ClassPage, JoinFields, Situation};

/// The address of the page on the request's bench.
fn address(context: &RequestContext) -> String {
    format!("{}/class", context.base())
}

/// A class error that has no field to be corrected in.
fn problem(error: ClassError) -> Problem {
    match error {
        ClassError::Storage(error) => error.into(),
        ClassError::Link(error) => Problem::new(
            Status::ServiceUnavailable,
            "The desk did not take it",
            error.to_string(),
            "Go back to the page Class, and try again.",
        ),
        ClassError::Input(why) | ClassError::Field { says: why, .. } => Problem::new(
            Status::UnprocessableEntity,
            "Nothing was changed",
            why,
            "Go back to the page Class.",
        ),
    }
}

fn render(context: &RequestContext, page: ClassPage) -> Template {
    let error = if page.error.is_some() { "Error: " } else { "" };
    let title = format!("{error}Class");
    page::render(context, "pages/lab/class.html", &title, page)
}

#[get("/class?<done>")]
async fn show(
    context: &RequestContext,
    members: &State<ClassMembers>,
    lessons: &State<Lessons>,
    done: Option<&str>,
) -> Result<Template, Problem> {
    let situation = Situation::of(context, members, lessons).await?;
    let fields = JoinFields::begun(members, &situation);
    let page = ClassPage::new(members, situation, fields).done(done);
    Ok(render(context, page))
}

/// What the open page asks for: whether it is still as it was shown.
#[derive(Serialize)]
struct ClassLive {
    stamp: String,
    state: Option<String>,
}

#[get("/class/live")]
async fn live(
    context: &RequestContext,
    members: &State<ClassMembers>,
    lessons: &State<Lessons>,
) -> Result<Json<ClassLive>, Problem> {
    let situation = Situation::of(context, members, lessons).await?;
    Ok(Json(ClassLive {
        stamp: situation.stamp(),
        state: situation.member.map(|member| member.state),
    }))
}

pub(super) fn routes() -> Vec<Route> {
    [routes![show, live], join::routes(), act::routes()].concat()
}
