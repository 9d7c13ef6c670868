//! `/labs/<slug>`: a sheet's page. It polls the status of the steps every second.

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Either, Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::super::class::notice::{self, SheetClassNotice};
use super::{Lessons, find, tracker, values};
use crate::lab::page;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::worksheets::markdown::to_text;
use crate::worksheets::progress::SheetProgress;
use crate::worksheets::sheet::Sheet;
use crate::worksheets::view::outline::{OutlineRow, outline};
use crate::worksheets::view::{self, FrontView, PartView, SheetReader};

#[derive(Serialize)]
struct SheetPage {
    front: FrontView,
    parts: Vec<PartView>,
    outline: Vec<OutlineRow>,
    points: u32,
    before: Option<Neighbour>,
    next: Option<Neighbour>,
    failed: Option<FailedAnswer>,
    /// The points of the state that is kept from before the sheet was started again.
    earlier: Option<u32>,
    /// What the class says of the sheet.
    class: Option<SheetClassNotice>,
}

/// An answer that was not taken, in its field again.
#[derive(Serialize)]
pub(super) struct FailedAnswer {
    /// The block of the question.
    pub id: String,
    /// What was typed, or the options that were chosen.
    pub typed: String,
    pub why: String,
}

#[derive(Serialize)]
struct Neighbour {
    slug: String,
    heading: String,
}

fn neighbour(sheet: &Sheet) -> Neighbour {
    Neighbour {
        slug: sheet.slug.clone(),
        heading: sheet.heading(),
    }
}

/// The sheets that there are, where one was asked for that is not.
#[derive(Serialize)]
struct Unknown<'u> {
    asked: &'u str,
    sheets: Vec<Neighbour>,
}

#[get("/labs/<slug>", rank = 2)]
async fn sheet(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
) -> Result<Either<Template, (Status, Template)>, Problem> {
    let library = lessons.library().of_bench(&context.bench);
    let Some(sheet) = library.find(slug) else {
        let sheets = lessons
            .library()
            .sheets()
            .iter()
            .map(|sheet| neighbour(sheet))
            .collect();
        let page = Unknown {
            asked: slug,
            sheets,
        };
        let title = "There is no such worksheet";
        let page = page::render(context, "pages/lab/worksheet_unknown.html", title, page);
        return Ok(Either::Right((Status::NotFound, page)));
    };
    Ok(Either::Left(show(context, sheet, lessons, None).await?))
}

/// The points that may be shown: where answers are kept back, those of steps.
fn points(progress: &SheetProgress, sheet: &Sheet, keeps_back: bool) -> u32 {
    match keeps_back {
        true => progress.points_of_steps(sheet),
        false => progress.points(sheet),
    }
}

/// The sheet's page.
pub(super) async fn show(
    context: &RequestContext,
    sheet: &Sheet,
    lessons: &Lessons,
    failed: Option<FailedAnswer>,
) -> Result<Template, Problem> {
    let tracker = tracker(context, lessons, sheet);
    let earlier = tracker.earlier().await?;
    let standing = tracker.look().await?;
    let progress = &standing.progress;
    let values = values(context, lessons);
    let reader = SheetReader::Student(&standing);
    let class = notice::on_sheet(context, &sheet.slug).await?;
    let keeps_back = class.as_ref().is_some_and(|class| class.keeps_back);
    let mut parts = view::parts(sheet, &values, reader);
    if keeps_back {
        parts.iter_mut().for_each(PartView::keep_back);
    }
    let (before, next) = lessons.library().beside(&sheet.slug);
    let page = SheetPage {
        front: view::front(sheet, &values, reader),
        parts,
        outline: outline(sheet, Some(progress)),
        points: points(progress, sheet, keeps_back),
        before: before.map(|sheet| neighbour(sheet)),
        next: next.map(|sheet| neighbour(sheet)),
        failed,
        earlier: earlier.map(|earlier| points(&earlier, sheet, keeps_back)),
        class,
    };
    let error = if page.failed.is_some() { "Error: " } else { "" };
    let title = format!("{error}{}", sheet.heading());
    Ok(page::render(
        context,
        "pages/lab/worksheet.html",
        &title,
        page,
    ))
}

/// The status of the steps, for the page that polls.
#[derive(Serialize)]
struct SheetLive {
    points: u32,
    steps: Vec<LiveStep>,
}

#[derive(Serialize)]
struct LiveStep {
    id: String,
    solved: bool,
    attempts: usize,
    /// `Not yet.`, unless it may have happened before the journal begins.
    status: &'static str,
    /// What is missing, or what the server saw.
    messages: Vec<String>,
}

#[get("/labs/<slug>/live")]
async fn live(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
) -> Result<Json<SheetLive>, Problem> {
    let sheet = &*find(context, lessons, slug)?;
    let standing = tracker(context, lessons, sheet).look().await?;
    let class = notice::on_sheet(context, &sheet.slug).await?;
    let keeps_back = class.is_some_and(|class| class.keeps_back);
    let progress = &standing.progress;
    let values = values(context, lessons);
    let steps = sheet.steps().map(|step| {
        let id = step.common.id.clone();
        if let Some(done) = progress.steps.get(&id) {
            return LiveStep {
                id,
                solved: true,
                attempts: done.attempts,
                status: "",
                messages: done.seen.clone(),
            };
        }
        let open = standing.open.iter().find(|open| open.id == id);
        LiveStep {
            id,
            solved: false,
            attempts: open.map_or(0, |open| open.attempts),
            status: open.map_or("", |open| open.status),
            // The page writes it as text; what Markdown marks is left out.
            messages: open
                .map(|open| to_text(&values.fill(&open.message)))
                .into_iter()
                .collect(),
        }
    });
    Ok(Json(SheetLive {
        points: points(progress, sheet, keeps_back),
        steps: steps.collect(),
    }))
}

pub(super) fn routes() -> Vec<Route> {
    routes![sheet, live]
}
