//! The dashboard: what a signed-in user sees, with the time that their session has left.

use futures::future::try_join;
use rocket::{Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::Visitor;
use super::refill::Refill;
use crate::base::addresses::Listener;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;

/// The page's template.
pub(super) const TEMPLATE: &str = "pages/portal/dashboard.html";
/// The page's title.
pub(super) const TITLE: &str = "Dashboard";

/// The longest receiver that a link may fill in, in bytes; the page stays small.
const LONGEST_NAME: usize = 40;

/// What the template is given besides what all pages share.
#[derive(Serialize)]
pub(super) struct DashboardPage<'p> {
    pub(super) balance: u64,
    pub(super) get_transfer: bool,
    pub(super) last: Option<&'p str>,
    pub(super) refill: Refill,
    /// The address of this page for another device.
    pub(super) device: Option<String>,
    /// A partner's site, which belongs to the attacker.
    pub(super) partner: String,
}

/// `to` and `amount` fill the transfer form in, as a payment link does. Nothing moves until somebody
/// presses the button, which is what clickjacking is after.
#[get("/dashboard?<sent>&<to>&<amount>&<draft>")]
async fn dashboard(
    visitor: Visitor<'_>,
    sent: Option<u64>,
    to: Option<&str>,
    amount: Option<u64>,
    draft: Option<&str>,
) -> Result<Template, Interrupted> {
    let mut refill = visitor.refill("/dashboard", draft);
    if let Some(to) = to.filter(|to| to.len() <= LONGEST_NAME) {
        refill = refill.with("to", to);
    }
    if let Some(amount) = amount {
        refill = refill.with("amount", &amount.to_string());
    }
    let last = sent.map(|amount| format!("You sent {amount}."));
    show(&visitor, last.as_deref(), refill).await
}

/// The dashboard, with what its forms show again.
pub(super) async fn show(
    visitor: &Visitor<'_>,
    last: Option<&str>,
    refill: Refill,
) -> Result<Template, Interrupted> {
    let profile = async {
        match visitor.user() {
            Some(user) => Ok(visitor.world.profile(user).await?),
            None => Ok::<_, Interrupted>(None),
        }
    };
    // Redis answers both at once.
    let (account, profile) = try_join(visitor.account(), profile).await?;
    let title = refill.title(TITLE);
    let page = DashboardPage {
        balance: profile.map_or(0, |profile| profile.balance),
        get_transfer: visitor.world.probe.safe_methods().allows_get(),
        last,
        refill,
        device: device(visitor),
        partner: partner(visitor.context),
    };
    let role = Some(visitor.role(&account));
    Ok(visitor.page(TEMPLATE, &title, role, page))
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

pub(super) fn routes() -> Vec<Route> {
    routes![dashboard]
}
