//! Cross-site request forgery with a form: the page posts a transfer to the portal, and the browser
//! adds the victim's cookie, or does not.
//!
//! The form is sent as a navigation of the whole tab. Requests in the background, from frames, images
//! and scripts, carry no cookie where third-party cookies are blocked, so they would prove nothing.

use std::time::Duration;

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::page::Scene;
use super::{AttackerRole, Trick};
use crate::base::event::{ClientKind, Event, EventKind, Fingerprint};
use crate::defences::policy::{Name, Variant};
use crate::storage::StorageError;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;
use crate::web::visible_time::span;

pub(super) const TRICK: Trick = Trick {
    path: "/csrf-form",
    title: "A forged form",
    description: "A page that posts a transfer to the portal in the victim's name.",
    role: AttackerRole::Attacker,
    stopped_by: &[
        (
            Name::CsrfToken,
            "The form lacks the token, which only the portal's own pages hold.",
        ),
        (
            Name::RequestOrigin,
            "The browser itself says which page the form was on, and the portal reads it.",
        ),
        (
            Name::SameSite,
            "With Lax the browser leaves the cookie out of a form posted from another site.",
        ),
    ],
};

pub(super) const SIBLING: Trick = Trick {
    path: "/csrf-sibling",
    title: "A forged form on a sibling",
    description: "The same form on another host of the portal's site, where SameSite has no say.",
    role: AttackerRole::Sibling,
    stopped_by: &[
        (
            Name::CsrfToken,
            "The form lacks the token, which only the portal's own pages hold.",
        ),
        (
            Name::RequestOrigin,
            "The portal also treats a request from another host of its site as a foreign one.",
        ),
    ],
};

/// After two minutes Chromium no longer sends a cookie without SameSite along. Ten seconds are left
/// for reading the page.
const STILL_FRESH: Duration = Duration::from_secs(110);

/// How far back the journal is read for the victim's sign-in.
const EVENTS: usize = 500;

#[derive(Serialize)]
struct FormPage {
    auto: bool,
    cookie_age: Option<String>,
    too_old: bool,
}

#[get("/csrf-form?<variant>&<go>")]
async fn show(
    context: &RequestContext,
    variant: Option<&str>,
    go: Option<&str>,
) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    form(&scene, go).await
}

#[get("/csrf-sibling?<variant>&<go>")]
async fn sibling(
    context: &RequestContext,
    variant: Option<&str>,
    go: Option<&str>,
) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &SIBLING, variant)?;
    scene.come_as_the_portal_does()?;
    form(&scene, go).await
}

async fn form(scene: &Scene<'_>, go: Option<&str>) -> Result<Template, Interrupted> {
    let context = scene.context;
    let age = cookie_age(context, scene.variant).await?;
    let page = FormPage {
        auto: go == Some("1"),
        cookie_age: age.map(span),
        too_old: age.is_some_and(|age| age > STILL_FRESH),
    };
    Ok(scene.show("pages/attacker/csrf_form.html", page))
}

/// How long the session cookie of the browser that signed in last has had its value, as far as the
/// journal tells. A sign-in without rotation keeps the value that the anonymous session had, and
/// setting the same value again does not make a cookie younger.
async fn cookie_age(
    context: &RequestContext,
    variant: Variant,
) -> Result<Option<Duration>, StorageError> {
    let events = context.bench.recent_events(EVENTS).await?;
    let here = |event: &&Event| event.variant == Some(variant);
    let signed_in = events.iter().rev().filter(here).find_map(|event| {
        let EventKind::SignedIn { session, .. } = &event.what else {
            return None;
        };
        (event.client == ClientKind::Browser).then_some(session)
    });
    let Some(session) = signed_in else {
        return Ok(None);
    };
    let first = events
        .iter()
        .filter(here)
        .find(|event| began(&event.what) == Some(session));
    let now = context.now.seconds();
    Ok(first.map(|event| Duration::from_secs(now.saturating_sub(event.at.seconds()))))
}

/// The session whose cookie got its value by this event.
const fn began(what: &EventKind) -> Option<&Fingerprint> {
    match what {
        EventKind::SessionOpened { session, .. } | EventKind::SignedIn { session, .. } => {
            Some(session)
        }
        _ => None,
    }
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, sibling]
}
