//! What the portal really received: the last requests of a variant, each with its session cookie or
//! without one, and with what the browser said about where the request came from.
//!
//! A page of the attacker cannot read the answers of another site. This list shows the student on
//! the trick's own page what the trick did. Next: `bench::wire`, which keeps the requests.

use std::sync::Arc;

use rocket::serde::json::Json;
use rocket::{Route, get, routes};
use serde::Serialize;

use crate::base::event::ClientKind;
use crate::defences::policy::Variant;
use crate::session::bench::Bench;
use crate::session::bench::wire::Exchange;
use crate::web::context::RequestContext;
use crate::web::known_addresses::is_automatic;
use crate::web::problem::Problem;
use crate::web::visible_time::time_of_day;

/// How many requests a page shows.
pub(super) const SHOWN: usize = 6;

/// A request that the portal received, as the page shows it.
#[derive(Debug, Serialize)]
pub(super) struct ArrivedRequest {
    time: String,
    by: &'static str,
    /// What the sender proves nothing about, where that has to be said.
    but: Option<&'static str>,
    line: String,
    status: u16,
    /// `present`, `withheld` or `none`.
    cookie: &'static str,
    /// `cross-site` or `same-site`, where a browser says that another site or host caused it.
    from: Option<&'static str>,
    fields: [(&'static str, Option<String>); 5],
}

/// The last requests of a variant on a bench, newest first.
pub(super) fn at(bench: &Bench, variant: Variant) -> Vec<ArrivedRequest> {
    let mut all = bench.wire().all_of(variant);
    let has_one = |one: &&Arc<Exchange>| one.client == ClientKind::Browser && one.session_cookie;
    // A cookie belongs to one host, whatever the port.
    let hosts: Vec<String> = all.iter().filter(has_one).map(|one| host(one)).collect();
    // The dashboard's countdown asks every five seconds and would push out all others.
    all.retain(|one| !asks_by_itself(&one.line));
    all.truncate(SHOWN);
    all.iter()
        .map(|one| ArrivedRequest::new(one, hosts.contains(&host(one))))
        .collect()
}

/// Whether an open page sent a request by itself. `line` is its method and target.
fn asks_by_itself(line: &str) -> bool {
    line.split(' ').nth(1).is_some_and(is_automatic)
}

/// The name that a request was sent to, without the port.
fn host(one: &Exchange) -> String {
    let host = one.request_header("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.to_owned()
}

impl ArrivedRequest {
    fn new(one: &Exchange, browser_has_one: bool) -> Self {
        let field = |name| one.request_header(name).map(str::to_owned);
        let from = match one.request_header("sec-fetch-site") {
            Some("cross-site") => Some("cross-site"),
            Some("same-site") => Some("same-site"),
            _ => None,
        };
        let (by, but) = sender(one);
        Self {
            time: time_of_day(one.at),
            by,
            but,
            status: one.status,
            cookie: match (one.session_cookie, from) {
                (true, _) => "present",
                // Only of a cookie that it has can it be said that the browser held it back.
                (false, Some(_)) if browser_has_one && one.client == ClientKind::Browser => {
                    "withheld"
                }
                (false, _) => "none",
            },
            from,
            line: one.line.clone(),
            fields: [
                ("Origin", field("origin")),
                ("Referer", field("referer")),
                ("Sec-Fetch-Site", field("sec-fetch-site")),
                ("Sec-Fetch-Mode", field("sec-fetch-mode")),
                ("Sec-Fetch-Dest", field("sec-fetch-dest")),
            ],
        }
    }
}

/// What kind of client sent a request, and what that does not prove.
fn sender(one: &Exchange) -> (&'static str, Option<&'static str>) {
    match one.client {
        ClientKind::Browser if one.request_header("sec-fetch-site").is_none() => (
            "says it is a browser",
            Some(
                "It sent no Sec-Fetch-Site, as today's browsers do here: an old browser, or a \
                 program under a browser's name.",
            ),
        ),
        ClientKind::Browser => ("a browser", None),
        ClientKind::Curl => (
            "typed with curl",
            Some("curl knows nothing of SameSite, so this proves nothing about a browser."),
        ),
        ClientKind::PowerShell => (
            "typed with PowerShell",
            Some("PowerShell knows nothing of SameSite, so this proves nothing about a browser."),
        ),
        ClientKind::Lab => (
            "the lab itself",
            Some("Sent from the attacker's own computer, or by the lab's compare page."),
        ),
        ClientKind::Other => (
            "another program",
            Some("It is no browser, so this proves nothing about one."),
        ),
    }
}

/// The same for a page that asks each second.
#[get("/arrived?<variant>")]
fn arrived(context: &RequestContext, variant: &str) -> Result<Json<Vec<ArrivedRequest>>, Problem> {
    let found = variant.parse();
    let variant = found.map_err(|_| Problem::unknown_variant(variant))?;
    Ok(Json(at(&context.bench, variant)))
}

pub(super) fn routes() -> Vec<Route> {
    routes![arrived]
}
