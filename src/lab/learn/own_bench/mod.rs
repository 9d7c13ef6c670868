//! One's own bench in a class: getting one, opening it with a link that works once, and the keys of its
//! browsers and terminals. On a student's own computer none of these pages exist: nobody is asked there.
//!
//! 1. `/join` makes a bench with a name that nobody guesses, and shows a link to it.
//! 2. `/open` is where that link leads: one button, which exchanges the link for a key. Opening the page
//!    changes nothing, because programs that look at links before people do would use the link up.
//! 3. `/bench` gives a link or a line for one more browser or terminal, and ends what is lost.
//!
//! The key is a cookie: `src/web/bench_control.rs`. Read `session::bench::owners` first.

mod join;
mod manage;
mod open;

use rocket::Route;
use rocket::request::{FromRequest, Outcome, Request};

use crate::web::context::{RequestContext, fail};
use crate::web::problem::Problem;

/// The request of a class. The pages with this guard do not exist on a student's own computer.
pub(in crate::lab) struct InClass;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for InClass {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match RequestContext::of(request) {
            Some(context) if context.addresses.is_class() => Outcome::Success(Self),
            Some(context) => fail(context, Problem::not_found()),
            None => Outcome::Error((rocket::http::Status::NotFound, ())),
        }
    }
}

pub(super) fn routes() -> Vec<Route> {
    [join::routes(), open::routes(), manage::routes()].concat()
}
