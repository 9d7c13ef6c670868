//! How a handler ends before its page: with a redirect, or with a problem.

use rocket::Responder;
use rocket::response::Redirect;

use crate::storage::StorageError;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// An answer instead of the page.
#[derive(Responder)]
pub enum Reply {
    /// 303: the page is elsewhere.
    Redirect(Box<Redirect>),
    /// Something is wrong.
    Problem(Box<Problem>),
}

impl Reply {
    /// Sends the visitor to another page of the same variant.
    pub fn redirect(context: &RequestContext, path: &str) -> Self {
        Reply::Redirect(Box::new(Redirect::to(format!("{}{path}", context.base()))))
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        Reply::Problem(Box::new(problem))
    }
}

impl From<StorageError> for Reply {
    fn from(error: StorageError) -> Self {
        Problem::from(error).into()
    }
}
