//! Cookie overflow: a script for the notice board that pushes the session cookie out of the
//! browser's jar and plants mallory's. On `portal.localhost` only, because it empties a whole host.

use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::page::Scene;
use super::{AttackerRole, Trick, plant};
use crate::attacks::payloads;
use crate::client::LabClient;
use crate::defences::policy::Name;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;

pub(super) const TRICK: Trick = Trick {
    path: "/overflow",
    title: "A jar that overflows",
    description: "A notice whose script pushes the session cookie out of the jar and plants mallory's.",
    role: AttackerRole::Sibling,
    stopped_by: &[
        (
            Name::Output,
            "The board shows a notice as the text that it is, so there is no script.",
        ),
        (
            Name::Csp,
            "The browser runs only scripts with this page's nonce.",
        ),
        (
            Name::HostPrefix,
            "Not __Host-, which a script can write. The arm __Host-Http- for custom policies: no \
             script can create a cookie of such a name.",
        ),
    ],
};

#[derive(Serialize)]
struct OverflowPage {
    payload: Option<String>,
}

#[get("/overflow?<variant>")]
async fn show(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let session = context.bench.loot().signed_in(scene.variant).await?;
    let payload = session.map(|(name, id)| payloads::overflow(&name, &id));
    Ok(scene.show("pages/attacker/overflow.html", OverflowPage { payload }))
}

/// Signs in as mallory from the attacker's own computer: the script needs mallory's session.
#[post("/overflow?<variant>")]
async fn prepare(
    context: &RequestContext,
    client: &State<LabClient>,
    variant: Option<&str>,
) -> Result<Redirect, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let (_, session) = plant::mallory(&scene, client).await?;
    context.bench.loot().sign_in(scene.variant, session).await?;
    Ok(Redirect::to(scene.address("#script")))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, prepare]
}
