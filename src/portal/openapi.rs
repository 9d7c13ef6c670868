//! `/openapi.json`: the portal's JSON routes and its API for tokens, described in OpenAPI 3.1.
//!
//! Postman, Bruno and Insomnia import it. Each variant has its own: the address, the name of the
//! session's cookie and the CSRF token are those of the variant's policy. A test compares it with the
//! routes that are mounted, and the tests' own client compares each answer with it.

use rocket::http::Method;
use rocket::serde::json::Json;
use rocket::{Route, get, routes};

use super::{admin, api, cookies, jwt};
use crate::session::cookie;
use crate::web::context::RequestContext;
use crate::web::openapi::shape::Shape;
use crate::web::openapi::{ApiDescription, ApiFacts, ApiRoute};
use crate::web::problem::Problem;

/// Every route of the portal that takes or answers JSON.
fn described() -> Vec<ApiRoute> {
    let own = ApiRoute::new(Method::Get, "/openapi.json", "describe", "This description").answers(
        "The description of this variant's API.",
        Shape::any_object("A document in OpenAPI 3.1."),
    );
    [
        api::described(),
        admin::described(),
        cookies::described(),
        jwt::described(),
        vec![own],
    ]
    .concat()
}

#[get("/openapi.json")]
fn describe(context: &RequestContext) -> Result<Json<ApiDescription>, Problem> {
    let world = context.world().ok_or_else(Problem::not_found)?;
    // Nothing is decided here, so no defence counts as asked.
    let probe = world.probe.untracked();
    let token = probe.csrf_token().issue(&world.csrf_key(), Some(""));
    let facts = ApiFacts {
        description: format!(
            "The JSON routes of the variant {}. It is vulnerable on purpose: use it in the lab only.",
            world.variant
        ),
        server: format!("{}{}", context.origin(), context.base()),
        session_cookie: cookie::name(&probe, world.variant, world.bench.name()),
        csrf_token: token.is_some(),
    };
    Ok(Json(ApiDescription::new(facts, described())))
}

pub(super) fn routes() -> Vec<Route> {
    routes![describe]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::web::known_addresses::{ErrorFormat, of_variant};

    fn mounted() -> BTreeSet<(&'static str, String)> {
        let path = |route: &Route| route.uri.path().replace('<', "{").replace('>', "}");
        let all = super::super::routes();
        all.iter()
            .map(|route| (route.method.as_str(), path(route)))
            .collect()
    }

    fn addresses() -> BTreeSet<(&'static str, String)> {
        let all = described();
        let address = |route: &ApiRoute| {
            let (method, path) = route.address();
            (method.as_str(), path.to_owned())
        };
        all.iter().map(address).collect()
    }

    #[test]
    fn every_route_that_is_described_is_mounted_and_is_described_once() {
        let (described, mounted) = (addresses(), mounted());
        assert_eq!(described.len(), super::described().len());
        let missing: Vec<_> = described.difference(&mounted).collect();
        assert_eq!(missing, [] as [&(&str, String); 0]);
    }

    #[test]
    fn every_route_that_answers_errors_in_json_is_described() {
        let described = addresses();
        let json = mounted().into_iter().filter(|(_, path)| {
            let row = of_variant(path);
            row.errors == ErrorFormat::Json
        });
        for address in json {
            assert!(described.contains(&address), "{address:?} is not described");
        }
    }
}
