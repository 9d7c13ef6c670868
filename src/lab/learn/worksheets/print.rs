//! `/labs/<slug>/print`: a sheet for paper, and with the teacher's key the copy with the answers.

use rocket::data::Data;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::{Lessons, field, find, form, values};
use crate::lab::page;
use crate::session::bench::BenchKeys;
use crate::web::context::RequestContext;
use crate::web::problem::{Control, Correction, Problem};
use crate::worksheets::codes::Codes;
use crate::worksheets::view::{self, FrontView, PartView, SheetReader};

#[derive(Serialize)]
struct PrintPage {
    front: FrontView,
    parts: Vec<PartView>,
    answers: bool,
    /// Whose values are in the copy with answers.
    whose: &'static str,
    /// On a served page the styles are in their own files.
    style: Option<String>,
}

fn render(
    context: &RequestContext,
    slug: &str,
    lessons: &Lessons,
    reader: SheetReader<'_>,
) -> Result<Template, Problem> {
    let own = find(context, lessons, slug)?;
    // Paper has one set of values for all, so that it can be copied for a class.
    let sheet = match reader {
        SheetReader::Paper => lessons.library().find(&own.slug).unwrap_or(&own),
        SheetReader::Student(_) | SheetReader::Teacher => &own,
    };
    let values = values(context, lessons);
    let page = PrintPage {
        front: view::front(sheet, &values, reader),
        parts: view::parts(sheet, &values, reader),
        answers: matches!(reader, SheetReader::Teacher),
        whose: "this bench",
        style: None,
    };
    let title = sheet.heading();
    Ok(page::render(
        context,
        "pages/lab/worksheet_print.html",
        &title,
        page,
    ))
}

#[get("/labs/<slug>/print")]
fn paper(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
) -> Result<Template, Problem> {
    render(context, slug, lessons, SheetReader::Paper)
}

/// The key comes in a form, because an address stays in the history of a shared computer.
#[post("/labs/<slug>/print", data = "<data>")]
async fn teachers_copy(
    context: &RequestContext,
    slug: &str,
    lessons: &State<Lessons>,
    data: Data<'_>,
) -> Result<Template, Problem> {
    let form = form(data).await?;
    let keys = context.bench.keys();
    let given = field(&form, "key");
    let is_of = |keys: &BenchKeys| Codes::new(keys.worksheets()).is_teachers_key(given);
    if !is_of(keys) && !keys.earlier(context.now).any(is_of) {
        let because = "That is not this lab's key for teachers.";
        let next = "The start of the lab prints it in the terminal: \"Teacher's key\".";
        let again = Correction {
            action: format!("{}/labs/{slug}/print", context.base()),
            field: "key",
            label: "Teacher's key",
            control: Control::Password,
            typed: String::new(),
            button: "With answers",
        };
        let heading = "Wrong teacher's key";
        return Err(Problem::to_correct(heading, because, next, again));
    }
    render(context, slug, lessons, SheetReader::Teacher)
}

pub(super) fn routes() -> Vec<Route> {
    routes![paper, teachers_copy]
}
