//! `/labs/<slug>/report`: what was done of a sheet, as a page to print and as Markdown to hand in.

use rocket::http::{ContentType, Status};
use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::{Lessons, find, tracker, values};
use crate::classroom::member::record::MembershipRecord;
use crate::lab::attachment::Attachment;
use crate::lab::page;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::worksheets::codes::Codes;
use crate::worksheets::markdown::to_html;
use crate::worksheets::report::SheetReport;
use crate::worksheets::survey::wall_time;

async fn markdown(
    context: &RequestContext,
    slug: &str,
    lessons: &Lessons,
) -> Result<String, Problem> {
    let sheet = &*find(context, lessons, slug)?;
    let class = MembershipRecord::read(&context.bench).await?;
    if class.is_some_and(|class| class.keeps_back(slug)) {
        let because =
            "The report says which answers are right, and the teacher has not released them yet.";
        let next = "Work on, or wait for the teacher. Everything is saved.";
        let heading = "The report comes later";
        return Err(Problem::new(Status::Forbidden, heading, because, next));
    }
    let progress = tracker(context, lessons, sheet).look().await?.progress;
    let name = context.bench.student();
    let report = SheetReport {
        sheet,
        progress: &progress,
        values: &values(context, lessons),
        name: name.as_deref(),
        bench: context.bench.name().as_str(),
        now: wall_time(),
        attested: lessons.attested,
    };
    Ok(report.to_markdown(Codes::new(context.bench.keys().worksheets())))
}

#[get("/labs/<slug>/report")]
async fn show(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
) -> Result<Template, Problem> {
    #[derive(Serialize)]
    struct ReportPage<'p> {
        html: String,
        slug: &'p str,
    }
    let slug = &find(context, lessons, slug)?.slug;
    let html = to_html(&markdown(context, slug, lessons).await?);
    let page = ReportPage { html, slug };
    Ok(page::render(
        context,
        "pages/lab/worksheet_report.html",
        "Report",
        page,
    ))
}

#[get("/labs/<slug>/report.md")]
async fn file(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
) -> Result<Attachment, Problem> {
    let slug = &find(context, lessons, slug)?.slug;
    Ok(Attachment::new(
        &format!("{slug}.report.md"),
        ContentType::new("text", "markdown").with_params(("charset", "utf-8")),
        markdown(context, slug, lessons).await?,
    ))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, file]
}
