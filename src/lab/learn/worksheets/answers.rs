//! Answers and hints of a sheet.

use rocket::data::Data;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, State, post, routes};

use super::{Lessons, field, find, form};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::worksheets::answers::{LONGEST, judge};
use crate::worksheets::progress::{GivenAnswer, SheetProgress};
use crate::worksheets::progress_tracker::{ProgressTracker, wall_time};
use crate::worksheets::sheet::Sheet;

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
) -> Result<Redirect, Problem> {
    let sheet = find(lessons, slug)?;
    let form = form(data).await?;
    let id = field(&form, "id");
    let answers = form.iter().filter(|(name, _)| name == "answer");
    let answer: Vec<_> = answers.map(|(_, value)| value.as_str()).collect();
    let answer = answer.join(",");
    if answer.chars().count() > LONGEST {
        return Err(refused(format!(
            "An answer may have {LONGEST} characters at most."
        )));
    }
    let question = sheet.questions().find(|question| question.common.id == id);
    match question {
        Some(question) => {
            judge(question, &answer).map_err(refused)?;
        }
        None if sheet
            .reflections()
            .any(|reflection| reflection.common.id == id) => {}
        None => return Err(refused(format!("This sheet has no question {id:?}."))),
    }
    let change = |progress: &mut SheetProgress| {
        let tries = progress.answers.get(id).map_or(0, |given| given.tries);
        let given = GivenAnswer {
            answer: answer.clone(),
            at: wall_time(),
            tries: tries.saturating_add(1),
        };
        progress.answers.insert(id.to_owned(), given);
    };
    ProgressTracker::new(&context.bench, sheet)
        .change(change)
        .await?;
    Ok(back(context, sheet, id))
}

/// Opens the next hint of a block.
#[post("/labs/<slug>/hint", data = "<data>")]
async fn hint(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
    data: Data<'_>,
) -> Result<Redirect, Problem> {
    let sheet = find(lessons, slug)?;
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
    ProgressTracker::new(&context.bench, sheet)
        .change(change)
        .await?;
    Ok(back(context, sheet, id))
}

pub(super) fn routes() -> Vec<Route> {
    routes![answer, hint]
}
