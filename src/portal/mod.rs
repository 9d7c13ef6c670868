//! The portal: the small web application that students attack and defend. It is written once.
//!
//! No handler here knows which variant it serves. Where a defence matters, the handler asks the
//! policy and a file in [`crate::defences`] answers. Read `login.rs` first.

mod admin;
mod api;
mod board;
pub mod body;
mod catcher;
mod client_label;
mod cookies;
mod dashboard;
mod forms;
mod home;
pub(crate) mod jwt;
mod login;
mod logout;
pub mod measure;
mod outlived;
mod password;
mod password_text;
mod preferences;
mod refill;
mod sessions;
mod sign_in;
mod transfer;
mod visitor;

use rocket::{Build, Rocket, Route};

use crate::client::LabClient;
pub use visitor::Visitor;

/// Mounts the portal at `/portal`. It fetches key sets through `client`.
pub fn mount(rocket: Rocket<Build>, client: LabClient) -> Rocket<Build> {
    rocket
        .manage(client)
        .mount("/portal", routes())
        .register("/portal", catcher::catchers())
}

fn routes() -> Vec<Route> {
    [
        home::routes(),
        login::routes(),
        dashboard::routes(),
        logout::routes(),
        board::routes(),
        transfer::routes(),
        password::routes(),
        sessions::routes(),
        preferences::routes(),
        cookies::routes(),
        api::routes(),
        admin::routes(),
        jwt::routes(),
    ]
    .concat()
}
