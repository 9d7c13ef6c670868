//! The attacker's own site, and the sibling of the portal that the attacker controls.
//!
//! One site plays two roles, told apart by the host name in the request: at `127.0.0.1` and
//! `evil.localhost` a browser takes it for another *site* than the portal, at
//! `notes.portal.localhost` for another host of the same site as `portal.localhost`. Each page is one
//! trick, with the attack's own form or script, and says what stops it. Read `csrf_form` first;
//! `collect` is where stolen things arrive, `loot` shows them. [`sniffing_proxy`] is the café.

mod arrived;
mod collect;
mod cors;
mod csrf_form;
mod csrf_link;
mod fixation;
mod frame;
mod jwks;
mod login_csrf;
mod loot;
mod overflow;
mod page;
mod partner;
mod plant;
mod shared_computer;
pub mod sniffing_proxy;
mod start;
mod stolen;
mod thief;
mod tossing;
mod xss;

use rocket::{Build, Rocket, Route, get, routes};

use crate::client::LabClient;
use crate::defences::policy::Name;
use crate::same_site;
use crate::web::context::RequestContext;

/// What the attacker's site is to the portal, by the name under which it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttackerRole {
    /// Another site.
    Attacker,
    /// Another host of the portal's own site.
    Sibling,
}

impl AttackerRole {
    /// The role that a request asks for.
    pub fn of(context: &RequestContext) -> Self {
        if context.addresses.is_sibling(&context.host_name) {
            AttackerRole::Sibling
        } else {
            AttackerRole::Attacker
        }
    }

    const fn name(self) -> &'static str {
        match self {
            AttackerRole::Attacker => "attacker",
            AttackerRole::Sibling => "sibling",
        }
    }
}

/// One trick of the attacker: a page.
#[derive(Debug)]
pub struct Trick {
    pub path: &'static str,
    /// Its name.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub description: &'static str,
    /// From where it works.
    pub role: AttackerRole,
    /// What stops it, and how, in a sentence each.
    pub stopped_by: &'static [(Name, &'static str)],
}

/// Every trick, in the order of the course.
pub const TRICKS: &[&Trick] = &[
    &csrf_form::TRICK,
    &csrf_link::TRICK,
    &login_csrf::TRICK,
    &xss::TRICK,
    &frame::CROSS_SITE,
    &partner::TRICK,
    &shared_computer::RESTART,
    &shared_computer::BACK,
    &shared_computer::LEFT_BEHIND,
    &tossing::TRICK,
    &fixation::TRICK,
    &csrf_form::SIBLING,
    &frame::SIBLING,
    &overflow::TRICK,
    &cors::TRICK,
];

#[get("/healthz")]
const fn healthz() -> &'static str {
    "ok\n"
}

fn routes() -> Vec<Route> {
    [
        routes![healthz],
        start::routes(),
        arrived::routes(),
        loot::routes(),
        collect::routes(),
        csrf_form::routes(),
        csrf_link::routes(),
        login_csrf::routes(),
        xss::routes(),
        tossing::routes(),
        fixation::routes(),
        frame::routes(),
        jwks::routes(),
        partner::routes(),
        shared_computer::routes(),
        overflow::routes(),
        same_site::attacker_routes(),
        cors::routes(),
    ]
    .concat()
}

/// Mounts the attacker's site. Its pages act on the portal through `client`.
pub fn mount(rocket: Rocket<Build>, client: LabClient) -> Rocket<Build> {
    rocket
        .manage(client)
        .manage(loot::LastThefts::default())
        .mount("/", routes())
}
