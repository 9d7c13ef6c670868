//! The page that uses the token, as a single-page application would: `static/js/jwt.js` signs in,
//! keeps the token where `token-storage` says, and asks for the profile.

use rocket::http::Status;
use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::Bearer;
use super::bearer::query_token;
use crate::defences::facts::Refusal;
use crate::defences::policy::Name;
use crate::portal::Visitor;
use crate::session::cookie;
use crate::web::problem::Problem;

#[derive(Serialize)]
struct TokenPage {
    /// `localStorage` or `memory`.
    storage: &'static str,
    /// The name of the item in `localStorage`.
    item: String,
    /// Whether the page can be opened by an address with a token.
    opens_by_address: bool,
    /// Whose token is in the address.
    by_address: Option<String>,
}

/// An address with a token opens the page for the token's user, where `jwt-transport` takes it.
#[get("/jwt")]
async fn show(visitor: Visitor<'_>, bearer: Result<Bearer<'_>, ()>) -> Result<Template, Problem> {
    let (context, world) = (visitor.context, &visitor.world);
    let problem = context.take_problem();
    let transport = world.probe.jwt_transport();
    let mut by_address = None;
    if query_token(&context.target).is_some() {
        if !transport.accepts_page_address() {
            let (defence, because) = (Name::JwtTransport, "A token does not belong in an address.");
            visitor.refused(defence, because).await?;
            let refusal = Refusal { defence, because };
            let next = "Treat this token as known to others: sign in again, on the page.";
            return Err(Problem::refused(Status::BadRequest, refusal, next));
        }
        match bearer {
            Ok(bearer) => by_address = Some(bearer.claims.sub),
            Err(()) => return Err(problem.unwrap_or_else(Problem::not_found)),
        }
    }
    let page = TokenPage {
        storage: world.probe.token_storage().access_token_location(),
        item: cookie::plain_name("jwt", world.variant, world.bench.name()),
        opens_by_address: transport.accepts_page_address(),
        by_address,
    };
    let title = "Signing in with a token";
    Ok(visitor.page("pages/portal/jwt.html", title, None, page))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}
