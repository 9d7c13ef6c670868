//! How a page's handler ends before its page: the visitor is sent elsewhere, or something is wrong.
//!
//! Most handlers can only fail, so their error is a [`Problem`]. [`Interrupted`] is for those that
//! may send the visitor elsewhere first, as a page of the portal does where nobody is signed in.

use rocket::Responder;
use rocket::response::Redirect;

use super::problem::Problem;
use crate::storage::StorageError;

/// What is answered instead of the page.
#[derive(Debug, Responder)]
pub enum Interrupted {
    /// 303: the visitor must go to another page first.
    Elsewhere(Box<Redirect>),
    /// Something is wrong.
    Problem(Box<Problem>),
}

impl From<Redirect> for Interrupted {
    fn from(redirect: Redirect) -> Self {
        Interrupted::Elsewhere(Box::new(redirect))
    }
}

impl From<Problem> for Interrupted {
    fn from(problem: Problem) -> Self {
        Interrupted::Problem(Box::new(problem))
    }
}

impl From<StorageError> for Interrupted {
    fn from(error: StorageError) -> Self {
        Problem::from(error).into()
    }
}
