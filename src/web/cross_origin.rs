//! Carries out the defence `cors` on the portal's JSON API: the headers of an answer that another
//! origin may read, and the answer to a browser's question beforehand, the preflight.
//!
//! It runs when the answer is ready, as the middleware of many frameworks does. The checks of the
//! request are made before it and are no business of its.

use rocket::http::{Method, Status};
use rocket::{Request, Response};

use super::context::RequestContext;
use crate::defences::PolicyProbe;

/// Where the JSON API is, once bench and variant are off the path.
const API: &str = "/portal/api/";

/// Adds what the policy says to an answer of the API.
pub fn answer(
    context: &RequestContext,
    probe: &PolicyProbe,
    request: &Request<'_>,
    response: &mut Response<'_>,
) {
    if !request.uri().path().starts_with(API) {
        return;
    }
    let cors = probe.cors();
    if cors.varies() {
        response.adjoin_raw_header("vary", "Origin");
    }
    let own = context.origin();
    let Some(origin) = cors.permits(&context.facts(request, &own)) else {
        return;
    };
    response.set_raw_header("access-control-allow-origin", origin.to_owned());
    response.set_raw_header("access-control-allow-credentials", "true");
    if is_preflight(request) {
        response.set_status(Status::NoContent);
        response.remove_header("content-type");
        response.remove_header("allow");
        drop(response.body_mut().take());
        for (name, value) in cors.preflight() {
            response.set_raw_header(name, value);
        }
    }
}

/// Whether a browser asks before it sends what the page wants to send.
fn is_preflight(request: &Request<'_>) -> bool {
    let asks = |name| request.headers().contains(name);
    request.method() == Method::Options && asks("access-control-request-method")
}
