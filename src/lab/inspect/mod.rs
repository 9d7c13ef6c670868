//! *Look inside*: what a request carries, what the server stores, and both policies side by side.

pub(super) mod compare;
pub(super) mod evidence;
pub(super) mod headers;
pub(super) mod jwt;
pub(super) mod own_request;
pub(super) mod redis_keys;
pub(super) mod session_files;
pub(super) mod session_timeline;
pub(super) mod stateless;
pub(super) mod wire;

use rocket::{Build, Rocket};

/// Mounts the pages of this group.
pub(super) fn mount(rocket: Rocket<Build>) -> Rocket<Build> {
    rocket
        .manage(compare::ComparedSides::default())
        .manage(stateless::StatelessRuns::default())
        .mount("/", compare::routes())
        .mount("/", evidence::routes())
        .mount("/", redis_keys::routes())
        .mount("/", session_files::routes())
        .mount("/", wire::routes())
        .mount("/", jwt::routes())
        .mount("/", stateless::routes())
}
