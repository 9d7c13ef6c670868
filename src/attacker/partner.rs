//! A partner's site that belongs to the attacker: the portal's dashboard links to it, and it reads
//! where its visitors came from.

use rocket::http::HeaderMap;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::page::Scene;
use super::{AttackerRole, Trick, collect};
use crate::defences::policy::Name;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;

pub(super) const TRICK: Trick = Trick {
    path: "/partner",
    title: "A partner that reads the Referer",
    description: "The portal links to this page. What the address there contained may come along.",
    role: AttackerRole::Attacker,
    stopped_by: &[
        (
            Name::Carrier,
            "No address of the portal holds a session id, so there is none to leak.",
        ),
        (
            Name::Referrer,
            "The browser tells other origins nothing about the address.",
        ),
    ],
};

/// The headers of a visit.
pub struct VisitHeaders<'r>(&'r HeaderMap<'r>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for VisitHeaders<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self(request.headers()))
    }
}

#[derive(Serialize)]
struct PartnerPage<'r> {
    referer: Option<&'r str>,
    /// What the address contained that gives access: `session id` or `token`.
    brought: Option<&'static str>,
}

#[get("/partner?<variant>")]
async fn show(
    context: &RequestContext,
    visit: VisitHeaders<'_>,
    variant: Option<&str>,
) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let referer = visit.0.get_one("referer");
    if referer.is_some() {
        collect::keep(context, visit.0).await?;
    }
    let page = PartnerPage {
        referer,
        brought: referer.and_then(|referer| match referer {
            _ if referer.contains("sid=") => Some("session id"),
            _ if referer.contains("access_token=") => Some("token"),
            _ => None,
        }),
    };
    Ok(scene.show("pages/attacker/partner.html", page))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}
