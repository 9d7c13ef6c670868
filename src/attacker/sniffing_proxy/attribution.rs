//! Tells the café's record whose a connection is.
//!
//! Nobody on the way can read the bench of a connection over TLS. The portal at its end can: it sees the
//! requests. A student is shown only what this fairing has noted, so no one is shown a neighbour's.

use std::sync::Arc;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Request, Response};

use super::capture::Captures;
use crate::web::context::RequestContext;

/// Notes the bench of each request that came through the café.
#[derive(Debug)]
pub struct CafeAttribution(pub Arc<Captures>);

#[rocket::async_trait]
impl Fairing for CafeAttribution {
    fn info(&self) -> Info {
        Info {
            name: "whose connection it is",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, _: &mut Response<'r>) {
        let Some(context) = RequestContext::of(request) else {
            return;
        };
        if let (true, Some(from)) = (context.through_cafe, context.remote) {
            self.0.asked_for(from, context.bench.name());
        }
    }
}
