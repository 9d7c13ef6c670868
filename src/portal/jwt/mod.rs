//! The portal's API for tokens: sign in with JSON, ask with a bearer token, refresh, sign out.
//!
//! Read `login.rs`, then `bearer.rs`: the guard that lets a request in by its token. What a token is
//! and how it is verified is in [`crate::jwt`]; what decides is in [`crate::defences`].

mod bearer;
mod cookie;
mod fetch;
mod keys;
mod login;
mod logout;
mod page;
mod partner;
mod profile;
mod refresh;

use rocket::Route;
use rocket::http::Header;

use crate::base::addresses::Listener;
use crate::jwt::TokenNames;
use crate::web::context::RequestContext;
use crate::web::openapi::ApiRoute;
use crate::web::with_cookies::WithHeaders;

pub use bearer::Bearer;
pub(crate) use fetch::key_set;

/// The names in the tokens of this bench and variant. They do not depend on the address of a
/// request: a token that was issued over TLS is the same on an unencrypted connection.
fn names(context: &RequestContext) -> TokenNames {
    let origin = context.addresses.origin(Listener::PortalHttps);
    TokenNames::of(format!("{origin}{}", context.base()))
}

/// Keeps an answer that holds a token out of every cache (RFC 6749 §5.1), also where the defence
/// `no-store` is weak: it is about pages.
fn not_cached<T>(answer: T) -> WithHeaders<T> {
    WithHeaders::new(answer, [Header::new("cache-control", "no-store")])
}

/// What the routes of the API take and answer. The page that uses it is not among them.
pub(super) fn described() -> Vec<ApiRoute> {
    [
        login::described(),
        profile::described(),
        refresh::described(),
        logout::described(),
        keys::described(),
        partner::described(),
    ]
    .concat()
}

pub(super) fn routes() -> Vec<Route> {
    [
        login::routes(),
        profile::routes(),
        refresh::routes(),
        logout::routes(),
        keys::routes(),
        partner::routes(),
        page::routes(),
    ]
    .concat()
}
