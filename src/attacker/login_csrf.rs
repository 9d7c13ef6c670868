//! Login CSRF: the victim is signed in, unawares, to the attacker's account. What he does there the
//! attacker can read.

use crate::web::template::Template;
use rocket::{Route, get, routes};
use serde::Serialize;

use super::page::Scene;
use super::{Role, Trick};
use crate::defences::password_storage::DEMO_PASSWORDS;
use crate::defences::policy::Name;
use crate::web::context::RequestContext;
use crate::web::reply::Reply;

/// The attacker's own account on the portal.
pub(super) const ATTACKER: &str = "mallory";

pub(super) const TRICK: Trick = Trick {
    path: "/login-csrf",
    title: "A sign-in to the attacker's account",
    description: "A form that signs the victim in as mallory, so that he types into mallory's account.",
    role: Role::Attacker,
    stopped_by: &[
        (
            Name::CsrfToken,
            "The sign-in form, too, must carry a token that belongs to the visitor's own anonymous \
             session.",
        ),
        (
            Name::RequestOrigin,
            "The portal reads that the sign-in form stood on another site.",
        ),
    ],
};

/// The password of the attacker's account, which he knows.
pub(super) fn password() -> &'static str {
    let found = DEMO_PASSWORDS.iter().find(|(user, _)| *user == ATTACKER);
    found.map_or("", |(_, password)| password)
}

#[derive(Serialize)]
struct LoginPage {
    user: &'static str,
    password: &'static str,
}

#[get("/login-csrf?<variant>")]
fn show(context: &RequestContext, variant: Option<&str>) -> Result<Template, Reply> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let page = LoginPage {
        user: ATTACKER,
        password: password(),
    };
    Ok(scene.show("pages/attacker/login_csrf.html", page))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}
