//! The cookie that holds the refresh token, where `token-storage` keeps it from the page's script.

use rocket::request::{FromRequest, Outcome, Request};

use crate::base::set_cookie::SetCookie;
use crate::jwt::issue::REFRESH_LIFETIME;
use crate::session::cookie;
use crate::session::world::World;
use crate::web::context::RequestContext;

/// The cookie's name. It always has the prefix: the cookie exists on the strong arm only.
fn name(world: &World<'_>) -> String {
    let plain = cookie::plain_name("refresh", world.variant, world.bench.name());
    format!("__Host-{plain}")
}

/// The cookie that gives the refresh token to the browser.
pub(super) fn set(world: &World<'_>, token: &str) -> SetCookie {
    line(world, token, REFRESH_LIFETIME.as_secs())
}

/// Its removal, which repeats the attributes that a browser asks for.
pub(super) fn remove(world: &World<'_>) -> SetCookie {
    line(world, "", 0)
}

fn line(world: &World<'_>, value: &str, max_age: u64) -> SetCookie {
    let max_age = format!("Max-Age={max_age}");
    // `Strict`, because no link ever leads to a refresh.
    let attributes = ["Path=/", &max_age, "Secure", "HttpOnly", "SameSite=Strict"];
    SetCookie::new(&name(world), value, &attributes)
}

/// What a request to refresh carries beside its body.
#[derive(Debug)]
pub(super) struct RefreshCookie {
    /// The refresh token in the cookie.
    pub token: Option<String>,
    /// What `token-storage` says of where the request comes from.
    pub origin: Result<(), &'static str>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for RefreshCookie {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let Some(context) = RequestContext::of(request) else {
            return Outcome::Forward(rocket::http::Status::NotFound);
        };
        let Some(world) = context.world() else {
            return Outcome::Forward(rocket::http::Status::NotFound);
        };
        let values = cookie::values(request.headers().get("cookie"), &name(&world));
        let own = context.origin();
        let facts = context.facts(request, &own);
        Outcome::Success(Self {
            // Two cookies of the name cannot be told apart; the prefix lets no sibling set one.
            token: values.first().map(|token| (*token).to_owned()),
            origin: world.probe.token_storage().check_origin(&facts),
        })
    }
}
