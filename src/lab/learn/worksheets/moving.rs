//! Progress as a file: to keep it, and to take it back.

use rocket::data::Capped;
use rocket::form::Form;
use rocket::fs::TempFile;
use rocket::http::{ContentType, Status};
use rocket::response::Redirect;
use rocket::tokio::io::AsyncReadExt as _;
use rocket::{FromForm, Route, State, get, post, routes};

use super::{Lessons, tracker};
use crate::base::byte_order_mark::{self, NotUtf8};
use crate::lab::attachment::Attachment;
use crate::session::bench::BenchKeys;
use crate::web::context::RequestContext;
use crate::web::problem::{Control, Correction, Problem};
use crate::worksheets::codes::Codes;
use crate::worksheets::export::Export;
use crate::worksheets::progress::SheetProgress;
use crate::worksheets::progress_tracker;

#[get("/labs/progress.json")]
async fn save(context: &RequestContext, lessons: &State<Lessons>) -> Result<Attachment, Problem> {
    let sheets = progress_tracker::all(&context.bench, lessons.library()).await?;
    let export = Export::new(context.bench.name(), context.bench.student(), sheets);
    let json = export.to_json(Codes::new(context.bench.keys().worksheets()));
    let name = format!("progress-{}.json", context.bench.name());
    Ok(Attachment::new(&name, ContentType::JSON, json))
}

#[derive(FromForm)]
struct Upload<'r> {
    progress: Capped<TempFile<'r>>,
}

fn refused(context: &RequestContext, because: impl Into<String>) -> Problem {
    let next =
        "Nothing was changed. Choose a file that this lab saved from the page of worksheets.";
    let again = Correction {
        action: format!("{}/labs/progress", context.base()),
        field: "progress",
        label: "A saved copy",
        control: Control::File,
        typed: String::new(),
        button: "Load it",
    };
    Problem::to_correct("This progress was not taken over", because, next, again)
}

/// Takes saved progress back. What is here already stays: of two answers the later one counts.
#[post("/labs/progress", data = "<upload>")]
async fn restore(
    context: &RequestContext,
    lessons: &State<Lessons>,
    upload: Result<Form<Upload<'_>>, rocket::form::Errors<'_>>,
) -> Result<Redirect, Problem> {
    let refused = |because: String| refused(context, because);
    let too_large = || refused("A file of progress has 1 MB at most.".into());
    let upload = match upload {
        Ok(upload) => upload,
        Err(errors) if errors.iter().any(|e| e.status() == Status::PayloadTooLarge) => {
            return Err(too_large());
        }
        Err(_) => return Err(refused("The form has no file.".into())),
    };
    if !upload.progress.is_complete() {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let unreadable = |error: std::io::Error| refused(format!("The file cannot be read: {error}."));
    let mut opened = upload.progress.open().await.map_err(unreadable)?;
    opened.read_to_end(&mut bytes).await.map_err(unreadable)?;
    let not_text = |reason: NotUtf8| refused(format!("The file cannot be read: {reason}."));
    let text = byte_order_mark::text(&bytes).map_err(not_text)?;
    let keys = context.bench.keys();
    let read =
        |keys: &BenchKeys| Export::read(text, context.bench.name(), Codes::new(keys.worksheets()));
    // A file may be older than the lab's present key.
    let export = read(keys).or_else(|refusal| {
        let mut earlier = keys.earlier(context.now);
        earlier.find_map(|keys| read(keys).ok()).ok_or(refusal)
    });
    let export = export.map_err(refused)?;
    for (slug, progress) in export.sheets {
        let Some(sheet) = lessons.library().find(&slug) else {
            continue;
        };
        let change = |own: &mut SheetProgress| {
            own.merge(progress.clone());
        };
        tracker(context, lessons, sheet).change(change).await?;
    }
    if context.bench.student().is_none() {
        context.bench.set_student(export.name).await?;
    }
    Ok(Redirect::to(format!("{}/labs", context.base())))
}

/// The limit on the file itself is Rocket's own: 1 MiB, and twice that for the form around it.
pub(super) fn routes() -> Vec<Route> {
    routes![save, restore]
}
