//! Three tricks of the next person at a shared computer. They need no page of the attacker's: these
//! pages tell students what to do in their own browser, and what it shows.

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;

use super::page::Scene;
use super::{AttackerRole, Trick};
use crate::defences::policy::Name;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;

pub(super) const RESTART: Trick = Trick {
    path: "/restart",
    title: "The next one starts the browser",
    description: "At a shared computer the victim closed the browser without signing out.",
    role: AttackerRole::Attacker,
    stopped_by: &[(
        Name::Persistence,
        "The cookie has no expiry date, so the browser forgets it when it is closed. A browser that \
         restores its windows may keep it all the same.",
    )],
};

pub(super) const BACK: Trick = Trick {
    path: "/back",
    title: "The next one presses Back",
    description: "At a shared computer the victim signed out. The victim's pages may still be in the browser.",
    role: AttackerRole::Attacker,
    stopped_by: &[(
        Name::NoStore,
        "The browser keeps neither the page nor a copy of the answer.",
    )],
};

pub(super) const LEFT_BEHIND: Trick = Trick {
    path: "/left-behind",
    title: "The next one looks into the storage",
    description: "At a shared computer the victim began a notice and signed out. The draft may still \
           be there.",
    role: AttackerRole::Attacker,
    stopped_by: &[(
        Name::ClearSiteData,
        "The answer to the sign-out has the browser delete what the portal's scripts have stored.",
    )],
};

const TEMPLATE: &str = "pages/attacker/shared_computer.html";

#[get("/restart?<variant>")]
fn restart(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    Ok(Scene::open(context, &RESTART, variant)?.show(TEMPLATE, ()))
}

#[get("/back?<variant>")]
fn back(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    Ok(Scene::open(context, &BACK, variant)?.show(TEMPLATE, ()))
}

#[get("/left-behind?<variant>")]
fn left_behind(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    Ok(Scene::open(context, &LEFT_BEHIND, variant)?.show(TEMPLATE, ()))
}

pub(super) fn routes() -> Vec<Route> {
    routes![restart, back, left_behind]
}
