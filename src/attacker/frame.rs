//! The portal in a frame: from the sibling the frame carries the victim's cookie, and a click on a
//! harmless button presses the portal's (clickjacking). From another site it arrives without one.

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;

use super::page::Scene;
use super::{AttackerRole, Trick};
use crate::defences::policy::Name;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;

const DENIED: (Name, &str) = (
    Name::Framing,
    "The browser does not show the portal in a frame of any page, so there is no button to press.",
);

pub(super) const SIBLING: Trick = Trick {
    path: "/clickjacking",
    title: "A click for somebody else",
    description: "The portal's button is invisible, above the attacker's own.",
    role: AttackerRole::Sibling,
    stopped_by: &[DENIED],
};

pub(super) const CROSS_SITE: Trick = Trick {
    path: "/frame",
    title: "The portal in a foreign frame",
    description: "The portal in a frame on another site: in most browsers it arrives without the victim's cookie.",
    role: AttackerRole::Attacker,
    stopped_by: &[
        DENIED,
        (
            Name::SameSite,
            "With Lax or Strict no cookie is sent in a frame of another site. Without it some browsers \
             send the cookie, others block it there for all sites.",
        ),
    ],
};

#[get("/clickjacking?<variant>")]
fn clickjacking(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &SIBLING, variant)?;
    scene.come_as_the_portal_does()?;
    Ok(scene.show("pages/attacker/frame.html", ()))
}

#[get("/frame?<variant>")]
fn frame(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &CROSS_SITE, variant)?;
    Ok(scene.show("pages/attacker/frame.html", ()))
}

pub(super) fn routes() -> Vec<Route> {
    routes![clickjacking, frame]
}
