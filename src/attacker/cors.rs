//! Reading the portal's answers from another origin: the page's script asks the JSON API who is
//! signed in, with the victim's cookie, and reports what it could read.
//!
//! It is on the sibling. From another site the request would arrive without the cookie, because
//! browsers block third-party cookies there or `SameSite` withholds them, and it would prove nothing
//! about the answer's headers.

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::page::Scene;
use super::{AttackerRole, Trick};
use crate::defences::policy::Name;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;

pub(super) const TRICK: Trick = Trick {
    path: "/cors",
    title: "Reading the portal's answers",
    description: "A script asks the portal's JSON API who you are, with your cookie, and reads the answer.",
    role: AttackerRole::Sibling,
    stopped_by: &[(
        Name::Cors,
        "The answer names no other origin, so the browser keeps it from this page. The request \
         itself still arrived.",
    )],
};

#[derive(Serialize)]
struct CorsPage {
    /// Whether the script starts by itself, as on a real attacker's page.
    auto: bool,
}

#[get("/cors?<variant>&<go>")]
fn show(
    context: &RequestContext,
    variant: Option<&str>,
    go: Option<&str>,
) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    scene.come_as_the_portal_does()?;
    let auto = go == Some("1");
    Ok(scene.show("pages/attacker/cors.html", CorsPage { auto }))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}
