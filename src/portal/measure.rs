//! Routes that only `benches/load` uses. They are mounted where `SESSION_LAB_MEASURE=1` is set, and
//! never beyond loopback.
//!
//! The first is the dashboard with every value fixed: the same template, the same context and the
//! same fairings, but no session is looked up and nothing is read from the store. What separates
//! its speed from the real dashboard's is what session security costs. The second signs in many
//! times through the engine, because memory and the purge are measured with 100 000 sessions.

use std::time::Duration;

use rocket::{Route, get, post, routes};
use rocket_dyn_templates::Template;

use super::dashboard::{DashboardPage, TEMPLATE, TITLE, partner};
use super::refill::Refill;
use super::visitor;
use crate::defences::facts::Role;
use crate::session::sign_in::SignInError;
use crate::web::context::RequestContext;
use crate::web::page::{Countdown, PortalView, VariantView};
use crate::web::problem::Problem;

/// Whose dashboard is shown, and who is signed in.
const USER: &str = "student123";

/// How long a token is on the real page: 32 bytes in base64url.
const FIXED_TOKEN: &str = "a-fixed-value-as-long-as-a-real-CSRF-token-";

/// As long as a real fingerprint.
const FIXED_SESSION: &str = "0123abcd";

/// The most sessions that one request opens, so that it ends within seconds.
const AT_ONCE: u32 = 10_000;

/// The dashboard of somebody who was never recognised.
#[get("/measure/dashboard")]
fn dashboard(context: &RequestContext) -> Result<Template, Problem> {
    let (variant, _) = context.variant.as_ref().ok_or_else(Problem::not_found)?;
    let portal = PortalView {
        base: context.base(),
        variant: VariantView::new(*variant, &context.moved),
        user: Some(USER.into()),
        role: Some(Role::Student.as_str()),
        csrf: Some(FIXED_TOKEN.into()),
        large_text: false,
        session: Some(FIXED_SESSION.into()),
        countdown: Some(Countdown::new((
            Some(Duration::from_secs(300)),
            Some(Duration::from_secs(3_600)),
        ))),
    };
    let page = DashboardPage {
        balance: 1_000,
        get_transfer: false,
        last: None,
        refill: Refill::default(),
        device: None,
        partner: partner(context),
    };
    Ok(visitor::render(context, TEMPLATE, TITLE, portal, page))
}

/// Signs in `count` times, as that many browsers of one user would.
#[post("/measure/sessions?<count>")]
async fn open_sessions(context: &RequestContext, count: u32) -> Result<String, Problem> {
    let world = context.world().ok_or_else(Problem::not_found)?;
    let account = world.account(USER).await?.ok_or_else(Problem::not_found)?;
    let count = count.min(AT_ONCE);
    for _ in 0..count {
        match world.sign_in(None, None, &account, "measured").await {
            Ok(_) => {}
            Err(SignInError::AccountChanged) => return Err(Problem::conflict()),
            Err(SignInError::StorageError(error)) => return Err(error.into()),
        }
    }
    Ok(format!("{count}\n"))
}

/// The routes, to be mounted beside the portal's own.
pub fn routes() -> Vec<Route> {
    routes![dashboard, open_sessions]
}
