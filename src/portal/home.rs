//! The portal's front page.

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
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
