//! Answers of the portal where no handler does: they also show who is signed in.

use rocket::http::Status;
use rocket::request::{FromRequest, Request};
use rocket::{Catcher, catch};

use super::visitor::PassiveVisitor;
use crate::web::context::RequestContext;
use crate::web::problem::{Problem, answer_of};

/// An address without a page, a wrong method, a handler that broke.
#[catch(default)]
async fn any(status: Status, request: &Request<'_>) -> Problem {
    let context = RequestContext::of(request);
    // A guard that left a problem has looked already.
    if let Some(left) = context.and_then(RequestContext::take_problem) {
        return left;
    }
    // The look is noted with the request, where the page finds it. If it fails, the page shows nobody,
    // and the answer is still the one to this request.
    if context.is_some_and(|context| context.signed_in().is_none()) {
        PassiveVisitor::from_request(request).await.succeeded();
    }
    // A look that fails leaves a problem of its own.
    drop(context.and_then(RequestContext::take_problem));
    answer_of(status, request)
}

/// The catchers of the portal's variants.
pub(super) fn catchers() -> Vec<Catcher> {
    rocket::catchers![any]
}
