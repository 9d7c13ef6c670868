//! Cross-site request forgery with a link: where a GET changes something, one click is enough, and
//! `SameSite=Lax` lets the cookie through.

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;

use super::page::Scene;
use super::{AttackerRole, Trick};
use crate::defences::policy::Name;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;

pub(super) const TRICK: Trick = Trick {
    path: "/csrf-link",
    title: "A link that transfers",
    description: "One click on a link, where the portal lets a GET change something.",
    role: AttackerRole::Attacker,
    stopped_by: &[(
        Name::SafeMethods,
        "A GET only reads, so the click does nothing. SameSite=Lax would not have helped: it lets \
         links through.",
    )],
};

#[get("/csrf-link?<variant>")]
fn show(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    Ok(scene.show("pages/attacker/csrf_link.html", ()))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}
