//! Login CSRF: the victim is signed in to the attacker's account without noticing. The attacker can
//! read what the victim does there.

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::page::Scene;
use super::{AttackerRole, Trick};
use crate::defences::password_storage::DEMO_PASSWORDS;
use crate::defences::policy::Name;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;

/// The attacker's own account on the portal.
pub(super) const ATTACKER: &str = "mallory";

pub(super) const TRICK: Trick = Trick {
    path: "/login-csrf",
    title: "A sign-in to the attacker's account",
    description: "A form that signs the victim in as mallory, who then types into mallory's account.",
    role: AttackerRole::Attacker,
    stopped_by: &[
        (
            Name::CsrfToken,
            "The sign-in form also must carry a token that belongs to the visitor's own anonymous \
             session.",
        ),
        (
            Name::RequestOrigin,
            "The portal reads that the sign-in form was on another site.",
        ),
    ],
};

/// The password of the attacker's own account.
pub(super) fn password() -> &'static str {
    let found = DEMO_PASSWORDS.iter().find(|(user, _)| *user == ATTACKER);
    found.map_or("", |(_, password)| password)
}

#[derive(Serialize)]
struct LoginCsrfPage {
    user: &'static str,
    password: &'static str,
}

#[get("/login-csrf?<variant>")]
fn show(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let page = LoginCsrfPage {
        user: ATTACKER,
        password: password(),
    };
    Ok(scene.show("pages/attacker/login_csrf.html", page))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}
