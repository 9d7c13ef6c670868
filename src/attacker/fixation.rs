//! Session fixation with a planted cookie: the attacker fetches an anonymous session, the sibling
//! plants its id, the victim signs in with it, and the attacker uses this id, known from the start.

use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::page::Scene;
use super::{AttackerRole, Trick, plant};
use crate::client::LabClient;
use crate::client::caller::Call;
use crate::defences::policy::Name;
use crate::session::bench::loot::Planted;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;
use crate::web::with_cookies::WithCookies;

pub(super) const TRICK: Trick = Trick {
    path: "/fixation",
    title: "A planted session id",
    description: "The sibling plants an id that the attacker knows, and waits for the victim to sign in.",
    role: AttackerRole::Sibling,
    stopped_by: &[
        (
            Name::Rotation,
            "The sign-in gives the session a new id, so the planted one is no longer accepted.",
        ),
        (
            Name::HostPrefix,
            "A cookie of this name with a Domain is refused by the browser, so it cannot be planted.",
        ),
    ],
};

/// What the attacker got with the planted id.
#[derive(Serialize)]
struct UseOfPlantedId {
    status: u16,
    user: Option<String>,
}

#[derive(Serialize)]
struct PlantedIdPage {
    planted: Vec<String>,
    tried: Option<UseOfPlantedId>,
}

fn page(scene: &Scene<'_>, planted: Option<Planted>, tried: Option<UseOfPlantedId>) -> Template {
    let planted = planted.map(|planted| planted.lines).unwrap_or_default();
    scene.show(
        "pages/attacker/fixation.html",
        PlantedIdPage { planted, tried },
    )
}

#[get("/fixation?<variant>")]
async fn show(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let planted = context.bench.loot().planted(scene.variant).await?;
    Ok(page(&scene, planted, None))
}

/// Fetches an anonymous session from the attacker's own computer, and plants its id.
#[post("/fixation?<variant>")]
async fn plant_id(
    context: &RequestContext,
    client: &State<LabClient>,
    variant: Option<&str>,
) -> Result<WithCookies<Redirect>, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let mut attacker = plant::caller(&scene, client);
    let answer = attacker.get("/login").await;
    answer.map_err(|error| plant::no_answer(&error))?;
    let pairs: Vec<_> = attacker.session_cookie().into_iter().collect();
    Ok(plant::plant(&scene, &pairs).await?)
}

/// Uses the planted id from the attacker's own computer.
#[post("/fixation/use?<variant>")]
async fn use_id(
    context: &RequestContext,
    client: &State<LabClient>,
    variant: Option<&str>,
) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let planted = context.bench.loot().planted(scene.variant).await?;
    let mut tried = None;
    if let Some(planted) = &planted {
        let (name, value) = &planted.session;
        let cookie = Some(format!("{name}={value}"));
        let call = Call::get("/api/check_session").with_cookie(cookie);
        let answer = plant::caller(&scene, client).call(call).await;
        let answer = answer.map_err(|error| plant::no_answer(&error))?;
        let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
        tried = Some(UseOfPlantedId {
            status: answer.status,
            user: json["user"]["username"].as_str().map(str::to_owned),
        });
    }
    Ok(page(&scene, planted, tried))
}

#[post("/fixation/clean?<variant>")]
async fn clean(
    context: &RequestContext,
    variant: Option<&str>,
) -> Result<WithCookies<Redirect>, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    Ok(plant::clean_up(&scene).await?)
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, plant_id, use_id, clean]
}
