//! `/labs`: every sheet with its progress, the student's name, and the manual for teachers.

use rocket::data::Data;
use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::{Lessons, field, form, has_field, values, without_field};
use crate::base::encode;
use crate::classroom::member::record::MembershipRecord;
use crate::lab::page;
use crate::web::context::{RequestContext, TypedForm};
use crate::web::problem::{Control, Correction, Problem};
use crate::worksheets::markdown::to_html;
use crate::worksheets::progress::SheetProgress;
use crate::worksheets::progress_tracker;
use crate::worksheets::sheet::{CourseStage, Sheet};

/// The longest name, in characters.
pub(in crate::lab::learn) const LONGEST_NAME: usize = 60;

/// A sheet in the list.
#[derive(Debug, Serialize)]
pub struct SheetRow {
    slug: String,
    number: String,
    title: String,
    minutes: u16,
    level: &'static str,
    /// The sheets that come before it, by their numbers.
    after: Vec<String>,
    #[serde(skip)]
    pub stage: CourseStage,
    steps: usize,
    steps_done: usize,
    points: u32,
    points_of: u32,
    opened: bool,
    done: bool,
}

impl SheetRow {
    fn new(sheet: &Sheet, progress: Option<&SheetProgress>, keeps_back: bool) -> Self {
        let steps = sheet.steps().count();
        let steps_done = progress.map_or(0, |progress| progress.steps_done(sheet));
        let points = progress.map_or(0, |progress| match keeps_back {
            true => progress.points_of_steps(sheet),
            false => progress.points(sheet),
        });
        let points_of = sheet.points();
        Self {
            slug: sheet.slug.clone(),
            number: sheet.number().to_owned(),
            title: sheet.front.title.clone(),
            minutes: sheet.front.minutes,
            level: sheet.front.level.word(),
            after: sheet.front.after.clone(),
            stage: sheet.front.stage,
            steps,
            steps_done,
            points,
            points_of,
            opened: progress.is_some(),
            done: progress.is_some() && points == points_of,
        }
    }
}

/// The sheets with their progress on the request's bench.
///
/// # Errors
/// The store does not answer.
pub async fn rows(context: &RequestContext, lessons: &Lessons) -> Result<Vec<SheetRow>, Problem> {
    let kept = progress_tracker::all(&context.bench, lessons.library()).await?;
    let class = MembershipRecord::read(&context.bench).await?;
    let of = |slug: &str| kept.iter().find(|(kept, _)| kept == slug).map(|(_, p)| p);
    let library = lessons.library().of_bench(&context.bench);
    let sheets = library.sheets().iter();
    Ok(sheets
        .map(|sheet| {
            let slug = &sheet.slug;
            let keeps_back = class.as_ref().is_some_and(|class| class.keeps_back(slug));
            SheetRow::new(sheet, of(slug), keeps_back)
        })
        .collect())
}

#[get("/labs")]
async fn index(context: &RequestContext, lessons: &State<Lessons>) -> Result<Template, Problem> {
    #[derive(Serialize)]
    struct WorksheetsPage {
        rows: Vec<SheetRow>,
        minutes: u32,
        mistakes: Vec<String>,
        manual: bool,
        longest_name: usize,
    }
    let library = lessons.library();
    let minutes = library
        .sheets()
        .iter()
        .map(|sheet| u32::from(sheet.front.minutes));
    let page = WorksheetsPage {
        rows: rows(context, lessons).await?,
        minutes: minutes.sum(),
        mistakes: library.mistakes().iter().map(ToString::to_string).collect(),
        manual: library.manual().is_some(),
        longest_name: LONGEST_NAME,
    };
    Ok(page::render(
        context,
        "pages/lab/worksheets.html",
        "Worksheets",
        page,
    ))
}

/// Stores the student's name for screenshots and reports; an empty one removes it.
#[post("/labs/name", data = "<data>")]
async fn name(context: &RequestContext, data: Data<'_>) -> Result<Redirect, Problem> {
    let form = form(data).await?;
    // An empty name is a wish, and a missing one is a mistake.
    if !has_field(&form, "name") {
        return Err(without_field("name"));
    }
    let name = encode::line(field(&form, "name").trim()).into_owned();
    context.note_typed(TypedForm {
        page: "/labs",
        fields: vec![("name", name.clone())],
    });
    if name.chars().count() > LONGEST_NAME {
        let because = format!("A name may have {LONGEST_NAME} characters at most.");
        let next = "Enter a shorter one. Nothing was changed.";
        let again = Correction {
            action: format!("{}/labs/name", context.base()),
            field: "name",
            label: "Your name",
            control: Control::Text,
            typed: name,
            button: "Save the name",
        };
        let heading = "The name is too long";
        return Err(Problem::to_correct(heading, because, next, again));
    }
    let name = Some(name).filter(|name| !name.is_empty());
    context.bench.set_student(name).await?;
    Ok(Redirect::to(format!("{}/labs", context.base())))
}

#[get("/labs/manual")]
fn manual(context: &RequestContext, lessons: &State<Lessons>) -> Result<Template, Problem> {
    #[derive(Serialize)]
    struct ManualPage {
        html: String,
    }
    let Some(text) = lessons.library().manual() else {
        return Err(Problem::not_found());
    };
    let html = to_html(&values(context, lessons).fill(text));
    let title = "For teachers";
    Ok(page::render(
        context,
        "pages/lab/worksheets_manual.html",
        title,
        ManualPage { html },
    ))
}

pub(super) fn routes() -> Vec<Route> {
    routes![index, name, manual]
}
