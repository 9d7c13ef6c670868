//! What a member does on `/class`: vote, raise a hand, hand a reflection in, leave.

use rocket::data::Capped;
use rocket::response::Redirect;
use rocket::{Route, State, post, routes};

use super::{address, problem};
use crate::classroom::member::class_members::ClassMembers;
use crate::classroom::member::record::GivenVote;
use crate::lab::{Lessons, page};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::worksheets::progress_tracker::ProgressTracker;

/// Back to the page, which says what was done.
fn back(context: &RequestContext, done: &str) -> Redirect {
    Redirect::to(format!("{}?done={done}", address(context)))
}

#[post("/class/vote", data = "<form>")]
async fn vote(
    context: &RequestContext,
    members: &State<ClassMembers>,
    form: Capped<String>,
) -> Result<Redirect, Problem> {
    let form = page::fields(&form);
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let given = (
        field("number").parse(),
        field("round").parse(),
        field("option").parse(),
    );
    let (Ok(number), Ok(round), Ok(option)) = given else {
        let next = "Go back to the page Class, and choose one of the options.";
        return Err(Problem::bad_request("No option was chosen.", next));
    };
    let vote = GivenVote {
        number,
        round,
        option,
    };
    members.vote(&context.bench, vote).await.map_err(problem)?;
    Ok(back(context, "vote"))
}

#[post("/class/hand", data = "<form>")]
async fn hand(
    context: &RequestContext,
    members: &State<ClassMembers>,
    form: Capped<String>,
) -> Result<Redirect, Problem> {
    let up = page::fields(&form).get("up").is_some_and(|up| up == "1");
    let raised = members.raise_hand(&context.bench, up).await;
    raised.map_err(problem)?;
    Ok(back(context, "hand"))
}

/// Hands in what is saved on the sheet, and nothing that comes with the form: the student has seen
/// exactly this text on the page.
#[post("/class/reflection", data = "<form>")]
async fn reflection(
    context: &RequestContext,
    members: &State<ClassMembers>,
    lessons: &State<Lessons>,
    form: Capped<String>,
) -> Result<Redirect, Problem> {
    let form = page::fields(&form);
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let id = field("id");
    let sheet = lessons.library().find(field("sheet"));
    let sheet = sheet.filter(|sheet| sheet.reflections().any(|one| one.common.id == id));
    let Some(sheet) = sheet else {
        let next = "Go back to the page Class, and use its own button.";
        return Err(Problem::bad_request("There is no such reflection.", next));
    };
    let tracker = ProgressTracker::new(&context.bench, lessons.library(), sheet);
    let progress = tracker.read().await?;
    let given = progress.as_ref().and_then(|all| all.answers.get(id));
    let text = given.map(|given| given.answer.as_str()).unwrap_or_default();
    let handed = members.hand_in(&context.bench, &sheet.slug, id, text).await;
    handed.map_err(problem)?;
    Ok(back(context, "handed-in"))
}

#[post("/class/leave")]
async fn leave(
    context: &RequestContext,
    members: &State<ClassMembers>,
) -> Result<Redirect, Problem> {
    let heard = members.leave(&context.bench).await?;
    Ok(back(context, if heard { "left" } else { "left-unheard" }))
}

pub(super) fn routes() -> Vec<Route> {
    routes![vote, hand, reflection, leave]
}
