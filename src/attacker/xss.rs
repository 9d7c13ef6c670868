//! Scripts to plant on the portal's notice board: two that steal the cookie, one that steals tokens,
//! and one that does without either.

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::page::Scene;
use super::{AttackerRole, Trick};
use crate::attacks::payloads;
use crate::defences::policy::Name;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;

pub(super) const TRICK: Trick = Trick {
    path: "/xss",
    title: "Scripts for the notice board",
    description: "Notices that run as scripts in the victim's browser: they steal the cookie or the tokens, or ride the session.",
    role: AttackerRole::Attacker,
    stopped_by: &[
        (
            Name::Output,
            "The board shows a notice as the text that it is, so there is no script.",
        ),
        (
            Name::Csp,
            "The browser runs only scripts with this page's nonce, and sends nothing to other sites.",
        ),
        (
            Name::HttpOnly,
            "The script runs but finds no session cookie. It stops the first two payloads only.",
        ),
        (
            Name::TokenStorage,
            "The script runs but finds no token in localStorage. It stops the third payload only.",
        ),
    ],
};

#[derive(Serialize)]
struct Payload {
    id: &'static str,
    title: &'static str,
    description: &'static str,
    text: String,
}

#[derive(Serialize)]
struct XssPage {
    payloads: [Payload; 4],
}

fn payloads(catcher: &str) -> [Payload; 4] {
    [
        Payload {
            id: "steal",
            title: "Steal the cookie",
            description: "Loads an image whose address carries document.cookie to the attacker.",
            text: payloads::steal_cookie(catcher),
        },
        Payload {
            id: "handler",
            title: "The same without a script tag",
            description: "A broken image runs its error handler. Filtering script tags is no defence.",
            text: payloads::steal_cookie_by_handler(catcher),
        },
        Payload {
            id: "storage",
            title: "Steal the tokens",
            description: "Sends everything in localStorage. On the insecure portal the page for tokens keeps \
                   both of its tokens there, and every page of the origin reads the same storage.",
            text: payloads::steal_storage(catcher),
        },
        Payload {
            id: "ride",
            title: "Ride the session",
            description: "Sends the transfer from the victim's own page. It needs no cookie to read, and it \
                   takes the CSRF token from the page.",
            text: payloads::ride_session(),
        },
    ]
}

#[get("/xss?<variant>")]
fn show(context: &RequestContext, variant: Option<&str>) -> Result<Template, Interrupted> {
    let scene = Scene::open(context, &TRICK, variant)?;
    let page = XssPage {
        payloads: payloads(&scene.catcher()),
    };
    Ok(scene.show("pages/attacker/xss.html", page))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}
