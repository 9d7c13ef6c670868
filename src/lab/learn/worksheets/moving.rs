//! Progress as a file: to keep it, and to take it back.

use rocket::data::Capped;
use rocket::form::Form;
use rocket::fs::TempFile;
use rocket::http::{ContentType, Header, Status};
use rocket::response::Redirect;
use rocket::tokio::io::AsyncReadExt as _;
use rocket::{FromForm, Responder, Route, State, get, post, routes};

use super::Lessons;
use crate::web::place::Place;
use crate::web::problem::Problem;
use crate::web::reply::Stop;
use crate::worksheets::codes::Codes;
use crate::worksheets::export::Export;
use crate::worksheets::notebook::{self, Notebook};
use crate::worksheets::progress::Progress;

/// A file to keep.
#[derive(Responder)]
struct Download(String, ContentType, Header<'static>);

#[get("/labs/progress.json")]
async fn save(place: &Place) -> Result<Download, Stop> {
    let sheets = notebook::all(place.bench.name(), place.bench.storage()).await?;
    let export = Export::new(place.bench.name(), place.bench.student(), sheets);
    let name = format!(
        "attachment; filename=\"progress-{}.json\"",
        place.bench.name()
    );
    Ok(Download(
        export.to_json(Codes::new(place.bench.keys().worksheets())),
        ContentType::JSON,
        Header::new("content-disposition", name),
    ))
}

#[derive(FromForm)]
struct Upload<'r> {
    progress: Capped<TempFile<'r>>,
}

fn refused(because: impl Into<String>) -> Stop {
    let next =
        "Nothing was changed. Choose a file that this lab saved from the page of worksheets.";
    let status = Status::UnprocessableEntity;
    Problem::new(status, "This progress was not taken over", because, next).into()
}

/// Takes saved progress back. What is here already stays: of two answers the later one counts.
#[post("/labs/progress", data = "<upload>")]
async fn restore(
    place: &Place,
    lessons: &State<Lessons>,
    upload: Result<Form<Upload<'_>>, rocket::form::Errors<'_>>,
) -> Result<Redirect, Stop> {
    let too_large = || refused("A file of progress has 1 MB at most.");
    let upload = match upload {
        Ok(upload) => upload,
        Err(errors) if errors.iter().any(|e| e.status() == Status::PayloadTooLarge) => {
            return Err(too_large());
        }
        Err(_) => return Err(refused("No file came along.")),
    };
    if !upload.progress.is_complete() {
        return Err(too_large());
    }
    let mut text = String::new();
    let unreadable = |_| refused("The file is not text.");
    let mut opened = upload.progress.open().await.map_err(unreadable)?;
    opened.read_to_string(&mut text).await.map_err(unreadable)?;
    let codes = Codes::new(place.bench.keys().worksheets());
    let export = Export::read(&text, place.bench.name(), codes).map_err(refused)?;
    for (slug, progress) in export.sheets {
        let Some(sheet) = lessons.shelf().find(&slug) else {
            continue;
        };
        let change = |own: &mut Progress| {
            own.merge(progress.clone());
        };
        Notebook::new(&place.bench, sheet).change(change).await?;
    }
    if place.bench.student().is_none() {
        place.bench.set_student(export.name).await?;
    }
    Ok(Redirect::to(format!("{}/labs", place.base())))
}

/// The limit on the file itself is Rocket's own: 1 MiB, and twice that for the form around it.
pub(super) fn routes() -> Vec<Route> {
    routes![save, restore]
}
