//! The portal's front page.

use crate::web::template::Template;
use rocket::{Route, get, routes};
use serde::Serialize;

use super::Visitor;

#[get("/")]
fn home(visitor: Visitor<'_>) -> Template {
    #[derive(Serialize)]
    struct PortalHomePage {}
    visitor.page(
        "pages/portal/home.html",
        "Student Portal",
        None,
        PortalHomePage {},
    )
}

pub(super) fn routes() -> Vec<Route> {
    routes![home]
}
