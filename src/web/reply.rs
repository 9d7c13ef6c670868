//! How a handler ends before its page: with a redirect, or with a problem.

use rocket::Responder;
use rocket::response::Redirect;

use crate::storage::Unavailable;
use crate::web::place::Place;
use crate::web::problem::Problem;

/// An answer instead of the page.
#[derive(Responder)]
pub enum Stop {
    /// 303: the page is elsewhere.
    Elsewhere(Box<Redirect>),
    /// Something is wrong.
    Problem(Box<Problem>),
}

impl Stop {
    /// Sends the visitor to another page of the same variant.
    pub fn go(place: &Place, path: &str) -> Self {
        Stop::Elsewhere(Box::new(Redirect::to(format!("{}{path}", place.base()))))
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Stop::Problem(Box::new(problem))
    }
}

impl From<Unavailable> for Stop {
    fn from(error: Unavailable) -> Self {
        Problem::from(error).into()
    }
}
