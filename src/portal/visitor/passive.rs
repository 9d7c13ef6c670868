//! A visitor whose session is looked at without being used: for countdowns.

use rocket::request::{FromRequest, Outcome, Request};

use super::{LookCounts, Visitor, outcome};

/// A visitor whose session is looked at without being used.
#[derive(Debug)]
pub struct PassiveVisitor<'r>(pub Visitor<'r>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for PassiveVisitor<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let found = Visitor::find(request, LookCounts::AsNothing).await;
        outcome(request, found.map(PassiveVisitor))
    }
}
