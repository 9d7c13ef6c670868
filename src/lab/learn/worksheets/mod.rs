//! `/labs`: the worksheets. The list with progress, a page a sheet, its printed form, the report, and
//! the manual for teachers.
//!
//! What a sheet says is in `labs/`, what it means in [`crate::worksheets`]. Read `sheet.rs` next.

mod answers;
pub(super) mod index;
pub(in crate::lab) mod keeper;
mod moving;
pub(super) mod next_step;
mod print;
mod report;
mod sheet;
mod start_again;

use std::sync::Arc;

use rocket::Route;
use rocket::data::{Data, ToByteUnit};
use rocket::http::Status;

use crate::base::byte_order_mark;
use crate::lab::Lessons;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::worksheets::placeholders::PlaceholderValues;
use crate::worksheets::progress_tracker::ProgressTracker;
use crate::worksheets::sheet::Sheet;

/// The largest form, in bytes: an answer of 4 000 characters, spelled with up to twelve signs each.
const LARGEST: usize = 64 * 1024;

/// The values of a sheet's placeholders in this request.
pub(super) fn values(context: &RequestContext, lessons: &Lessons) -> PlaceholderValues {
    let bench = context.bench.name();
    let custom = context.bench.custom();
    PlaceholderValues::new(&context.addresses, &lessons.folder, bench, custom)
}

/// A sheet's progress on the request's bench.
fn tracker<'t>(
    context: &'t RequestContext,
    lessons: &'t Lessons,
    sheet: &'t Sheet,
) -> ProgressTracker<'t> {
    ProgressTracker::new(&context.bench, lessons.library(), sheet)
}

/// The sheet of that slug, with the values of the request's bench.
fn find(context: &RequestContext, lessons: &Lessons, slug: &str) -> Result<Arc<Sheet>, Problem> {
    let library = lessons.library().of_bench(&context.bench);
    library.find(slug).cloned().ok_or_else(|| {
        let slugs: Vec<_> = lessons
            .library()
            .sheets()
            .iter()
            .map(|sheet| sheet.slug.as_str())
            .collect();
        let because = format!("No worksheet is called {slug}.");
        let next = format!("The worksheets are {}.", slugs.join(", "));
        Problem::new(
            Status::NotFound,
            "There is no such worksheet",
            because,
            next,
        )
    })
}

/// The pairs of a form that was sent, in order.
async fn form(data: Data<'_>) -> Result<Vec<(String, String)>, Problem> {
    let read = data.open(LARGEST.bytes()).into_string().await;
    let unreadable = || Problem::bad_request("The form is not text.", "Use the page's own form.");
    let text = read.map_err(|_| unreadable())?;
    if !text.is_complete() {
        let because = format!("A form may hold {LARGEST} bytes at most, and this one holds more.");
        let next = "Go back and shorten what you sent. What was stored before is still there.";
        let status = Status::PayloadTooLarge;
        return Err(Problem::new(status, "The form is too long", because, next));
    }
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    Ok(pairs.into_owned().collect())
}

/// What to do with a form that lacks a field: it did not come from the page.
fn without_field(name: &str) -> Problem {
    let because = format!("The form has no field {name:?}, so nothing was changed.");
    Problem::bad_request(&because, "Use the page's own form.")
}

fn has_field(form: &[(String, String)], name: &str) -> bool {
    form.iter().any(|(key, _)| key == name)
}

/// The value of the first pair of that name, or nothing.
fn field<'f>(form: &'f [(String, String)], name: &str) -> &'f str {
    let found = form.iter().find(|(key, _)| key == name);
    // An answer that was copied from a file may begin with an editor's mark.
    found.map_or("", |(_, value)| byte_order_mark::skip(value))
}

pub(super) fn routes() -> Vec<Route> {
    [
        index::routes(),
        sheet::routes(),
        start_again::routes(),
        answers::routes(),
        print::routes(),
        report::routes(),
        moving::routes(),
    ]
    .concat()
}
