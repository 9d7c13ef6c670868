//! `/not-taught`: what this lab does not teach, so that nobody takes `hardened` for a template.

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::lab::page;
use crate::web::context::RequestContext;
use crate::worksheets::not_taught;

#[derive(Serialize)]
struct NotTaughtPage {
    html: &'static str,
}

#[get("/not-taught")]
fn show(context: &RequestContext) -> Template {
    let page = NotTaughtPage {
        html: not_taught::html(),
    };
    page::render(context, "pages/lab/not_taught.html", "Not taught", page)
}

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}
