//! The portal: the small web application that students attack and defend. It is written once.
//!
//! No handler here knows which variant it serves. Where a defence matters, the handler asks the
//! policy and a file in [`crate::defences`] answers. Read `login.rs` first.

mod admin;
mod api;
mod board;
mod cookies;
mod dashboard;
mod home;
pub(crate) mod jwt;
mod login;
mod logout;
pub mod measure;
mod password;
mod preferences;
mod sessions;
mod sign_in;
mod stop;
mod transfer;
mod visitor;

use rocket::Route;

pub use stop::Stop;
pub use visitor::Visitor;

/// The portal's routes, to be mounted at `/portal`.
pub fn routes() -> Vec<Route> {
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
