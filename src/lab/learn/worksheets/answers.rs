//! Answers and hints of a sheet.

use rocket::data::Data;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State, post, routes};
use rocket_dyn_templates::Template;

use super::sheet::{self, FailedAnswer};
use super::{Lessons, field, find, form, has_field, tracker, without_field};
use crate::web::context::{RequestContext, TypedForm};
use crate::web::problem::Problem;
use crate::worksheets::answers::{LONGEST, judge};
use crate::worksheets::progress::{GivenAnswer, SheetProgress};
use crate::worksheets::sheet::Sheet;
use crate::worksheets::survey::wall_time;

/// Back to the block on the sheet's page.
fn back(context: &RequestContext, sheet: &Sheet, id: &str) -> Redirect {
    Redirect::to(format!("{}/labs/{}#{id}", context.base(), sheet.slug))
}

fn refused(because: impl Into<String>) -> Problem {
    let next = "Go back to the sheet. What you answered before is still there.";
    let status = Status::UnprocessableEntity;
    Problem::new(status, "That is no answer", because, next)
}

/// Keeps an answer. A choice of several sends the field several times.
#[post("/labs/<slug>/answer", data = "<data>")]
async fn answer(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
    data: Data<'_>,
) -> Result<Either<Redirect, (Status, Template)>, Problem> {
    let sheet = &*find(context, lessons, slug)?;
    let form = form(data).await?;
    let id = field(&form, "id");
    let answers = form.iter().filter(|(name, _)| name == "answer");
    let answer: Vec<_> = answers.map(|(_, value)| value.as_str()).collect();
    let answer = answer.join(",");
    // A browser sends each end of a line as two characters, and counts it as one.
    let length = answer.replace("\r\n", "\n").chars().count();
    let question = sheet.questions().find(|question| question.common.id == id);
    let mut reflections = sheet.reflections();
    let why = match question {
        None if !reflections.any(|reflection| reflection.common.id == id) => {
            return Err(refused(format!("This sheet has no question {id:?}.")));
        }
        // An empty text is a wish, and a missing one is a mistake.
        None if !has_field(&form, "answer") => return Err(without_field("answer")),
        _ if length > LONGEST => Some(format!(
            "An answer may have {LONGEST} characters at most, and this one has {length}."
        )),
        Some(question) => judge(question, &answer).err(),
        None => None,
    };
    if let Some(why) = why {
        let (id, typed) = (id.to_owned(), answer);
        let failed = FailedAnswer { id, typed, why };
        let page = sheet::show(context, sheet, lessons, Some(failed)).await?;
        return Ok(Either::Right((Status::UnprocessableEntity, page)));
    }
    context.note_typed(TypedForm {
        page: "/labs",
        fields: vec![("answer", answer.clone())],
    });
    let change = |progress: &mut SheetProgress| {
        let tries = progress.answers.get(id).map_or(0, |given| given.tries);
        let given = GivenAnswer {
            answer: answer.clone(),
            at: wall_time(),
            tries: tries.saturating_add(1),
        };
        progress.answers.insert(id.to_owned(), given);
    };
    tracker(context, lessons, sheet).change(change).await?;
    Ok(Either::Left(back(context, sheet, id)))
}

/// Opens the next hint of a block.
#[post("/labs/<slug>/hint", data = "<data>")]
async fn hint(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
    data: Data<'_>,
) -> Result<Redirect, Problem> {
    let sheet = &*find(context, lessons, slug)?;
    let form = form(data).await?;
    let id = field(&form, "id");
    let Some(common) = sheet.common(id) else {
        return Err(refused(format!("This sheet has no block {id:?}.")));
    };
    let most = common.hints.len();
    let change = |progress: &mut SheetProgress| {
        let opened = progress.hints.entry(id.to_owned()).or_default();
        *opened = opened.saturating_add(1).min(most);
    };
    tracker(context, lessons, sheet).change(change).await?;
    Ok(back(context, sheet, id))
}

pub(super) fn routes() -> Vec<Route> {
    routes![answer, hint]
}
