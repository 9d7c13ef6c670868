//! Cookie tossing: the sibling plants the attacker's own session, so that it comes before the
//! victim's, and the victim acts in the attacker's account.

use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::page::Scene;
use super::{AttackerRole, Trick, plant};
use crate::client::LabClient;
use crate::defences::policy::Name;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;
use crate::web::with_cookies::WithCookies;

pub(super) const TRICK: Trick = Trick {
    path: "/tossing",
    title: "A tossed cookie",
    description: "The sibling plants mallory's session in front of the victim's own.",
    role: AttackerRole::Sibling,
    stopped_by: &[
        (
            Name::HostPrefix,
            "A cookie of this name with a Domain is refused by the browser, so it cannot be planted.",
        ),
        (
            Name::DuplicateCookies,
            "Two session cookies are one too many: the request is refused. It does not help where \
             the victim has no cookie yet.",
        ),
    ],
};

#[derive(Serialize)]
struct TossingPage {
    planted: Vec<String>,
}

#[get("/tossing?<variant>")]
async fn show(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let planted = context.bench.loot().planted(scene.variant).await?;
    let page = TossingPage {
        planted: planted.map(|planted| planted.lines).unwrap_or_default(),
    };
    Ok(scene.show("pages/attacker/tossing.html", page))
}

/// Signs in as mallory from the attacker's own computer, and plants the cookies of that sign-in.
#[post("/tossing?<variant>")]
async fn toss(
    context: &RequestContext,
    client: &State<LabClient>,
    variant: Option<&str>,
) -> Result<WithCookies<Redirect>, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let (answer, session) = plant::mallory(&scene, client).await?;
    // The trick is about the session cookie. What the weak arms hand out beside it belongs to it,
    // and is of no use where the browser will refuse the session cookie itself.
    let mut pairs = Vec::new();
    if !session.0.starts_with("__Host-") {
        pairs = plant::pairs(&answer);
    }
    // Where the id stays the same at sign-in, the sign-in page had set it.
    if !pairs.contains(&session) {
        pairs.push(session);
    }
    Ok(plant::plant(&scene, &pairs).await?)
}

#[post("/tossing/clean?<variant>")]
async fn clean(
    context: &RequestContext,
    variant: Option<&str>,
) -> Result<WithCookies<Redirect>, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    Ok(plant::clean_up(&scene).await?)
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, toss, clean]
}
