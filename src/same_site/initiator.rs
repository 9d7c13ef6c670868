//! The page from which a step asks the portal: the same on the portal's own origin, on its sibling
//! and on another site. A script performs the step by itself, as a hostile page would; without it
//! the student presses the button.

use rocket::http::Header;
use rocket::response::Redirect;
use rocket::{Either, Route, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::{Initiator, WalkStep, Way, portal, test_cookies};
use crate::base::addresses::Site;
use crate::web::context::RequestContext;
use crate::web::page::Frame;
use crate::web::problem::Problem;
use crate::web::with_cookies::WithHeaders;

#[derive(Serialize)]
struct WayView {
    slug: &'static str,
    /// Where its request goes.
    url: String,
}

#[derive(Serialize)]
struct InitiatorPage {
    frame: Frame,
    from: &'static str,
    fetch_site: &'static str,
    portal: String,
    ways: Vec<WayView>,
    /// The fields of a form that is sent with GET.
    action: String,
    step: u8,
    once: bool,
    /// Where the walk goes on, after a step that leaves the page where it is.
    next: Option<String>,
}

/// Which initiator the host of a request is.
fn initiator_of(context: &RequestContext) -> Option<Initiator> {
    let (addresses, name) = (&context.addresses, &context.host_name);
    match context.listener.site() {
        Site::Portal if addresses.is_beside_sibling(name) => Some(Initiator::SameOrigin),
        Site::Attacker if addresses.is_sibling(name) => Some(Initiator::Sibling),
        Site::Attacker => Some(Initiator::CrossSite),
        Site::Portal | Site::Lab => None,
    }
}

#[get("/same-site/from?<step>&<once>")]
fn from(
    context: &RequestContext,
    step: Option<u8>,
    once: Option<&str>,
) -> Result<Either<Redirect, WithHeaders<Template>>, Problem> {
    let step = test_cookies::known(step)?;
    let once = once == Some("1");
    let (addresses, bench) = (&*context.addresses, context.bench.name());
    if initiator_of(context) != Some(step.initiator()) {
        let there = step.address(addresses, bench, once);
        return Ok(Either::Left(Redirect::to(there)));
    }
    let way_view = |way: &Way| WayView {
        slug: way.slug(),
        url: match way {
            Way::Redirect => {
                format!("{}/same-site/redirect?{}", context.base(), step.query(once))
            }
            way => arrival(context, step, *way, once),
        },
    };
    let leaves_page = !step.ways().contains(&Way::Image);
    let page = InitiatorPage {
        frame: Frame::at(context, "SameSite, measured"),
        from: step.initiator().slug(),
        fetch_site: step.initiator().fetch_site(),
        portal: portal(addresses),
        ways: step.ways().iter().map(way_view).collect(),
        action: format!("{}{}/same-site/arrive", portal(addresses), context.base()),
        step: step.number(),
        once,
        next: (!leaves_page).then(|| step.after(addresses, bench, once)),
    };
    let policy = Header::new("content-security-policy", policy(context));
    let page = Template::render("pages/same_site.html", page);
    Ok(Either::Right(WithHeaders::new(page, [policy])))
}

/// The initiator's own address that redirects to the portal.
#[get("/same-site/redirect?<step>&<once>")]
fn redirect(
    context: &RequestContext,
    step: Option<u8>,
    once: Option<&str>,
) -> Result<Redirect, Problem> {
    let step = test_cookies::known(step)?;
    let to = arrival(context, step, Way::Redirect, once == Some("1"));
    Ok(Redirect::to(to))
}

fn arrival(context: &RequestContext, step: WalkStep, way: Way, once: bool) -> String {
    let portal = portal(&context.addresses);
    let (base, query) = (context.base(), step.query(once));
    format!("{portal}{base}/same-site/arrive?{query}&how={}", way.slug())
}

/// Images, frames, scripts' requests and forms lead to the portal. A form's redirects lead on to the
/// next step and at the end to the lab's page: browsers also check those.
fn policy(context: &RequestContext) -> String {
    let addresses = &context.addresses;
    let portal = portal(addresses);
    let hosts = Initiator::ALL.map(|initiator| initiator.origin(addresses));
    let forms = hosts.join(" ");
    let lab = addresses.lab_page(context.bench.name(), "/same-site");
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {portal}; \
         font-src 'self'; connect-src 'self' {portal}; frame-src {portal}; form-action {forms} {lab}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

pub(super) fn routes() -> Vec<Route> {
    routes![from, redirect]
}
