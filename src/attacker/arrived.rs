//! What the portal really received: the last requests of a variant, each with the cookie that came
//! along or did not, and with what the browser said of where the request came from.
//!
//! A page of the attacker cannot read the answers of another site, so this is how a student sees on
//! the trick's own page what the trick did. Next: `bench::wire`, which keeps the requests.

use std::sync::Arc;

use rocket::serde::json::Json;
use rocket::{Route, get, routes};
use serde::Serialize;

use crate::base::event::Client;
use crate::defences::policy::Variant;
use crate::session::bench::Bench;
use crate::session::bench::wire::Exchange;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::reply::Reply;
use crate::web::visible_time::time_of_day;

/// How many requests a page shows.
pub(super) const SHOWN: usize = 6;

/// The question of the dashboard's countdown, every five seconds. It would push out all others.
const COUNTDOWN: &str = "/api/time_left";

/// A request that the portal received, as the page shows it.
#[derive(Debug, Serialize)]
pub(super) struct Arrived {
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
pub(super) fn at(bench: &Bench, variant: Variant) -> Vec<Arrived> {
    let mut all = bench.wire().all_of(variant);
    let has_one = |one: &&Arc<Exchange>| one.client == Client::Browser && one.session_cookie;
    // A cookie belongs to one host, whatever the port.
    let hosts: Vec<String> = all.iter().filter(has_one).map(|one| host(one)).collect();
    all.retain(|one| !one.line.contains(COUNTDOWN));
    all.truncate(SHOWN);
    all.iter()
        .map(|one| Arrived::new(one, hosts.contains(&host(one))))
        .collect()
}

/// The name that a request was sent to, without the port.
fn host(one: &Exchange) -> String {
    let told = one.probe("host").unwrap_or_default();
    let name = told.rsplit_once(':').map_or(told, |(name, _)| name);
    name.to_owned()
}

impl Arrived {
    fn new(one: &Exchange, browser_has_one: bool) -> Self {
        let field = |name| one.probe(name).map(str::to_owned);
        let from = match one.probe("sec-fetch-site") {
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
                (false, Some(_)) if browser_has_one && one.client == Client::Browser => "withheld",
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

/// Who sent a request, and what has to be said of him.
fn sender(one: &Exchange) -> (&'static str, Option<&'static str>) {
    match one.client {
        Client::Browser if one.probe("sec-fetch-site").is_none() => (
            "says it is a browser",
            Some(
                "It sent no Sec-Fetch-Site, as today's browsers do here: an old browser, or a \
                 program under a browser's name.",
            ),
        ),
        Client::Browser => ("a browser", None),
        Client::Curl => (
            "typed with curl",
            Some("curl knows nothing of SameSite, so this proves nothing about a browser."),
        ),
        Client::Lab => (
            "the lab itself",
            Some("Sent for the attacker from his own computer, or by the lab's compare page."),
        ),
        Client::Other => (
            "another program",
            Some("It is no browser, so this proves nothing about one."),
        ),
    }
}

/// The same for a page that asks each second.
#[get("/arrived?<variant>")]
fn arrived(context: &RequestContext, variant: &str) -> Result<Json<Vec<Arrived>>, Reply> {
    let found = variant.parse();
    let variant = found.map_err(|_| Problem::unknown_variant(variant))?;
    Ok(Json(at(&context.bench, variant)))
}

pub(super) fn routes() -> Vec<Route> {
    routes![arrived]
}
