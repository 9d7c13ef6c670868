//! The dashboard: what a signed-in user sees, with the time that their session has left.

use std::time::Duration;

use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::Visitor;
use crate::base::addresses::Listener;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;

/// The page's template.
pub(super) const TEMPLATE: &str = "pages/portal/dashboard.html";
/// The page's title.
pub(super) const TITLE: &str = "Dashboard";
/// From how many seconds before the end on the page warns.
pub(super) const WARN_SECONDS: u64 = 60;

/// The longest receiver that a link may fill in, in bytes; the page stays small.
const LONGEST_NAME: usize = 40;

/// What the template is given besides what all pages share.
#[derive(Serialize)]
pub(super) struct DashboardPage<'p> {
    pub(super) balance: u64,
    pub(super) idle_seconds: Option<u64>,
    pub(super) absolute_seconds: Option<u64>,
    pub(super) warn_seconds: u64,
    pub(super) get_transfer: bool,
    pub(super) last: Option<&'p str>,
    pub(super) to: Option<&'p str>,
    pub(super) amount: Option<u64>,
    /// The address of this page for another device.
    pub(super) device: Option<String>,
    /// A partner's site, which belongs to the attacker.
    pub(super) partner: String,
}

/// `to` and `amount` fill the transfer form in, as a payment link does. Nothing moves until somebody
/// presses the button, which is what clickjacking is after.
#[get("/dashboard?<sent>&<to>&<amount>")]
async fn dashboard(
    visitor: Visitor<'_>,
    sent: Option<u64>,
    to: Option<&str>,
    amount: Option<u64>,
) -> Result<Template, Interrupted> {
    let account = visitor.account().await?;
    let profile = visitor.world.profile(&account.user).await?;
    let (idle, absolute) = time_left(&visitor);
    let last = sent.map(|amount| format!("You sent {amount}."));
    let page = DashboardPage {
        balance: profile.map_or(0, |profile| profile.balance),
        idle_seconds: idle.map(|left| left.as_secs()),
        absolute_seconds: absolute.map(|left| left.as_secs()),
        warn_seconds: WARN_SECONDS,
        get_transfer: visitor.world.probe.safe_methods().allows_get(),
        last: last.as_deref(),
        to: to.filter(|to| to.len() <= LONGEST_NAME),
        amount,
        device: device(&visitor),
        partner: partner(visitor.context),
    };
    let role = Some(visitor.role(&account));
    Ok(visitor.page(TEMPLATE, TITLE, role, page))
}

/// Where the portal carries ids in addresses, this is the one place that shows one to its owner.
fn device(visitor: &Visitor<'_>) -> Option<String> {
    let id = visitor.session.as_ref()?.id.expose();
    let page = format!("{}/dashboard", visitor.context.base());
    visitor.world.probe.carrier().address(&page, id)
}

/// The address of the partner's page about this variant.
pub(super) fn partner(context: &RequestContext) -> String {
    let origin = context.addresses.origin(Listener::Attacker);
    let bench = context.bench.name().prefix();
    let variant = context
        .variant
        .as_ref()
        .map(|(variant, _)| variant.to_string());
    format!(
        "{origin}{bench}/partner?variant={}",
        variant.unwrap_or_default()
    )
}

/// What is left of the idle and of the absolute limit after this request.
fn time_left(visitor: &Visitor<'_>) -> (Option<Duration>, Option<Duration>) {
    let world = &visitor.world;
    match &visitor.session {
        Some(session) => session.record.time_left(world.probe, world.now, world.now),
        None => (None, None),
    }
}

pub(super) fn routes() -> Vec<Route> {
    routes![dashboard]
}
